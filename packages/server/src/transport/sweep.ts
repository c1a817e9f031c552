// One timer for all connections: how long each has been at what it is at, and which of them must go.
import type { Connection } from '../http1/connection.ts'
import type { SocketWire } from './socket-wire.ts'
import { type ConnectionTimeouts, CROWDED_IDLE, LINGER_TIMEOUT, UNREAD_TIMEOUT } from './timeouts.ts'

/** Milliseconds between two looks at all connections: how exact a time-out is. */
const INTERVAL = 1000

/** What a sweep keeps of a connection: what was seen at the last look, and since when nothing changed. */
export interface SweptConnection {
  readonly connection: Connection
  readonly wire: SocketWire
  readonly socket: { destroy(): unknown }
  seen: number
  since: number
  /** The request that was under way at the last look, by its number, and since when. */
  request?: number
  requestSince?: number
}

/** Something else that a sweep looks at: what is not a connection of HTTP/1 yet, or another kind of one. */
export interface Swept {
  /** `now` is in milliseconds, of any clock that only goes forward. */
  look(now: number): void
}

export class Sweep<Entry extends SweptConnection> {
  private readonly entries: ReadonlySet<Entry>
  private readonly timeouts: ConnectionTimeouts
  private readonly isCrowded: () => boolean
  private readonly others: Swept[] = []
  private timer: NodeJS.Timeout | undefined

  /** `isCrowded` tells whether others wait for a connection to end. */
  constructor(entries: ReadonlySet<Entry>, timeouts: ConnectionTimeouts, isCrowded: () => boolean = () => false) {
    this.entries = entries
    this.timeouts = timeouts
    this.isCrowded = isCrowded
  }

  /** Looks at these, too, from now on. */
  alsoLookAt(other: Swept): void {
    this.others.push(other)
  }

  /** Begins to look, if it does not already. */
  start(): void {
    if (this.timer !== undefined) return
    const interval = Math.min(INTERVAL, ...Object.values(this.timeouts))
    this.timer = setInterval(() => this.look(performance.now()), interval)
    this.timer.unref()
  }

  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  /** Looks at all connections; `now` is in milliseconds, of any clock that only goes forward. */
  look(now: number): void {
    const longestIdle = this.isCrowded() ? CROWDED_IDLE : Number.POSITIVE_INFINITY
    for (const entry of this.entries) {
      if (this.timeouts.request !== Number.POSITIVE_INFINITY) this.lookAtRequest(entry, now)
      const stage = stageOf(entry)
      const mark = stage * STAGE_SPAN + progressOf(entry, stage)
      if (mark !== entry.seen) {
        entry.seen = mark
        entry.since = now
        continue
      }
      entry.wire.takeBackMemory()
      const limit = this.limitFor(entry, stage)
      if (now - entry.since >= (stage === STAGES.waiting ? Math.min(limit, longestIdle) : limit)) expire(entry, stage)
    }
    for (const other of this.others) other.look(now)
  }

  private lookAtRequest(entry: Entry, now: number): void {
    const { connection } = entry
    const request = connection.isBusy ? connection.requests : 0
    if (request !== entry.request) {
      entry.request = request
      entry.requestSince = now
    } else if (request !== 0 && now - (entry.requestSince ?? now) >= this.timeouts.request) connection.overrun()
  }

  private limitFor({ connection }: Entry, stage: Stage): number {
    const { timeouts } = this
    switch (stage) {
      case STAGES.working:
        return Number.POSITIVE_INFINITY
      case STAGES.head:
        return timeouts.head
      case STAGES.body:
        return timeouts.body
      case STAGES.unread:
        return UNREAD_TIMEOUT
      case STAGES.sending:
      case STAGES.halfClosed:
        return timeouts.send
      case STAGES.lingering:
        return LINGER_TIMEOUT
      case STAGES.waiting:
        return connection.requests === 0 ? timeouts.firstData : timeouts.idle
    }
  }
}

/** What a connection's clock is about. It starts anew when that changes, and with each progress within it. */
const STAGES = {
  /** The application is at work, or has the connection. */
  working: 0,
  /** The next request, or the rest of one that was answered, is to come. */
  waiting: 1,
  /** A head has begun. */
  head: 2,
  /** The peer is to send more of a body. */
  body: 3,
  /** The application is to read what has come of a body. */
  unread: 4,
  /** The peer is to take what was written. */
  sending: 5,
  /** The application is at work for a peer that closed its side. */
  halfClosed: 6,
  /** All is said: the peer is to close its side. */
  lingering: 7,
} as const
type Stage = (typeof STAGES)[keyof typeof STAGES]

/** Above any count of bytes: keeps the stages' marks apart. */
const STAGE_SPAN = 2 ** 48

function stageOf({ connection, wire }: SweptConnection): Stage {
  const { state } = connection
  if (state === 'head') return STAGES.head
  if (state === 'upgraded') return STAGES.working
  if (wire.backlog > 0) return STAGES.sending
  if (state === 'closing') return STAGES.lingering
  if (state === 'idle') return STAGES.waiting
  if (state !== 'waiting' && connection.awaitsRest && connection.awaited === 'nothing') return STAGES.waiting
  switch (connection.awaited) {
    case 'bytes':
      return STAGES.body
    case 'read':
      return STAGES.unread
    case 'nothing':
      return connection.isHalfClosed ? STAGES.halfClosed : STAGES.working
  }
}

/** A number that changes with progress. A head's does not with each byte: it must arrive whole in time. */
function progressOf({ connection, wire }: SweptConnection, stage: Stage): number {
  switch (stage) {
    case STAGES.waiting:
    case STAGES.body:
      return connection.activity
    case STAGES.head:
      return connection.requests
    case STAGES.unread:
      return connection.unread
    case STAGES.sending:
    case STAGES.halfClosed:
      return wire.taken
    case STAGES.working:
    case STAGES.lingering:
      return 0
  }
}

function expire({ connection, wire, socket }: SweptConnection, stage: Stage): void {
  // Also where all is said: a response that only the connection's end delimits would look whole.
  if (stage === STAGES.sending) connection.drop()
  else if (connection.state === 'closing' || wire.isEnding) socket.destroy()
  else if (stage === STAGES.halfClosed) connection.drop()
  else connection.expire()
}
