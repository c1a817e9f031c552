// The time-outs of requests, which a program may change at any time: node's `headersTimeout` and `requestTimeout`. Those of sockets
// are their own.
import type { HttpConnection } from './http-connection.ts'
import type { InnerServer } from './node-members.ts'
import { clearInterval, now, setInterval } from './real-time.ts'

/** Milliseconds between two looks at all connections, where the program wants no other interval. */
const INTERVAL = 1000

export class ConnectionClock {
  private readonly server: InnerServer
  private readonly open: ReadonlySet<HttpConnection>
  private timer: NodeJS.Timeout | undefined

  constructor(server: InnerServer, open: ReadonlySet<HttpConnection>) {
    this.server = server
    this.open = open
  }

  /** Begins to look, if it does not already. */
  start(): void {
    if (this.timer !== undefined) return
    const { connectionsCheckingInterval = INTERVAL } = this.server
    this.timer = setInterval(() => this.look(now()), Math.min(INTERVAL, connectionsCheckingInterval))
    this.timer.unref()
  }

  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  private look(now: number): void {
    for (const connection of this.open) {
      connection.looked()
      const limit = this.limitFor(connection)
      if (limit > 0 && now - connection.since >= limit) connection.expire()
    }
  }

  /** Milliseconds that the connection may take for what it is at, from when the message began; 0 for any time. */
  private limitFor({ phase, hasBegun }: HttpConnection): number {
    const headersTimeout = positive(this.server.headersTimeout)
    const requestTimeout = positive(this.server.requestTimeout)
    switch (phase) {
      case 'idle':
        return hasBegun ? 0 : shorter(headersTimeout, requestTimeout)
      case 'head':
        return shorter(headersTimeout, requestTimeout)
      case 'fixed':
      case 'chunked':
        return requestTimeout
      case 'handing':
      case 'last':
      case 'over':
        return 0
    }
  }
}

/** A time-out as node takes one: what is no number, or not a finite one, is none. */
function positive(timeout: number): number {
  return Number.isFinite(timeout) && timeout > 0 ? timeout : 0
}

function shorter(one: number, other: number): number {
  return one > 0 && other > 0 ? Math.min(one, other) : Math.max(one, other)
}
