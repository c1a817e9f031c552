// The second level: streams over real sockets to Kirin, `node:http`, nginx and HAProxy, as far as they are installed.
import { observeKirin } from '../engine/observe-kirin.ts'
import { compare, type Observation, type SeenRequest } from '../observation.ts'
import { observePeer, type Peer, type SocketObservation } from '../peers/sockets/peer.ts'
import { findProgram, startHaproxyPeer, startNginxPeer } from '../peers/sockets/proxies.ts'
import { startKirinPeer, startNodePeer } from '../peers/sockets/servers.ts'
import { observeReference } from '../reference/reference.ts'
import { mayClose } from './allowed.ts'
import type { Finding } from './finding.ts'

/** How each peer of Kirin is started; `undefined` where it is not installed. */
export const PEERS: Readonly<Record<string, (() => Promise<Peer>) | undefined>> = {
  'node:http': startNodePeer,
  nginx: starterOf('nginx', startNginxPeer),
  haproxy: starterOf('haproxy', startHaproxyPeer),
}

function starterOf(name: string, start: (program: string) => Promise<Peer>): (() => Promise<Peer>) | undefined {
  const program = findProgram(name)
  return program === undefined ? undefined : () => start(program)
}

/** Kirin first, then those of the named peers that are installed. */
export async function startPeers(names: readonly string[] = Object.keys(PEERS)): Promise<readonly Peer[]> {
  const peers = [await startKirinPeer()]
  for (const name of names) {
    const peer = await PEERS[name]?.()
    if (peer !== undefined) peers.push(peer)
  }
  return peers
}

/** How often each peer agreed with Kirin in which way. */
export type SocketTally = Record<string, Record<string, number>>

/** Shows a stream to all; what each made of it, by name. */
export async function observeAll(
  peers: readonly Peer[],
  reads: readonly Buffer[],
): Promise<Record<string, SocketObservation>> {
  const observations = await Promise.all(peers.map(peer => observePeer(peer, reads)))
  return Object.fromEntries(peers.map(({ name }, i) => [name, observations[i] as SocketObservation]))
}

export interface ShownStream {
  readonly stream: string
  readonly reads: readonly Buffer[]
}

/** Holds what the peers made of a stream against what Kirin did; what is wrong, if anything is. */
export async function judgeSockets(
  { stream, reads }: ShownStream,
  observations: Readonly<Record<string, SocketObservation>>,
  tally: SocketTally,
): Promise<Finding | undefined> {
  const { kirin, ...others } = observations
  if (kirin === undefined) throw new Error('Kirin is no party')
  const reference = observeReference(stream)
  const [memory] = await observeKirin([reads])
  const inMemory = memory?.observation() ?? kirin
  const faults: string[] = []
  if (kirin.reason === 'hangs') faults.push('kirin hangs')
  if (JSON.stringify(inMemory.requests) !== JSON.stringify(kirin.requests)) faults.push('kirin differs over a socket')
  for (const [name, peer] of Object.entries(others)) {
    const verdict = verdictOn({ ...kirin, end: inMemory.end }, peer, { stream, reference, name })
    const counts = (tally[name] ??= {})
    counts[verdict] = (counts[verdict] ?? 0) + 1
    if (verdict === 'differ') faults.push(`kirin and ${name} differ`)
    const desync = await forwardedFault(peer.forwarded)
    if (desync !== undefined) faults.push(`behind ${name}: ${desync}`)
  }
  if (faults.length === 0) return undefined
  const parties = { ...observations, reference, 'kirin in memory': inMemory }
  return {
    what: faults.join('; '),
    source: '',
    stream,
    reads: reads.map(({ length }) => length),
    observations: parties,
  }
}

interface Judged {
  readonly name: string
  readonly stream: string
  readonly reference: Observation
}

/** `peer-stops`: the peer closed, or refused, before a request that the reference has just as Kirin does. */
function verdictOn(kirin: Observation, peer: Observation, { name, stream, reference }: Judged): string {
  const seen = comparable(kirin)
  const verdict = compare(seen, comparable(peer))
  if (verdict !== 'differ') return verdict
  if (isPrefix(comparable(peer), seen) && compare(seen, comparable(reference)) !== 'differ') return 'peer-stops'
  // Node and HAProxy keep an HTTP/1.0 connection that says both `keep-alive` and `close`, or `keep-alive` beside a tab;
  // proxies look at no Proxy-Connection. Closing is safe where the reference closes too.
  const closes = isPrefix(seen, comparable(peer))
  if (closes && (mayClose(stream) || (reference.end === 'closed' && isPrefix(seen, comparable(reference))))) {
    return 'kirin-closes'
  }
  // `node:http` forgets what stands, in one read, behind a request that offers an upgrade, and takes what comes next for
  // the start of a request, wherever that is.
  const loses = name === 'node:http' && /upgrade/i.test(stream) && compare(seen, comparable(reference)) !== 'differ'
  if (loses) return 'node-loses'
  return 'differ'
}

/** Whether `one` saw the first requests of `other`, the last of them perhaps not whole. */
function isPrefix(one: Observation, other: Observation): boolean {
  return ['same', 'kirin-refuses'].includes(compare({ ...one, end: 'refused' }, other))
}

/**
 * Proxies send a target in origin form; what stands behind it is the same resource. Without a path that is `/` for nginx, with
 * OPTIONS too, where RFC 9112 §3.2.4 has `*`.
 */
function comparable(observation: Observation): Observation {
  return { ...observation, requests: observation.requests.map(inOriginForm) }
}

function inOriginForm(request: SeenRequest): SeenRequest {
  const path = request.target.replace(/^https?:\/\/[^/?]*/i, '')
  if (path === request.target) return request
  return { ...request, target: path.startsWith('/') ? path : `/${path}` }
}

/** What a proxy sent on as one request must be one for Kirin behind it, or none: never two. */
async function forwardedFault(streams: readonly string[]): Promise<string | undefined> {
  const sessions = await observeKirin(streams.map(stream => [Buffer.from(stream, 'latin1')]))
  for (const [i, session] of sessions.entries()) {
    const { requests } = session.observation()
    const broken = session.brokenPromise()
    if (broken !== undefined) return broken
    if (requests.length > 1) return `${requests.length} requests of one: ${JSON.stringify(streams[i])}`
  }
  return undefined
}
