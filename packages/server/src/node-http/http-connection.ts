// One connection of a server: what comes in is parsed by this engine and given to node's own messages, as node's
// `connectionListener` does with its parser.
import { AsyncResource } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { RequestLimits } from '../exchange/limits.ts'
import { type Rejection, rejection } from '../exchange/rejections.ts'
import { INPUT_SIZE, RequestParser } from '../http1/parser.ts'
import type { RequestHead } from '../http1/request-head.ts'
import { answerTo, encodingError, type Refused, refusalError, timeoutError, truncationError } from './client-error.ts'
import { emitMessages, wantsUpgrade } from './dispatch.ts'
import {
  type InnerRequest,
  type InnerServer,
  type InnerSocket,
  optimizesEmpty,
  type ResponseClass,
  refusesManyFields,
} from './node-members.ts'
import { afterJobs, now } from './real-time.ts'
import { ResponseQueue } from './response-queue.ts'

/**
 * What the connection is at: before a request, within a head, within a body of known length, within a chunked one, behind the last
 * byte of a body whose end is told of later in this turn; or it reads no requests any more.
 */
export type Phase = 'idle' | 'head' | 'fixed' | 'chunked' | 'ending' | 'over'

/** What all connections of a server share. */
export interface HttpHost {
  readonly server: InnerServer
  readonly limits: RequestLimits
  readonly IncomingMessage: typeof IncomingMessage
  readonly ServerResponse: ResponseClass
  /** It speaks HTTP no more. */
  released(connection: HttpConnection): void
}

const started = channel('http.server.request.start')
const rules = { framingOnly: true }
const CR = 0x0d
const LF = 0x0a
const NOTHING = Buffer.alloc(0)
const ignore = (): void => undefined
const refuseEncoding = (): never => {
  throw encodingError()
}

export class HttpConnection {
  readonly socket: InnerSocket
  phase: Phase = 'idle'
  /** When the message under way began, on the clock of `performance.now()`; before the first, when it was accepted. */
  since: number = now()
  /** Whether a request has come. */
  hasBegun = false
  /** The request whose body is being read, which libraries look for on a socket's `parser`. */
  incoming: InnerRequest | null = null
  readonly responses: ResponseQueue

  private readonly host: HttpHost
  private readonly parser: RequestParser
  /** Where its requests are told of: outside of whatever the request before was in. */
  private readonly scope = new AsyncResource('HTTPINCOMINGMESSAGE')
  /** What came behind a body while its end was not told of. */
  private behind: Buffer = NOTHING
  /** What its last request was refused for. */
  private refused: Refused | undefined
  /** Bytes still to come of a body of known length. */
  private remaining = 0
  private readonly onData = (input: Buffer): void => this.received(input)
  private readonly onEnd = (): void => this.ended()
  private readonly onClose = (): void => this.closed()
  private readonly onDrain = (): void => this.responses.drained()
  private readonly onTimeout = (): void => this.timedOut()
  private readonly onError = (error: Error): void => this.failed(error)

  constructor(socket: Socket, host: HttpHost) {
    this.socket = socket
    this.host = host
    this.responses = new ResponseQueue(host, this.socket, req => this.answered(req))
    this.parser = new RequestParser(host.limits, (input, start, end) => this.give(input, start, end), rules)
  }

  /** Begins to read. */
  start(): void {
    const { socket } = this
    const { server } = this.host
    socket.server = server
    socket.parser = this
    socket._paused = false
    socket.setEncoding = refuseEncoding
    if (server.timeout && typeof socket.setTimeout === 'function') socket.setTimeout(server.timeout)
    socket.on('timeout', this.onTimeout)
    socket.on('data', this.onData)
    socket.on('error', this.onError)
    socket.on('end', this.onEnd)
    socket.on('close', this.onClose)
    socket.on('drain', this.onDrain)
  }

  /** The request under way took too long. */
  expire(): void {
    // Once: a listener of 'clientError' may let it go on.
    this.since = Number.POSITIVE_INFINITY
    this.failed(timeoutError())
  }

  private received(input: Buffer): void {
    if (this.phase === 'idle') this.since = now()
    this.scope.runInAsyncScope(this.consume, this, input)
  }

  private consume(input: Buffer): void {
    let at = 0
    while (at < input.length) {
      switch (this.phase) {
        case 'idle':
          at = this.beginHead(input, at)
          break
        case 'head':
          at = this.readHead(input, at)
          break
        case 'fixed':
          at = this.readFixed(input, at)
          break
        case 'chunked':
          at = this.readChunked(input, at)
          break
        case 'ending':
          this.behind = this.behind.length === 0 ? input.subarray(at) : Buffer.concat([this.behind, input])
          return
        case 'over':
          this.refuseAgain(input)
          return
      }
    }
  }

  private beginHead(input: Buffer, start: number): number {
    let at = start
    // Any number of empty lines, as for node: old clients send them behind a body.
    while (input[at] === CR || input[at] === LF) at++
    if (at < input.length) this.phase = 'head'
    return at
  }

  private readHead(input: Buffer, start: number): number {
    const { parser } = this
    const result = parser.parseHead(input, start, Math.min(input.length, start + INPUT_SIZE))
    const at = start + parser.consumed
    if (result === 'failed')
      return this.refuse(parser.failure as Rejection, input, start + (parser.fault?.at ?? parser.consumed))
    if (result === 'more') return at
    this.hasBegun = true
    const head = parser.head as RequestHead
    if (refusesManyFields && head.rawHeaders.length > 2 * maxFields(this.host.server)) {
      return this.refuse(rejection('TOO_MANY_FIELDS'), input, at)
    }
    const req = this.message(head)
    if (head.facts.switching && this.switch(req, input.subarray(at))) return input.length
    this.begin(req, head)
    return at
  }

  private message(head: RequestHead): InnerRequest {
    const { IncomingMessage: Request, server } = this.host
    const req = new Request(this.socket) as unknown as InnerRequest
    const { httpVersion, rawHeaders } = head
    req.httpVersionMajor = 1
    req.httpVersionMinor = httpVersion === '1.1' ? 1 : 0
    req.httpVersion = httpVersion
    req.joinDuplicateHeaders = server.joinDuplicateHeaders || null
    req.url = head.target
    req.upgrade = false
    req._addHeaderLines(rawHeaders, Math.min(2 * maxFields(server), rawHeaders.length))
    req.method = head.method
    if (server[optimizesEmpty] === true && !hasBodyFields(req)) closeEmpty(req)
    return req
  }

  private begin(req: InnerRequest, head: RequestHead): void {
    const { facts } = head
    this.incoming = req
    this.remaining = facts.contentLength
    try {
      const { server } = this.host
      const res = this.responses.begin(req, facts.keepAlive)
      if (started.hasSubscribers) started.publish({ request: req, response: res, socket: this.socket, server })
      emitMessages(server, req, res, this.responses)
    } finally {
      // A listener that throws leaves a connection that is in order.
      if (facts.contentLength === 0) this.complete([])
      else this.phase = facts.contentLength > 0 ? 'fixed' : 'chunked'
    }
  }

  private readFixed(input: Buffer, start: number): number {
    const length = Math.min(input.length - start, this.remaining)
    this.remaining -= length
    this.give(input, start, start + length)
    if (this.remaining === 0) this.completeLater([])
    return start + length
  }

  private readChunked(input: Buffer, start: number): number {
    const { parser } = this
    const result = parser.parseChunked(input, start, Math.min(input.length, start + INPUT_SIZE))
    const at = start + parser.consumed
    if (result === 'failed') return this.refuse(parser.failure as Rejection, input, at)
    if (result === 'done') this.completeLater(parser.trailers)
    return at
  }

  /** A piece of the body, which nobody else will use: each read has memory of its own. */
  private give(input: Buffer, start: number, end: number): void {
    const { incoming } = this
    if (incoming === null || incoming._dumped) return
    if (!incoming.push(input.subarray(start, end))) this.socket.pause()
  }

  /** As on node, where promise jobs and ticks run between the last bytes of a body and its end. */
  private completeLater(trailers: readonly string[]): void {
    this.phase = 'ending'
    this.behind = NOTHING
    afterJobs(() => this.scope.runInAsyncScope(this.completeNow, this, trailers))
  }

  private completeNow(trailers: readonly string[]): void {
    if (this.phase !== 'ending') return
    this.complete(trailers)
    const { behind } = this
    this.behind = NOTHING
    if (behind.length > 0) this.consume(behind)
  }

  private complete(trailers: readonly string[]): void {
    const { incoming: req, socket } = this
    this.phase = 'idle'
    if (req !== null) {
      req.complete = true
      if (trailers.length > 0) req._addHeaderLines(trailers, trailers.length)
      req.push(null)
    }
    if (!socket._paused && socket.readable) socket.resume()
  }

  /** The response to a request is over, whose body may still be read. */
  private answered(req: InnerRequest): void {
    if (this.incoming !== req) return
    if (req.readableEnded) this.incoming = null
    else req.on('end', () => this.forget(req))
  }

  private forget(req: InnerRequest): void {
    if (this.incoming === req) this.incoming = null
  }

  /** Leaves the connection to a listener of 'upgrade' or 'connect'; false when there is none, and it is a request like others. */
  private switch(req: InnerRequest, behind: Buffer): boolean {
    const { socket } = this
    const { server } = this.host
    const event = req.method === 'CONNECT' ? 'connect' : 'upgrade'
    if (event === 'upgrade' && !wantsUpgrade(server, req)) return false
    req.upgrade = true
    if (server.listenerCount(event) === 0) {
      // A tunnel that nobody takes: node closes the connection without a word.
      this.phase = 'over'
      socket.destroy()
      return true
    }
    socket.removeListener('data', this.onData)
    socket.removeListener('end', this.onEnd)
    socket.removeListener('close', this.onClose)
    socket.removeListener('drain', this.onDrain)
    socket.removeListener('timeout', this.onTimeout)
    socket.removeListener('error', this.onError)
    this.release()
    // As new: the first listener of 'data' sets it going.
    socket.readableFlowing = null
    server.emit(event, req, socket, behind)
    return true
  }

  private refuse(rejection: Rejection, packet: Buffer, parsed: number): number {
    const { fault } = this.parser
    this.phase = 'over'
    this.refused = { rejection, fault, packet, parsed }
    this.failed(refusalError(this.refused))
    return packet.length
  }

  /** As node does, where a listener of 'clientError' leaves the connection open: what was wrong stays wrong. */
  private refuseAgain(packet: Buffer): void {
    if (this.refused !== undefined) this.failed(refusalError({ ...this.refused, packet, parsed: 0 }))
  }

  /** The client closed its side. */
  private ended(): void {
    const { phase, socket } = this
    if (phase === 'head' || phase === 'fixed' || phase === 'chunked') this.failed(truncationError())
    else if (this.host.server.httpAllowHalfOpen) this.responses.endAfterLast()
    else socket.end()
  }

  /** Something is wrong with the client, or with the way to it: whoever listens to 'clientError' decides, once. */
  private failed(error: Error): void {
    const { socket } = this
    socket.removeListener('error', this.onError)
    if (socket.listenerCount('error', ignore) === 0) socket.on('error', ignore)
    if (this.host.server.emit('clientError', error, socket)) return
    const res = socket._httpMessage
    // Within a response these bytes would be taken for some of it.
    if (socket.writable && !res?._headerSent) socket.write(answerTo(error))
    socket.destroy(error)
  }

  private timedOut(): void {
    const { incoming: req, socket } = this
    const byRequest = req !== null && !req.complete && req.emit('timeout', socket)
    const byResponse = socket._httpMessage?.emit('timeout', socket) === true
    const byServer = this.host.server.emit('timeout', socket)
    if (!byRequest && !byResponse && !byServer) socket.destroy()
  }

  private closed(): void {
    this.release()
    this.responses.abort()
  }

  private release(): void {
    if (this.socket.parser !== this) return
    this.phase = 'over'
    this.socket.parser = null
    this.incoming = null
    this.parser.release()
    this.host.released(this)
  }
}

/** How many fields a request may have, where `maxHeadersCount` says nothing: node's figure. */
const MAX_FIELDS = 1000

function maxFields({ maxHeadersCount }: InnerServer): number {
  if (typeof maxHeadersCount !== 'number') return MAX_FIELDS
  return maxHeadersCount > 0 ? maxHeadersCount : Number.POSITIVE_INFINITY
}

function hasBodyFields({ headers }: InnerRequest): boolean {
  return 'content-length' in headers || 'transfer-encoding' in headers
}

/** Ends a request that has no body without any event. */
function closeEmpty(req: InnerRequest): void {
  req._dumpAndCloseReadable?.()
  req._read()
}
