// What a master is to do: a configuration, with the sockets that were passed to it.
import type { Logger } from 'pino'
import type { BindAddress } from '../config/bind-address.ts'
import type { Reread } from '../config/reread.ts'
import type { PassedSocket } from '../systemd/activation.ts'
import type { Configuration } from './configuration.ts'

/** A configuration that can be read again. */
export interface Plan extends Configuration {
  readonly reread: Reread
}

/** Sockets that somebody opened for this server stand in the place of those that it would open. */
export function withPassedSockets(plan: Plan, sockets: readonly PassedSocket[], log: Logger): Plan {
  if (sockets.length === 0) return plan
  const names = sockets.map(({ fd, name }) => `fd ${fd} (${name})`).join(', ')
  log.info(`Using the sockets that were passed, instead of --bind: ${names}`)
  const bind = sockets.map(({ fd }): BindAddress => ({ type: 'fd', fd }))
  return { ...plan, settings: { ...plan.settings, bind }, program: plan.program && { ...plan.program, isBound: true } }
}
