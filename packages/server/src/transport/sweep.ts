// One timer for all connections: how long each has been at what it is at, and which of them must go.
import type { Connection } from '../http1/connection.ts'
import type { SocketWire } from './socket-wire.ts'

/** Milliseconds between two looks at all connections: how exact a time-out is. */
const INTERVAL = 1000

/** Milliseconds for a whole head to arrive, the wait for the first byte included: node:http's `headersTimeout`. */
const HEAD_TIMEOUT = 60_000

/** Milliseconds that a peer may take no byte of what waits for it when nothing else is under way: nginx's `send_timeout`. */
const SEND_TIMEOUT = 60_000

/** Milliseconds that a connection lingers after our FIN for the peer's (nginx's `lingering_timeout` is 5 s). */
const LINGER_TIMEOUT = 5_000

/** What a sweep keeps of a connection: what was seen at the last look, and since when nothing changed. */
export interface SweptConnection {
  readonly connection: Connection
  readonly wire: SocketWire
  readonly socket: { destroy(): unknown }
  seen: number
  since: number
}

export interface SweepTimeouts {
  /** Milliseconds a connection may stay idle between requests. */
  readonly idle: number
}

/** Something else that a sweep looks at: what is not a connection of HTTP/1 yet, or another kind of one. */
export interface Swept {
  /** `now` is in milliseconds, of any clock that only goes forward. */
  look(now: number): void
}

export class Sweep<Entry extends SweptConnection> {
  private readonly entries: ReadonlySet<Entry>
  private readonly timeouts: SweepTimeouts
  private readonly others: Swept[] = []
  private timer: NodeJS.Timeout | undefined

  constructor(entries: ReadonlySet<Entry>, timeouts: SweepTimeouts) {
    this.entries = entries
    this.timeouts = timeouts
  }

  /** Looks at these, too, from now on. */
  alsoLookAt(other: Swept): void {
    this.others.push(other)
  }

  /** Begins to look, if it does not already. */
  start(): void {
    if (this.timer !== undefined) return
    this.timer = setInterval(() => this.look(performance.now()), Math.min(INTERVAL, this.timeouts.idle))
    this.timer.unref()
  }

  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  /** Looks at all connections; `now` is in milliseconds, of any clock that only goes forward. */
  look(now: number): void {
    for (const entry of this.entries) {
      const stage = stageOf(entry)
      const mark = stage * STAGE_SPAN + progressOf(entry, stage)
      if (mark !== entry.seen) {
        entry.seen = mark
        entry.since = now
      } else if (now - entry.since >= this.limitFor(entry, stage)) expire(entry)
    }
    for (const other of this.others) other.look(now)
  }

  private limitFor({ connection }: Entry, stage: Stage): number {
    switch (stage) {
      case STAGES.working:
        return Number.POSITIVE_INFINITY
      case STAGES.head:
        return HEAD_TIMEOUT
      case STAGES.sending:
        return SEND_TIMEOUT
      case STAGES.lingering:
        return LINGER_TIMEOUT
      case STAGES.waiting:
        break
    }
    return connection.requests === 0 ? HEAD_TIMEOUT : this.timeouts.idle
  }
}

/** What a connection's clock is about. It starts anew when that changes, and with each progress within it. */
const STAGES = {
  /** The application is at work, or has the connection, or a body is being sent to it. */
  working: 0,
  /** The next request, or the rest of one that was answered, is to come. */
  waiting: 1,
  /** A head has begun. */
  head: 2,
  /** The peer is to take what was written. */
  sending: 3,
  /** All is said: the peer is to close its side. */
  lingering: 4,
} as const
type Stage = (typeof STAGES)[keyof typeof STAGES]

/** Above any count of reads and any backlog: keeps the stages' marks apart. */
const STAGE_SPAN = 2 ** 45

function stageOf({ connection, wire }: SweptConnection): Stage {
  switch (connection.state) {
    case 'head':
      return STAGES.head
    case 'closing':
      return wire.backlog > 0 ? STAGES.sending : STAGES.lingering
    case 'idle':
      return wire.backlog > 0 ? STAGES.sending : STAGES.waiting
    case 'fixed':
    case 'chunked':
      return connection.awaitsRest ? STAGES.waiting : STAGES.working
    case 'waiting':
    case 'upgraded':
      break
  }
  return STAGES.working
}

/** A number that changes with progress. A head's does not with each byte: it must arrive whole in time. */
function progressOf({ connection, wire }: SweptConnection, stage: Stage): number {
  if (stage === STAGES.waiting) return connection.activity
  if (stage === STAGES.head) return connection.requests
  return stage === STAGES.sending ? wire.backlog : 0
}

function expire({ connection, wire, socket }: SweptConnection): void {
  if (connection.state === 'closing' || wire.isEnding) socket.destroy()
  else connection.expire()
}
