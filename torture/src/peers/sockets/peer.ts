// A party that is reached over a socket, and the client that shows it a stream.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Observation, SeenRequest } from '../../observation.ts'

/** A server or a proxy on 127.0.0.1 whose application's view is recorded by the client's address and port. */
export interface Peer {
  readonly name: string
  readonly port: number
  /** The requests that came from that client, which are forgotten by it. */
  take(client: string): SeenRequest[]
  /** What a proxy sent on for that client, a stream for each request; `undefined` of a server. */
  takeForwarded?(client: string): string[]
  stop(): Promise<void>
}

/** What a peer over a socket made of a stream. */
export interface SocketObservation extends Observation {
  /** The final statuses that the client got. */
  readonly statuses: readonly number[]
  /** What a proxy sent on, a stream for each request. */
  readonly forwarded: readonly string[]
}

/** Milliseconds in which a peer has to be done with a stream that was sent: more than any time-out that the peers are given. */
const DEADLINE = 60_000

/** Writes of a stream, the last of them with all the rest: byte by byte a long one would take longer than the peers wait. */
const WRITES = 64

/** How many clients there were: each has another address than its neighbours, as ports come again soon. */
let clients = 0

/** How a client is known to its peer. */
export function clientKey(address: string | undefined, port: number | null | undefined): string {
  return `${address}:${port}`
}

/** Shows a peer the stream, in those reads and with FIN behind them. */
export async function observePeer(peer: Peer, reads: readonly Buffer[]): Promise<SocketObservation> {
  const localAddress = `127.0.0.${2 + (clients++ % 250)}`
  const socket = connect({ port: peer.port, host: '127.0.0.1', localAddress, allowHalfOpen: true, noDelay: true })
  let received = ''
  let isLate = false
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
  })
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  socket.on('end', () => socket.end())
  await Promise.race([new Promise<void>(resolve => socket.once('connect', () => resolve())), closed])
  const client = clientKey(localAddress, socket.localPort)
  // What a proxy sent on late, for an earlier client that had the same address and port.
  peer.take(client)
  const writes = reads.length > WRITES ? [...reads.slice(0, WRITES - 1), Buffer.concat(reads.slice(WRITES - 1))] : reads
  for (const bytes of writes) {
    if (socket.destroyed) break
    socket.write(bytes)
    if (writes.length > 1) await new Promise(resolve => setImmediate(resolve))
  }
  if (!socket.destroyed) socket.end()
  const deadline = setTimeout(() => {
    isLate = true
    socket.destroy()
  }, DEADLINE)
  await closed
  clearTimeout(deadline)
  const statuses = [...received.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(match => Number(match[1]))
  const finals = statuses.filter(status => status >= 200)
  const refused = finals.find(status => status >= 400 && status !== NOT_TAKEN)
  return {
    requests: peer.take(client),
    end: refused === undefined && !isLate ? 'ended' : 'refused',
    reason: isLate ? 'hangs' : String(refused ?? ''),
    statuses: finals,
    forwarded: peer.takeForwarded?.(client) ?? [],
  }
}

/** What the applications of all peers answer to CONNECT, which is no refusal. */
export const NOT_TAKEN = 418

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Lists by the client, each given out once. */
export class ByClient<T> {
  private readonly lists = new Map<string, T[]>()

  add(client: string, item: T): void {
    const list = this.lists.get(client)
    if (list === undefined) this.lists.set(client, [item])
    else list.push(item)
  }

  take(client: string): T[] {
    const list = this.lists.get(client) ?? []
    this.lists.delete(client)
    return list
  }
}
