// One timer for all connections: how long each has been at what it is at, and which of them must go.
import type { Connection } from '../http1/connection.ts'
import type { SocketWire } from './socket-wire.ts'

/** Milliseconds between two looks at all connections: how exact a time-out is. */
const INTERVAL = 1000

/** Milliseconds for a whole head to arrive, the wait for the first byte included: node:http's `headersTimeout`. */
const HEAD_TIMEOUT = 60_000

/** Milliseconds that a connection lingers after our FIN for the peer's (nginx's `lingering_timeout` is 5 s). */
const LINGER_TIMEOUT = 5_000

/** What a sweep keeps of a connection: what was seen at the last look, and since when nothing changed. */
export interface SweptConnection {
  readonly connection: Connection
  readonly wire: SocketWire
  readonly socket: { destroy(): unknown; readonly writableLength: number }
  seen: number
  since: number
}

export interface SweepTimeouts {
  /** Milliseconds a connection may stay idle between requests. */
  readonly idle: number
}

export class Sweep<Entry extends SweptConnection> {
  private readonly entries: ReadonlySet<Entry>
  private readonly timeouts: SweepTimeouts
  private timer: NodeJS.Timeout | undefined

  constructor(entries: ReadonlySet<Entry>, timeouts: SweepTimeouts) {
    this.entries = entries
    this.timeouts = timeouts
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

  private look(now: number): void {
    for (const entry of this.entries) {
      const mark = markOf(entry)
      if (mark !== entry.seen) {
        entry.seen = mark
        entry.since = now
      } else if (now - entry.since >= this.limitFor(entry)) expire(entry)
    }
  }

  private limitFor({ connection, wire }: Entry): number {
    if (wire.isEnding && connection.state === 'closing') return LINGER_TIMEOUT
    if (connection.state === 'head') return HEAD_TIMEOUT
    if (connection.state === 'idle') return connection.requests === 0 ? HEAD_TIMEOUT : this.timeouts.idle
    return Number.POSITIVE_INFINITY
  }
}

/** A number that changes when the connection's clock starts anew. A head's does not with each byte: it must arrive whole in time. */
function markOf({ connection, wire, socket }: SweptConnection): number {
  if (connection.state === 'closing') return 2 ** 40 + (wire.isEnding ? socket.writableLength : -1)
  if (connection.state === 'head') return connection.requests + 2 ** 41
  return connection.activity
}

function expire({ connection, wire, socket }: SweptConnection): void {
  if (connection.state === 'closing' || wire.isEnding) socket.destroy()
  else connection.expire()
}
