// What operators reach of a master: the port for pages, the socket for orders, as the settings say.
import type { Logger } from 'pino'
import type { Notice } from '../arbiter/model.ts'
import { type BindAddress, formatBindAddress } from '../config/bind-address.ts'
import type { MonitoringSettings } from '../config/settings/monitoring.ts'
import type { ManagementServer } from './management-server.ts'
import type { Managed } from './routes.ts'

/** Milliseconds between two tries for an address that the master before this one still has. */
const AGAIN = 250

export interface ManagementPlan {
  readonly settings: MonitoringSettings
  readonly managed: Managed
  readonly log: Pick<Logger, 'info' | 'error'>
  /** Whether another master has these addresses until it goes (a binary upgrade). */
  readonly isSuccessor: boolean
}

interface Place {
  readonly flag: string
  readonly address: BindAddress
  readonly takesOrders: boolean
}

export class Management {
  readonly #plan: ManagementPlan
  readonly #servers: ManagementServer[] = []
  readonly #timers = new Set<NodeJS.Timeout>()
  #isClosed = false

  private constructor(plan: ManagementPlan) {
    this.#plan = plan
  }

  /** @returns it, or one line for the operator that says which address cannot be had */
  static async open(plan: ManagementPlan): Promise<Management | { readonly problem: string }> {
    const management = new Management(plan)
    for (const place of placesOf(plan.settings)) {
      const problem = await management.#open(place)
      if (problem === undefined) continue
      management.close()
      return { problem }
    }
    return management
  }

  /** Hears what those who gave orders wait for. */
  observe(notice: Notice): void {
    for (const server of this.#servers) server.observe(notice)
  }

  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers) clearTimeout(timer)
    for (const server of this.#servers) server.close()
  }

  async #open(place: Place): Promise<string | undefined> {
    const { managed, log, isSuccessor } = this.#plan
    try {
      // With it comes node:http, which many masters need for nothing.
      const { ManagementServer } = await import('./management-server.ts')
      const server = await ManagementServer.open({ ...place, managed })
      this.#servers.push(server)
      if (this.#isClosed) server.close()
      log.info(`${place.takesOrders ? 'Taking orders' : 'Metrics'} at ${server.url}`)
      return undefined
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (!isSuccessor || code !== 'EADDRINUSE') {
        return `${place.flag}: cannot listen on ${formatBindAddress(place.address)}: ${message}`
      }
      this.#again(place)
      return undefined
    }
  }

  #again(place: Place): void {
    if (this.#isClosed) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      void this.#retry(place)
    }, AGAIN).unref()
    this.#timers.add(timer)
  }

  async #retry(place: Place): Promise<void> {
    const problem = await this.#open(place)
    if (problem !== undefined) this.#plan.log.error(problem)
  }
}

function placesOf({ metricsBind, controlSocket }: MonitoringSettings): readonly Place[] {
  const pages = metricsBind.map(address => ({ flag: '--metrics-bind', address, takesOrders: false }))
  if (controlSocket === null) return pages
  return [...pages, { flag: '--control-socket', address: { type: 'unix', path: controlSocket }, takesOrders: true }]
}
