// What one party made of a stream of bytes, and what two of them agree on.

/** A request as an application saw it. */
export interface SeenRequest {
  readonly method: string
  readonly target: string
  /** Its content as latin1, as far as it came. */
  readonly body: string
  /** Whether its content came to a proper end. */
  readonly whole: boolean
}

/**
 * How a stream ended for a party. `ended`: with the end of the bytes, where nothing was under way. `closed`: a request
 * asked for the connection to end, or to become something else; what came behind was not looked at. `refused`: what
 * came next was no valid request, or broke off.
 */
export type StreamEnd = 'ended' | 'closed' | 'refused'

export interface Observation {
  readonly requests: readonly SeenRequest[]
  readonly end: StreamEnd
  /** The party's word for a refusal: a code, a status; else empty. */
  readonly reason: string
}

/**
 * How far Kirin and a peer agree about a stream. `same`: they saw the same requests. `kirin-refuses`: they did up to
 * where Kirin refused. `peer-refuses`: they did up to where the peer refused. `differ`: a request began, ended or read
 * otherwise for one of them: what smuggling is made of.
 */
export type Verdict = 'same' | 'kirin-refuses' | 'peer-refuses' | 'differ'

/** Compares request by request; see {@link Verdict}. */
export function compare(kirin: Observation, peer: Observation): Verdict {
  const limit = Math.min(kirin.requests.length, peer.requests.length)
  let agreed = 0
  while (agreed < limit && isSame(kirin.requests[agreed], peer.requests[agreed])) agreed++
  if (agreed === kirin.requests.length && agreed === peer.requests.length) return atTheEnd(kirin, peer)
  if (stopsAt(kirin, peer, agreed)) return 'kirin-refuses'
  return stopsAt(peer, kirin, agreed) ? 'peer-refuses' : 'differ'
}

/** Both saw the same requests: whether one of them minds what is behind. */
function atTheEnd(kirin: Observation, peer: Observation): Verdict {
  if ((kirin.end === 'refused') === (peer.end === 'refused')) return 'same'
  return kirin.end === 'refused' ? 'kirin-refuses' : 'peer-refuses'
}

/** Whether `one` refused what came behind the requests that are agreed on, or within the body of the next. */
function stopsAt(one: Observation, other: Observation, agreed: number): boolean {
  if (one.end !== 'refused') return false
  if (one.requests.length === agreed) return true
  const mine = one.requests[agreed] as SeenRequest
  const theirs = other.requests[agreed]
  return (
    one.requests.length === agreed + 1 &&
    theirs !== undefined &&
    !mine.whole &&
    mine.method === theirs.method &&
    mine.target === theirs.target &&
    theirs.body.startsWith(mine.body)
  )
}

function isSame(one: SeenRequest | undefined, other: SeenRequest | undefined): boolean {
  if (one === undefined || other === undefined || one.method !== other.method || one.target !== other.target)
    return false
  // Content of a CONNECT has no meaning (RFC 9110 §9.3.6), and behind it there is no request for anyone.
  return one.method === 'CONNECT' || (one.body === other.body && one.whole === other.whole)
}
