// Datagrams to a name that nobody knows are lost, and nothing tells of it: the operator is told once, at the start.
import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import type { Logger } from 'pino'
import type { Settings } from '../config/settings.ts'
import { parseStatsdHost } from '../metrics/statsd-address.ts'
import { parseSyslogTarget } from './syslog-target.ts'

/** Looks the names up that logs and numbers are sent to, and warns of each that cannot be found; nobody waits for that. */
export function warnOfUnknownHosts({ statsdHost, syslogAddr }: Settings, log: Pick<Logger, 'warn'>): void {
  const target = parseSyslogTarget(syslogAddr ?? '')
  const hosts = [
    ['--statsd-host', parseStatsdHost(statsdHost ?? '')?.host],
    ['--log-syslog-to', target === undefined || target.type === 'unix' ? undefined : target.host],
  ] as const
  for (const [flag, host] of hosts) {
    if (host === undefined || isIP(host) !== 0) continue
    lookup(host, error => {
      if (error === null) return
      log.warn(`${flag}: ${host} cannot be found (${error.code}): what is sent there is lost until it is`)
    })
  }
}
