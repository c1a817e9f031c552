// Where a statsd server is, as the settings say it.
import type { StatsdOptions } from './statsd.ts'

/** Reads `host:port` or `[ipv6]:port`; `undefined` for anything else. */
export function parseStatsdHost(text: string): Pick<StatsdOptions, 'host' | 'port'> | undefined {
  const { ipv6, host = ipv6, port } = HOST_AND_PORT.exec(text)?.groups ?? {}
  const number = Number(port)
  return host === undefined || !(number >= 1 && number <= 65_535) ? undefined : { host, port: number }
}

const HOST_AND_PORT = /^(?:\[(?<ipv6>[0-9a-fA-F:.]+)\]|(?<host>[^:[\]\s/]+)):(?<port>\d{1,5})$/
