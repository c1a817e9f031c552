// The connections of one server that speak HTTP.
import type { IncomingMessage, Server, ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import type { RequestLimits } from '../exchange/limits.ts'
import { ConnectionClock } from './connection-clock.ts'
import { HttpConnection, type HttpHost } from './http-connection.ts'
import { countsFreshAsIdle, type InnerServer, type ResponseClass } from './node-members.ts'
import { nodeHttp } from './nodes-own.ts'

export class ServerConnections implements HttpHost {
  readonly server: InnerServer
  readonly limits: RequestLimits
  readonly IncomingMessage: typeof IncomingMessage
  readonly ServerResponse: ResponseClass

  private readonly open = new Set<HttpConnection>()
  private readonly clock: ConnectionClock

  constructor(server: Server, options: ServerOptions) {
    this.server = server as InnerServer
    this.limits = limitsOf(options)
    this.IncomingMessage = options.IncomingMessage ?? nodeHttp.IncomingMessage
    this.ServerResponse = options.ServerResponse ?? nodeHttp.ServerResponse
    this.clock = new ConnectionClock(this.server, this.open)
  }

  /** Takes a socket, of `net.Server`'s or one that a program puts in by `emit('connection', socket)`. */
  accept(socket: Socket): void {
    const connection = new HttpConnection(socket, this)
    this.open.add(connection)
    this.clock.start()
    connection.start()
  }

  released(connection: HttpConnection): void {
    this.open.delete(connection)
    if (this.open.size === 0) this.clock.stop()
  }

  /** As node's: connections between two requests, and from Node 26 on those that have not sent a first one. */
  closeIdle(): void {
    for (const connection of this.open) {
      if (connection.leaveSent()) continue
      const { phase, hasBegun, socket } = connection
      const isAnswering = socket._httpMessage && !socket._httpMessage.finished
      const isBetween = phase === 'last' || (phase === 'idle' && (hasBegun || countsFreshAsIdle))
      if (isBetween && !isAnswering) socket.destroy()
    }
  }

  /** All that speak HTTP; those that were handed over are their programs'. */
  closeAll(): void {
    for (const connection of this.open) connection.destroy()
  }
}

/** Node limits the head as a whole, and nothing else of it. */
function limitsOf({ maxHeaderSize: given }: ServerOptions): RequestLimits {
  const all = Number.MAX_SAFE_INTEGER
  return { headSize: given || nodeHttp.maxHeaderSize, requestLine: all, fieldCount: all, fieldSize: all, bodySize: 0 }
}
