// What the arguments of `server.listen` ask for, and what `server.address()` answers.
import { type AddressInfo, isIPv6 } from 'node:net'
import type { WantedAddress } from '../ipc/messages.ts'

/** What `listen` was asked for. */
export type ListenTarget = Pick<WantedAddress, 'address' | 'isAny'>

interface ListenOptions {
  readonly port?: unknown
  readonly host?: unknown
  readonly path?: unknown
  readonly fd?: unknown
  readonly _handle?: unknown
  readonly handle?: unknown
}

/**
 * Where `listen(...given)` is to listen, in all of its forms; a text that completes "the program …" for what a worker cannot
 * take over; `undefined` for arguments that node itself refuses.
 */
export function listenTarget(given: readonly unknown[]): ListenTarget | string | undefined {
  const [first, second] = given
  if (typeof first === 'object' && first !== null) return wantedByOptions(first)
  if (typeof first === 'string' && portOf(first) === undefined)
    return { address: { type: 'unix', path: first }, isAny: false }
  const port = first === undefined || first === null || typeof first === 'function' ? 0 : portOf(first)
  return port === undefined ? undefined : wantedPort(port, second)
}

function wantedByOptions(options: ListenOptions): ListenTarget | string | undefined {
  const { port, host, path, fd, _handle, handle } = options
  if (fd !== undefined || _handle !== undefined || handle !== undefined) {
    return 'listens on a descriptor or handle of its own: give it to Kirin as --bind fd://number'
  }
  if (port === undefined || port === null) {
    return typeof path === 'string' ? { address: { type: 'unix', path }, isAny: false } : undefined
  }
  const number = portOf(port)
  return number === undefined ? undefined : wantedPort(number, host)
}

function wantedPort(port: number, host: unknown): ListenTarget {
  const isAny = typeof host !== 'string' || host === ''
  // Without a host node listens on all interfaces of both kinds.
  return { address: { type: 'tcp', host: isAny ? '::' : host, port }, isAny }
}

function portOf(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined
  const port = Number(value)
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : undefined
}

/** What `address()` answers for a bound socket's URL, `http://127.0.0.1:8000` or `unix:/run/shop.sock`. */
export function addressOf(url: string): AddressInfo | string {
  const matched = /^https?:\/\/(?:\[([^\]]+)\]|([^:/]+)):(\d+)$/.exec(url)
  if (matched === null) return url.replace(/^unix:/, '')
  const [, ipv6, host = '', port] = matched
  const address = ipv6 ?? host
  return { address, family: isIPv6(address) ? 'IPv6' : 'IPv4', port: Number(port) }
}
