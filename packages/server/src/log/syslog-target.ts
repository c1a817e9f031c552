// Where syslog messages go, as gunicorn writes it: udp://host:port, tcp://host:port, unix:///dev/log.

/** An address of a syslog server. */
export type SyslogTarget =
  | { readonly type: 'udp'; readonly host: string; readonly port: number }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  | { readonly type: 'unix'; readonly path: string }

/** RFC 5426 §3.3, RFC 6587 §3.4.1: what is meant without a port. */
const PORT = 514

/** Reads one; `undefined` for anything else. */
export function parseSyslogTarget(text: string): SyslogTarget | undefined {
  const unix = /^unix:\/\/(\/[^\0#]{1,106})(?:#(?:dgram|stream))?$/.exec(text)?.[1]
  if (unix !== undefined) return { type: 'unix', path: unix }
  const match =
    /^(?<type>udp|tcp):\/\/(?:\[(?<ipv6>[0-9a-fA-F:.]+)\]|(?<host>[^:[\]\s/]+))(?::(?<port>\d{1,5}))?$/.exec(text)
  const { type, ipv6, host = ipv6, port } = match?.groups ?? {}
  if (type === undefined || host === undefined) return undefined
  const number = port === undefined ? PORT : Number(port)
  return number < 1 || number > 65_535 ? undefined : { type: type as 'udp' | 'tcp', host, port: number }
}

/** The facilities of RFC 5424 §6.2.1 by their names in syslog.conf(5). */
export const FACILITIES: Readonly<Record<string, number>> = {
  kern: 0,
  user: 1,
  mail: 2,
  daemon: 3,
  auth: 4,
  syslog: 5,
  lpr: 6,
  news: 7,
  uucp: 8,
  cron: 9,
  authpriv: 10,
  ftp: 11,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
}
