// Which authorities a request may name: the checks of Host and of the targets that hold one. Pure.

/** A registered name or an IPv4 address (RFC 3986 §3.2.2), without the comma: two hosts that somebody joined are none. */
const REGISTERED_NAME = /^(?:[\w\-.~!$&'()*+;=]|%[0-9a-f]{2})+$/i

/** What stands before the port, and the port's digits. */
const HOST_AND_PORT = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d{0,5}))?$/

const HIGHEST_PORT = 65_535

/**
 * Whether `text` is the value of a Host field (RFC 9110 §7.2): a host with or without a port, or nothing at all. A port
 * without a host would make a URI that RFC 9110 §4.2.1 has rejected.
 */
export function isHost(text: string): boolean {
  return text === '' || isAuthority(text)
}

/** Whether `text` is the authority of an `http` URI (RFC 9110 §4.2.1): a host, not empty, no user information. */
export function isAuthority(text: string): boolean {
  const parts = HOST_AND_PORT.exec(text)
  return parts !== null && isHostName(parts[1] as string) && Number(parts[2] ?? 0) <= HIGHEST_PORT
}

/** Whether `text` is what CONNECT asks for (RFC 9112 §3.2.3): a host and a port, neither empty. */
export function isAuthorityForm(text: string): boolean {
  return isAuthority(text) && /:\d+$/.test(text)
}

function isHostName(host: string): boolean {
  return host.startsWith('[') ? isIpv6(host.slice(1, -1)) : REGISTERED_NAME.test(host)
}

const GROUPS = /^[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*$/i
const IPV4 = /(?:^|:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

/** An IPv6 address (RFC 3986 §3.2.2). Zones and future versions are for nobody who speaks HTTP to a server. */
function isIpv6(text: string): boolean {
  const ipv4 = IPV4.exec(text)
  if (ipv4 !== null && ipv4.slice(1).some(part => Number(part) > 255)) return false
  // An IPv4 address at the end stands for two groups.
  const hexadecimal = ipv4 === null ? text : text.slice(0, text.lastIndexOf(':') + 1) + '0:0'
  const halves = hexadecimal.split('::')
  if (halves.length > 2 || (ipv4 !== null && !text.includes(':'))) return false
  if (halves.some(half => half !== '' && !GROUPS.test(half))) return false
  const groups = halves.reduce((sum, half) => sum + (half === '' ? 0 : half.split(':').length), 0)
  return halves.length === 2 ? groups < 8 : groups === 8
}
