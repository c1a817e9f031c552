// Addresses to listen on, as people write them.

/** Where to listen. */
export type BindAddress =
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  | { readonly type: 'unix'; readonly path: string }
  /** A socket that this process was given open, by its number. */
  | { readonly type: 'fd'; readonly fd: number }

/** `sun_path` holds 108 bytes with its closing NUL (unix(7)); the kernel's own error for more names no limit. */
const UNIX_PATH_BYTES = 107

/** Below any limit on open files that a system allows. */
const DESCRIPTOR = /^fd:\/\/(0|[1-9]\d{0,8})$/

/** `host:port`, `[::1]:port`; an empty host is every IPv4 interface, as in gunicorn. */
const TCP = /^(?:\[(?<ipv6>[0-9a-fA-F:.%a-z]+)\]|(?<host>[^:[\]\s/]*)):(?<port>\d{1,5})$/

/**
 * Reads one address: `host:port`, `[ipv6]:port`, `:port`, `unix:path` or `fd://number`.
 *
 * @returns the address, or `undefined` for anything else. Names are resolved when the address is bound.
 */
export function parseBindAddress(text: string): BindAddress | undefined {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length)
    return path !== '' && Buffer.byteLength(path) <= UNIX_PATH_BYTES ? { type: 'unix', path } : undefined
  }
  const descriptor = DESCRIPTOR.exec(text)?.[1]
  if (descriptor !== undefined) return { type: 'fd', fd: Number(descriptor) }
  const groups = TCP.exec(text)?.groups
  if (groups === undefined) return undefined
  const port = Number(groups['port'])
  if (port > 65_535) return undefined
  return { type: 'tcp', host: groups['ipv6'] ?? (groups['host'] || '0.0.0.0'), port }
}

/** The address as it is written on the command line. */
export function formatBindAddress(address: BindAddress): string {
  if (address.type === 'unix') return `unix:${address.path}`
  if (address.type === 'fd') return `fd://${address.fd}`
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
}
