// The sockets of a master: bound, taken over from the master before it, or kept from before a reload.
import { wantedName } from '../arbiter/wanted-sockets.ts'
import { type BindAddress, formatBindAddress } from '../config/bind-address.ts'
import type { Inheritance } from '../ipc/inheritance.ts'
import type { WantedAddress } from '../ipc/messages.ts'
import { adoptSocket, type BindOptions, type BoundSocket, bindAddress } from '../transport/bind.ts'

/** Where sockets may come from, and what is spoken on them. */
export interface SocketSources {
  readonly inheritance: Inheritance | undefined
  /** Those that are bound already. */
  readonly present: readonly BoundSocket[]
  readonly isSecure: boolean
  /** Whether each place is to have a socket of its own, where that is possible. */
  readonly reusePort: boolean
}

/** Has a socket for each address, or a line for each that cannot be bound; then nothing has been bound. */
export async function bindAll(
  addresses: readonly BindAddress[],
  { inheritance, present, isSecure, reusePort }: SocketSources,
): Promise<readonly BoundSocket[] | { readonly problems: readonly string[] }> {
  const left = [...present]
  const outcomes = await Promise.allSettled(
    addresses.map(async address => {
      const name = formatBindAddress(address)
      const kept = left.findIndex(socket => socket.name === name)
      if (kept !== -1) return left.splice(kept, 1)[0] as BoundSocket
      const options = { all: addresses, reusePort }
      const socket = takenOver(address, inheritance, options) ?? (await bindAddress(address, options))
      return shown(inheriting(socket, inheritance), isSecure)
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

/** What the master before this one has bound for it; its file stays as long as that one runs, unless somebody says otherwise. */
function takenOver(
  address: BindAddress,
  inheritance: Inheritance | undefined,
  options: BindOptions,
): BoundSocket | undefined {
  const fd = inheritance?.claim(formatBindAddress(address))
  if (inheritance === undefined || fd === undefined) return undefined
  const socket = adoptSocket(address, fd, options)
  return { ...socket, isInherited: true, close: (isShared = inheritance.isShared) => socket.close(isShared) }
}

/** Those that come after it are taken over as well, as far as there are some. */
function inheriting(socket: BoundSocket, inheritance: Inheritance | undefined): BoundSocket {
  const { name, url, sibling } = socket
  if (inheritance === undefined || sibling === undefined) return socket
  return {
    ...socket,
    sibling: () => {
      const fd = inheritance.claim(name)
      return fd === undefined ? sibling() : { ...adoptSocket({ type: 'fd', fd }, fd), name, url }
    },
  }
}

/** Binds as node does for a program: without a host on all interfaces, those of IPv4 where there is no IPv6. */
export function bindWanted({
  inheritance,
  isSecure,
}: Pick<SocketSources, 'inheritance' | 'isSecure'>): (wanted: WantedAddress) => Promise<BoundSocket> {
  return async wanted => {
    const { address, isAny } = wanted
    const fd = inheritance?.claim(wantedName(wanted))
    if (fd !== undefined) return shown({ ...adoptSocket(address, fd), isInherited: true }, isSecure)
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
