// A hop as a proxy names it: the `node` of RFC 7239 §6, and what stands in X-Forwarded-For.
import { isIP, isIPv4, isIPv6 } from 'node:net'
import type { Peer } from '../trusted-peers.ts'

/** `_` and letters, digits, dots, underscores, hyphens (RFC 7239 §6.3). */
const OBFUSCATED = /^_[\w.-]+$/

const PORT = /^\d{1,5}$/

/**
 * Reads the `node` of a Forwarded field, without its quotes (RFC 7239 §6).
 *
 * @returns who is meant: an IP address, `unknown`, or the obfuscated identifier as it stands; `port` is `null` where it is
 *   not told or obfuscated. `undefined` for what is no node.
 */
export function parseNode(text: string): Peer | undefined {
  if (text.startsWith('[')) return parseBracketed(text)
  const colon = text.indexOf(':')
  const name = colon === -1 ? text : text.slice(0, colon)
  const address = name.toLowerCase() === 'unknown' ? 'unknown' : name
  if (!isIPv4(name) && address !== 'unknown' && !OBFUSCATED.test(name)) return undefined
  return withPort(address, colon === -1 ? undefined : text.slice(colon + 1))
}

/**
 * Reads one entry of X-Forwarded-For. No standard says what that is; proxies write `192.0.2.1`, `192.0.2.1:4711`,
 * `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`, `unknown`, and nginx `unix:` for a UNIX socket.
 *
 * @returns as {@link parseNode}; the peer on a UNIX socket has no address
 */
export function parseForwardedFor(text: string): Peer | undefined {
  if (text.startsWith('[')) return parseBracketed(text)
  if (isIPv6(text)) return text.includes('%') ? undefined : { address: text, port: null }
  if (text === 'unix:') return { address: '', port: null }
  if (text.startsWith('_')) return undefined
  return parseNode(text)
}

/** Whether it is an IP address, not a word for one. */
export function isAddress({ address }: Peer): boolean {
  return isIP(address) !== 0
}

function parseBracketed(text: string): Peer | undefined {
  const end = text.indexOf(']')
  const address = text.slice(1, end)
  if (end === -1 || !isIPv6(address) || address.includes('%')) return undefined
  const rest = text.slice(end + 1)
  if (rest !== '' && !rest.startsWith(':')) return undefined
  return withPort(address, rest === '' ? undefined : rest.slice(1))
}

function withPort(address: string, port: string | undefined): Peer | undefined {
  if (port === undefined || OBFUSCATED.test(port)) return { address, port: null }
  return PORT.test(port) && Number(port) <= 65_535 ? { address, port: Number(port) } : undefined
}
