// The responses of one connection: the first is being written to the socket, the others wait until it is their turn.
import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { abortedError } from './client-error.ts'
import {
  closesWaiting,
  detachSignal,
  type InnerRequest,
  type InnerResponse,
  type InnerServer,
  type InnerSocket,
  needsDrain,
  optimizesEmpty,
  type ResponseClass,
  uniqueHeaders,
} from './node-members.ts'
import { nextTick } from './real-time.ts'
import { closeEmpty, hasBodyFields } from './request-message.ts'

const startedChannel = channel('http.server.request.start')
const finishedChannel = channel('http.server.response.finish')

/** Milliseconds that the server waits longer than it promises: a request that is on its way is still read. Node's figure. */
const KEEP_ALIVE_BUFFER = 1000

const queue: unique symbol = Symbol('kirin.responses')

/** What a response ends with. */
type QueuedResponse = InnerResponse & { [queue]?: ResponseQueue; readonly req: IncomingMessage }

/** What responses need of their server. */
export interface ResponseHost {
  readonly server: InnerServer
  readonly ServerResponse: ResponseClass
}

export class ResponseQueue {
  private readonly server: InnerServer
  private readonly socket: InnerSocket
  private readonly Response: ResponseClass
  private readonly forget: (req: InnerRequest) => void
  /** Requests whose response is not over, in order. */
  private readonly requests: InnerRequest[] = []
  /** Responses behind the one that is being written. */
  private readonly waiting: InnerResponse[] = []
  /** Bytes that wait in responses. */
  private pending = 0
  /** Whether the socket's time-out is the one for idle connections. */
  private isResting = false
  /** How many requests counted for the limit of a connection. */
  private counted = 0
  private readonly onPendingData = (change: number): void => {
    this.pending += change
    this.drained()
  }

  /** `forget` is called with each request whose response is over. */
  constructor(host: ResponseHost, socket: InnerSocket, forget: (req: InnerRequest) => void) {
    this.server = host.server
    this.socket = socket
    this.Response = host.ServerResponse
    this.forget = forget
  }

  /** Counts the request under way, where there is a limit: how far it is beyond the last that the connection may have, which is 0. */
  countBeyondLast(): number {
    const { maxRequestsPerSocket } = this.server
    if (typeof maxRequestsPerSocket !== 'number' || maxRequestsPerSocket <= 0) return Number.NEGATIVE_INFINITY
    return ++this.counted - maxRequestsPerSocket
  }

  /** The response to a request that has come behind the others. */
  begin(req: InnerRequest, keepAlive: boolean): InnerResponse {
    const { server, socket } = this
    if (this.isResting) this.wake()
    this.requests.push(req)
    this.limitReading()
    const options = {
      highWaterMark: socket.writableHighWaterMark,
      rejectNonStandardBodyWrites: server.rejectNonStandardBodyWrites,
    }
    const res = new this.Response(req, options) as QueuedResponse
    res._keepAliveTimeout = server.keepAliveTimeout
    res._maxRequestsPerSocket = server.maxRequestsPerSocket
    res._onPendingData = this.onPendingData
    res.shouldKeepAlive = keepAlive
    res[uniqueHeaders] = server[uniqueHeaders]
    res[queue] = this
    // Before the socket and the listener here: who measures a response listens to its 'finish', and finds the socket there then.
    if (startedChannel.hasSubscribers) startedChannel.publish({ request: req, response: res, socket, server })
    if (server[optimizesEmpty] === true && !hasBodyFields(req)) closeEmpty(req)
    if (socket._httpMessage) this.waiting.push(res)
    else res.assignSocket(socket)
    res.on('finish', finished)
    return res
  }

  /** The time-out is the one for connections that are used. */
  private wake(): void {
    this.isResting = false
    this.socket.setTimeout(this.server.timeout || 0)
  }

  /** The socket has room again, or less waits for it. */
  drained(): void {
    const { socket } = this
    if (socket._paused && this.pending <= socket.writableHighWaterMark) {
      socket._paused = false
      socket.resume()
    }
    const res = socket._httpMessage
    if (!res || res.finished || res[needsDrain] !== true || res.writableLength > 0) return
    res[needsDrain] = false
    res.emit('drain')
  }

  /** No request comes any more: the last response ends the connection; at once if there is none. */
  endAfterLast(): void {
    const last = this.waiting.at(-1) ?? this.socket._httpMessage
    if (last) last._last = true
    else this.socket.end()
  }

  /** The connection is gone. */
  abort(): void {
    for (const req of this.requests.splice(0)) req.destroy(abortedError())
    if (closesWaiting) for (const res of this.waiting.splice(0)) res.destroy(abortedError())
  }

  /** The response that was written is out. */
  over(res: QueuedResponse): void {
    const { socket } = this
    const req = this.requests.shift()
    if (finishedChannel.hasSubscribers) {
      finishedChannel.publish({ request: res.req, response: res, socket, server: this.server })
    }
    // Nobody reads it any more: it must not stand before the next request.
    if (req !== undefined && !req._consuming && !req._readableState.resumeScheduled) req._dump()
    res.detachSocket(socket)
    if (req !== undefined) {
      const detach = req[detachSignal]
      if (typeof detach === 'function') detach.call(req)
      this.forget(req)
    }
    nextTick(emitClose, res)
    if (res._last) {
      if (typeof socket.destroySoon === 'function') socket.destroySoon()
      else socket.end()
      return
    }
    const next = this.waiting.shift()
    if (next === undefined) this.rest()
    else next.assignSocket(socket)
  }

  /** Stops reading while the client does not take what it asked for, so that it cannot ask for ever more. */
  private limitReading(): void {
    const { socket } = this
    if (socket._paused) return
    if (!socket._writableState?.needDrain && this.pending < socket.writableHighWaterMark) return
    socket._paused = true
    socket.pause()
  }

  private rest(): void {
    const { socket } = this
    const { keepAliveTimeout, keepAliveTimeoutBuffer: given } = this.server
    if (!Number.isFinite(keepAliveTimeout) || keepAliveTimeout <= 0 || typeof socket.setTimeout !== 'function') return
    this.isResting = true
    socket.setTimeout(keepAliveTimeout + (given !== undefined && isBuffer(given) ? given : KEEP_ALIVE_BUFFER))
  }
}

function isBuffer(given: number): boolean {
  return Number.isFinite(given) && given >= 0
}

/** A listener of 'finish'. */
function finished(this: QueuedResponse): void {
  this[queue]?.over(this)
}

function emitClose(res: InnerResponse): void {
  if (res._closed) return
  res.destroyed = true
  res._closed = true
  res.emit('close')
}
