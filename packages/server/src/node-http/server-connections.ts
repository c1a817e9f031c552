// The connections of one server: what node's `connectionListener` does, with this engine below.
import { AsyncResource } from 'node:async_hooks'
import { maxHeaderSize, type Server, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import { messageMaker } from '@nsgi/adapters-node'
import type { Application, Context, Logger } from '@nsgi/spec'
import type { Exchange } from '../exchange/exchange.ts'
import type { RequestLimits } from '../exchange/limits.ts'
import type { Rejection } from '../exchange/rejections.ts'
import { Connection } from '../http1/connection.ts'
import type { ConnectionHost } from '../http1/connection-host.ts'
import { dateLine } from '../transport/date-line.ts'
import { endpointsOf } from '../transport/endpoints.ts'
import { readEvents } from '../transport/socket-reads.ts'
import { SocketWire } from '../transport/socket-wire.ts'
import { clientErrorOf } from './client-error.ts'
import { ConnectionClock } from './connection-clock.ts'
import { ServerContext, warningLog } from './context.ts'
import { answerConnect, emitRequest, emitSwitch, requestsBeyond } from './dispatch.ts'

/** An open connection that speaks HTTP. */
export interface OpenConnection {
  readonly socket: Socket
  readonly connection: Connection
  /** Where its requests are told of: outside of whatever the request before was in. */
  readonly scope: AsyncResource
  /** When the message under way began, on the clock of `performance.now()`; before the first, when it was accepted. */
  since: number
  /** Whether the socket's time-out is the one for idle connections. */
  isResting: boolean
}

export class ServerConnections implements ConnectionHost {
  readonly application: Application
  readonly log: Logger = warningLog
  readonly limits: RequestLimits
  readonly dateLine: () => string = dateLine
  readonly takesExpectations = true
  readonly began = (exchange: Exchange): void => this.begin(exchange)
  readonly ended = (exchange: Exchange): void => this.rest(exchange)
  /** Node's server ends none by itself when it is closed: what is open goes on until it is idle for too long. */
  readonly isDraining = false
  readonly keepAliveLines = (connection: object): string => announcement(this.server, this.byConnection.get(connection))

  private readonly server: Server
  private readonly open = new Set<OpenConnection>()
  private readonly byConnection = new WeakMap<object, OpenConnection>()
  private readonly clock: ConnectionClock
  private readonly made: ServerContext = new ServerContext()
  /** The connection whose request the application is called for, and that. */
  private beginning: { readonly opened: OpenConnection; readonly exchange: Exchange } | undefined

  constructor(server: Server, options: ServerOptions) {
    this.server = server
    this.limits = limitsOf(options)
    this.clock = new ConnectionClock(server, this.open)
    this.application = this.makeApplication(options)
  }

  get context(): Context {
    return this.made.current
  }

  /** The server listens, again perhaps. */
  reopen(): void {
    this.made.renew()
  }

  /** The server stops. */
  drain(): void {
    this.made.drain()
  }

  /** Takes a socket, of `net.Server`'s or one that a program puts in by `emit('connection', socket)`. */
  accept(socket: Socket): void {
    const { server } = this
    ;(socket as Socket & { server?: Server }).server = server
    const wire = new SocketWire(socket)
    const connection = new Connection(wire, endpointsOf(socket), this)
    const opened: OpenConnection = {
      socket,
      connection,
      scope: new AsyncResource('KIRIN_CONNECTION'),
      since: performance.now(),
      isResting: false,
    }
    this.open.add(opened)
    this.byConnection.set(connection, opened)
    this.listenTo(opened)
    if (server.timeout > 0) socket.setTimeout(server.timeout)
    this.clock.start()
    readEvents(socket, (input, end) => {
      if (connection.state === 'idle') opened.since = performance.now()
      connection.receive(input, end)
    })
  }

  /** As node's: connections between two requests, and not those that have not sent a first one. */
  closeIdle(): void {
    for (const { connection, socket } of this.open) {
      if (connection.state === 'idle' && connection.requests > 0) socket.destroy()
    }
  }

  /** All that speak HTTP; those that were handed over are their programs'. */
  closeAll(): void {
    for (const { socket } of this.open) socket.destroy()
  }

  refused(refused: Rejection, connection: Connection): 'taken' | undefined {
    const opened = this.byConnection.get(connection)
    const error = clientErrorOf(refused)
    // Within a body a response may be under way, which whoever answers here would break into.
    if (opened === undefined || error === undefined || connection.isBusy) return undefined
    return this.server.emit('clientError', error, opened.socket) ? 'taken' : undefined
  }

  dropped(): void {
    // Only a sweep drops, and node has none that does.
  }

  private begin(exchange: Exchange): void {
    const opened = this.byConnection.get(exchange.owner)
    if (opened === undefined) return
    this.beginning = { opened, exchange }
    if (!opened.isResting) return
    opened.isResting = false
    opened.socket.setTimeout(this.server.timeout)
  }

  private rest(exchange: Exchange): void {
    const opened = this.byConnection.get(exchange.owner)
    if (opened === undefined || opened.connection.state !== 'idle') return
    // From Node 24 on the server waits a second longer than it promises, so that a request that is on its way is still read.
    const { keepAliveTimeout, keepAliveTimeoutBuffer = 0 } = this.server as Server & { keepAliveTimeoutBuffer?: number }
    if (!keepAliveTimeout) return
    opened.isResting = true
    opened.socket.setTimeout(keepAliveTimeout + keepAliveTimeoutBuffer)
  }

  private makeApplication(options: ServerOptions): Application {
    const make = messageMaker({
      IncomingMessage: options.IncomingMessage,
      ServerResponse: options.ServerResponse,
      maxHeadersCount: () => this.server.maxHeadersCount ?? undefined,
    })
    return (request, context) => {
      const { opened, exchange } = this.beginning as NonNullable<typeof this.beginning>
      this.beginning = undefined
      const { server } = this
      const parts = { server, opened, request, context, exchange }
      if (exchange.head.isSwitching) {
        const switched = emitSwitch(parts)
        if (switched) {
          this.release(opened)
          return never
        }
        if (request.method === 'CONNECT') return answerConnect(opened.socket)
      }
      // Called by the engine at once: what the listener does reaches the wire while it is being done.
      return {
        // oxlint-disable-next-line unicorn/no-thenable -- not a promise: those would answer a turn later than node does
        then(resolve, reject) {
          const settler = {
            resolve: (response: Parameters<NonNullable<typeof resolve>>[0]) => void resolve?.(response),
            reject: (error: unknown) => void reject?.(error),
          }
          const messages = make({ request, context, socket: opened.socket, settler })
          emitRequest(parts, messages)
          return never
        },
      }
    }
  }

  private listenTo(opened: OpenConnection): void {
    const { socket, connection } = opened
    let failure: Error | undefined
    socket.on('error', error => {
      failure = error
      if (this.open.has(opened)) this.server.emit('clientError', error, socket)
    })
    socket.on('end', () => {
      if (!this.open.has(opened)) return
      connection.ended()
      // Node's own default: a client that closes its side is not answered any more.
      if (!(this.server as Server & { httpAllowHalfOpen?: boolean }).httpAllowHalfOpen) socket.end()
    })
    socket.on('drain', () => {
      if (this.open.has(opened)) connection.drained()
    })
    socket.on('timeout', () => {
      if (this.open.has(opened)) this.clock.timedOut(opened)
    })
    socket.on('close', () => {
      this.release(opened)
      connection.lost(failure)
    })
  }

  private release(opened: OpenConnection): void {
    this.open.delete(opened)
    if (this.open.size === 0) this.clock.stop()
  }
}

/** What stands for a response that does not come by that way. */
const never: Promise<never> = new Promise(() => undefined)

/** How node's server says that a connection goes on, and for how long: clients do not ask when it is about to end. */
function announcement(server: Server, opened: OpenConnection | undefined): string {
  const { keepAliveTimeout, maxRequestsPerSocket } = server
  // The client is to close; node answers what it sends nevertheless.
  if (opened !== undefined && requestsBeyond(server, opened) >= 0) return 'connection: close\r\n'
  if (!keepAliveTimeout) return 'connection: keep-alive\r\n'
  const max = maxRequestsPerSocket ? `, max=${maxRequestsPerSocket}` : ''
  return `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(keepAliveTimeout / 1000)}${max}\r\n`
}

/** Node limits the head as a whole, and nothing else of it. */
function limitsOf({ maxHeaderSize: given = maxHeaderSize }: ServerOptions): RequestLimits {
  const all = Number.MAX_SAFE_INTEGER
  return { headSize: given, requestLine: all, fieldCount: all, fieldSize: all, bodySize: 0 }
}
