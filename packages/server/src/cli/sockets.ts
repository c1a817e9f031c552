// The sockets of a master: bound, taken over from the master before it, or kept from before a reload.
import { wantedName } from '../arbiter/wanted-sockets.ts'
import { type BindAddress, formatBindAddress } from '../config/bind-address.ts'
import type { Inheritance } from '../ipc/inheritance.ts'
import type { WantedAddress } from '../ipc/messages.ts'
import { adoptSocket, type BoundSocket, bindAddress } from '../transport/bind.ts'

/** Where sockets may come from, and what is spoken on them. */
export interface SocketSources {
  readonly inheritance: Inheritance | undefined
  /** Those that are bound already. */
  readonly present: readonly BoundSocket[]
  readonly isSecure: boolean
}

/** Has a socket for each address, or a line for each that cannot be bound; then nothing has been bound. */
export async function bindAll(
  addresses: readonly BindAddress[],
  { inheritance, present, isSecure }: SocketSources,
): Promise<readonly BoundSocket[] | { readonly problems: readonly string[] }> {
  const left = [...present]
  const outcomes = await Promise.allSettled(
    addresses.map(async address => {
      const name = formatBindAddress(address)
      const kept = left.findIndex(socket => socket.name === name)
      if (kept !== -1) return left.splice(kept, 1)[0] as BoundSocket
      const fd = inheritance?.claim(name)
      return shown(fd === undefined ? await bindAddress(address, addresses) : adoptSocket(address, fd), isSecure)
    }),
  )
  const sockets = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const problems = outcomes.flatMap(outcome =>
    outcome.status === 'rejected' ? [(outcome.reason as Error).message] : [],
  )
  if (problems.length === 0) return sockets
  for (const socket of sockets) if (!present.includes(socket)) socket.close()
  return { problems }
}

/** Binds as node does for a program: without a host on all interfaces, those of IPv4 where there is no IPv6. */
export function bindWanted({
  inheritance,
  isSecure,
}: Omit<SocketSources, 'present'>): (wanted: WantedAddress) => Promise<BoundSocket> {
  return async wanted => {
    const { address, isAny } = wanted
    const fd = inheritance?.claim(wantedName(wanted))
    if (fd !== undefined) return shown(adoptSocket(address, fd), isSecure)
    const bound = await bindAddress(address).catch((error: Error) => {
      if (!isAny || address.type !== 'tcp' || !WITHOUT_IPV6.has(error.cause)) throw error
      return bindAddress({ ...address, host: '0.0.0.0' })
    })
    return shown(bound, isSecure)
  }
}

const WITHOUT_IPV6: ReadonlySet<unknown> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'])

function shown(socket: BoundSocket, isSecure: boolean): BoundSocket {
  return isSecure ? { ...socket, url: socket.url.replace(/^http:/, 'https:') } : socket
}
