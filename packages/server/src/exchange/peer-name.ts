// The other end of a connection, as the log names it.
import type { Endpoint } from '@nsgi/spec'

/** `192.0.2.1:4711`, `[2001:db8::1]:4711`; the address alone where no port is known, and words for the peer on a UNIX socket. */
export function peerName({ address, port }: Endpoint): string {
  if (port === null) return address === '' ? 'a UNIX socket' : address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
