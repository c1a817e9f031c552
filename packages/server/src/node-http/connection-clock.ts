// The time-outs of a server, all of which a program may change at any time: node's `headersTimeout`, `requestTimeout`,
// `timeout` and `keepAliveTimeout`, with node's events.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { LINGER_TIMEOUT } from '../transport/timeouts.ts'
import type { OpenConnection } from './server-connections.ts'

/** Milliseconds between two looks at all connections, where the program wants no other interval. */
const INTERVAL = 1000

export class ConnectionClock {
  private readonly server: Server
  private readonly open: ReadonlySet<OpenConnection>
  private timer: NodeJS.Timeout | undefined

  constructor(server: Server, open: ReadonlySet<OpenConnection>) {
    this.server = server
    this.open = open
  }

  /** Begins to look, if it does not already. */
  start(): void {
    if (this.timer !== undefined) return
    const { connectionsCheckingInterval = INTERVAL } = this.server as Server & { connectionsCheckingInterval?: number }
    this.timer = setInterval(() => this.look(performance.now()), Math.min(INTERVAL, connectionsCheckingInterval))
    this.timer.unref()
  }

  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  /** The socket's own time-out came: an idle connection ends; else whoever listens decides, as in node. */
  timedOut({ socket, connection }: OpenConnection): void {
    if (connection.state === 'closing') {
      // All is said, only the client's end is waited for: node would have destroyed it by now.
      socket.destroy()
      return
    }
    const res = (socket as typeof socket & { _httpMessage?: (ServerResponse & { req: IncomingMessage }) | null })
      ._httpMessage
    const req = res?.req
    const byRequest = req !== undefined && !req.complete && req.emit('timeout', socket)
    const byResponse = res?.emit('timeout', socket) === true
    const byServer = this.server.emit('timeout', socket)
    if (!byRequest && !byResponse && !byServer) socket.destroy()
  }

  private look(now: number): void {
    for (const opened of this.open) {
      const { connection, socket } = opened
      if (connection.state === 'closing') {
        if (now - opened.since >= LINGER_TIMEOUT && socket.writableLength === 0) socket.destroy()
        continue
      }
      const limit = this.limitFor(opened)
      if (limit > 0 && now - opened.since >= limit) connection.expire()
    }
  }

  /** Milliseconds that the connection may take for what it is at, from when the message began; 0 for any time. */
  private limitFor({ connection }: OpenConnection): number {
    const { headersTimeout, requestTimeout } = this.server
    switch (connection.state) {
      case 'idle':
        return connection.requests === 0 ? shorter(headersTimeout, requestTimeout) : 0
      case 'head':
        return shorter(headersTimeout, requestTimeout)
      case 'fixed':
      case 'chunked':
        return requestTimeout
      case 'waiting':
      case 'upgraded':
      case 'closing':
        return 0
    }
  }
}

function shorter(one: number, other: number): number {
  return one > 0 && other > 0 ? Math.min(one, other) : Math.max(one, other)
}
