// One connection of a server: what comes in is parsed by this engine and given to node's own messages, as node's
// `connectionListener` does with its parser.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { RequestLimits } from '../exchange/limits.ts'
import { type Rejection, rejection } from '../exchange/rejections.ts'
import { INPUT_SIZE, type ParseResult, RequestParser } from '../http1/parser.ts'
import type { RequestHead } from '../http1/request-head.ts'
import {
  answerTo,
  CB_HEADERS_COMPLETE,
  CLOSED_CONNECTION,
  encodingError,
  type Refused,
  refusalError,
  timeoutError,
  truncationError,
} from './client-error.ts'
import { emitMessages, wantsUpgrade } from './dispatch.ts'
import { MessageScope } from './message-scope.ts'
import type { InnerRequest, InnerServer, InnerSocket, ResponseClass } from './node-members.ts'
import { afterJobs, now } from './real-time.ts'
import { hasTooManyFields, messageOf } from './request-message.ts'
import { ResponseQueue } from './response-queue.ts'
import { copyOf, type ReadCallback, readAsStream, readFrom, takeBackMemory } from './socket-input.ts'

/**
 * What the connection is at: before a request, within a head, within a body of known length, within a chunked one, handing on what a
 * read held of a body; behind a request that was the client's last by its own word; or it reads no requests any more.
 */
export type Phase = 'idle' | 'head' | 'fixed' | 'chunked' | 'handing' | 'last' | 'over'

/** What all connections of a server share. */
export interface HttpHost {
  readonly server: InnerServer
  readonly limits: RequestLimits
  readonly IncomingMessage: typeof IncomingMessage
  readonly ServerResponse: ResponseClass
  /** It speaks HTTP no more. */
  released(connection: HttpConnection): void
}

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
  private readonly scope: MessageScope
  /** Pieces of a chunked body that the read under way held and that were not handed on yet. */
  private readonly pieces: Buffer[] = []
  /** The read whose bytes from `behindAt` on wait until what is before them was handed on. */
  private behind: Buffer = NOTHING
  private behindAt = 0
  /** Whether the client closed its side while there was something to hand on. */
  private endsBehind = false
  /** Whether the request under way is the client's last. */
  private isLast = false
  /** What its last request was refused for. */
  private refused: Refused | undefined
  /** Bytes still to come of a body of known length. */
  private remaining = 0
  /** What is being read may be kept where it is as long as this; what is shorter, and stays, is copied. */
  private keptFrom = 0
  /** Whether something has come since the clock looked. */
  private isActive = false
  private readonly onData = (input: Buffer): void => this.received(input)
  private readonly onRead: ReadCallback = (input, end, isOwn) => this.receivedPast(input.subarray(0, end), isOwn)
  private readonly onEnd = (): void => this.ended()
  private readonly onClose = (): void => this.closed()
  private readonly onDrain = (): void => this.responses.drained()
  private readonly onTimeout = (): void => this.timedOut()
  private readonly onError = (error: Error): void => this.failed(error)

  constructor(socket: Socket, host: HttpHost) {
    this.socket = socket
    this.host = host
    this.responses = new ResponseQueue(host, this.socket, req => this.answered(req))
    this.scope = new MessageScope(socket)
    this.parser = new RequestParser(host.limits, (input, start, end) => this.keepPiece(input, start, end), rules)
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
    readFrom(socket, this.onData, this.onRead)
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

  /**
   * Leaves a socket that a program has sent to another process by `child.send()`, and says whether it was: its handle is gone, of which nothing
   * tells. It neither closes here nor takes what is written.
   */
  leaveSent(): boolean {
    const { socket } = this
    if (socket._handle !== null || socket.destroyed) return false
    this.release()
    socket._httpMessage?.detachSocket(socket)
    return true
  }

  /** Breaks it off. */
  destroy(): void {
    if (!this.leaveSent()) this.socket.destroy()
  }

  /** The clock looks: whoever sends nothing keeps no memory for it. */
  looked(): void {
    if (this.leaveSent()) return
    if (!this.isActive) takeBackMemory(this.socket)
    this.isActive = false
  }

  private received(input: Buffer): void {
    this.orBreakOff(() => this.scope.runInAsyncScope(this.consume, this, input))
  }

  /**
   * What a listener throws is the program's affair, and the rest of what was being read is lost with it. A program that survives that must not
   * have what comes next taken for something that it is not: as on node, it is refused.
   */
  private orBreakOff(parse: () => void): void {
    let isThrough = false
    try {
      parse()
      isThrough = true
    } finally {
      if (!isThrough && this.phase !== 'over') this.breakOff()
    }
  }

  private breakOff(): void {
    this.phase = 'over'
    this.pieces.length = 0
    this.behind = NOTHING
    const fault = { errno: CB_HEADERS_COMPLETE, reason: 'User callback error', at: 0 }
    this.refused = { rejection: rejection('MALFORMED'), fault, packet: NOTHING, parsed: 0 }
    if (this.endsBehind) this.ended()
  }

  /** What came past the socket. Whether the next read may be kept: it is in the midst of a body that somebody may read. */
  private receivedPast(input: Buffer, isOwn: boolean): boolean {
    this.isActive = true
    // A piece keeps the memory of all that was read with it.
    this.keptFrom = isOwn ? input.length / 2 : Number.POSITIVE_INFINITY
    try {
      this.received(input)
    } finally {
      this.keptFrom = 0
    }
    const { incoming } = this
    if (incoming === null || incoming._dumped || this.phase === 'over') return false
    return this.remaining > 0 || this.parser.chunked
  }

  /** What may be kept, of what is being read. */
  private kept(bytes: Buffer): Buffer {
    return bytes.length < this.keptFrom ? copyOf(bytes) : bytes
  }

  /** A piece of a body out of what is being read: a small one must not keep all of it. */
  private piece(bytes: Buffer): Buffer {
    return 2 * bytes.length < bytes.buffer.byteLength ? copyOf(bytes) : this.kept(bytes)
  }

  private consume(input: Buffer, start = 0): void {
    let at = start
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
        case 'handing':
          this.keepBehind(input, at)
          return
        case 'last':
          at = this.readBehindLast(input, at)
          break
        case 'over':
          this.refuseAgain(input)
          return
      }
    }
  }

  private keepBehind(input: Buffer, at: number): void {
    const { behind, behindAt } = this
    const isFirst = behind.length === 0
    this.behind = isFirst ? this.kept(input) : Buffer.concat([behind.subarray(behindAt), input])
    this.behindAt = isFirst ? at : 0
  }

  private beginHead(input: Buffer, start: number): number {
    const at = behindEmptyLines(input, start)
    if (at === input.length) return at
    this.phase = 'head'
    this.since = now()
    return at
  }

  /** A client that wants the connection closed behind its request has no other: what it sent is not run (RFC 9112 §9.6). */
  private readBehindLast(input: Buffer, start: number): number {
    const at = behindEmptyLines(input, start)
    if (at === input.length) return at
    const fault = { errno: CLOSED_CONNECTION, reason: 'Data after `Connection: close`', at }
    return this.refuse({ rejection: rejection('MALFORMED'), fault, packet: input, parsed: at + 1 })
  }

  private readHead(input: Buffer, start: number): number {
    const { parser } = this
    const result = parser.parseHead(input, start, Math.min(input.length, start + INPUT_SIZE))
    const at = start + parser.consumed
    if (result === 'failed') return this.refuseParsed(input, start + (parser.fault?.at ?? parser.consumed))
    if (result === 'more') return at
    this.hasBegun = true
    const head = parser.head as RequestHead
    if (hasTooManyFields(this.host.server, head)) {
      return this.refuse({ rejection: rejection('TOO_MANY_FIELDS'), fault: undefined, packet: input, parsed: at })
    }
    const req = messageOf(head, this.socket, this.host)
    if (head.facts.switching && this.switch(req, this.kept(input.subarray(at)))) return input.length
    this.begin(req, head)
    return at
  }

  private begin(req: InnerRequest, head: RequestHead): void {
    const { facts } = head
    this.incoming = req
    this.remaining = facts.contentLength
    this.isLast = !facts.keepAlive
    const { server } = this.host
    const res = this.responses.begin(req, facts.keepAlive)
    emitMessages(server, req, res, this.responses)
    if (this.hasLeft()) return
    if (facts.contentLength === 0) this.complete([])
    else this.phase = facts.contentLength > 0 ? 'fixed' : 'chunked'
  }

  private readFixed(input: Buffer, start: number): number {
    const end = start + Math.min(input.length - start, this.remaining)
    this.remaining -= end - start
    this.give(this.piece(input.subarray(start, end)))
    if (this.remaining === 0) this.handOnLater(() => this.complete([]))
    return end
  }

  private readChunked(input: Buffer, start: number): number {
    const { parser, pieces } = this
    const result = parser.parseChunked(input, start, Math.min(input.length, start + INPUT_SIZE))
    const at = start + parser.consumed
    const piece = pieces.shift()
    if (piece === undefined) return this.settle(result, input, at)
    this.give(piece)
    if (result === 'more' && pieces.length === 0) return at
    const packet = result === 'failed' ? this.kept(input) : input
    this.handOnLater(() => this.settle(result, packet, at))
    return at
  }

  private keepPiece(input: Buffer, start: number, end: number): void {
    this.pieces.push(this.piece(input.subarray(start, end)))
  }

  /** What came of parsing a chunked body, once its pieces are handed on. The offset behind it. */
  private settle(result: ParseResult, input: Buffer, at: number): number {
    switch (result) {
      case 'failed':
        // What is out of proportion behind the last chunk are trailers: for node fields like others.
        return this.parser.failure?.code === 'CHUNK_OVERHEAD' && this.parser.trailers.length > 0
          ? this.refuseTrailers(input, at)
          : this.refuseParsed(input, at)
      case 'done':
        if (this.areTrailersTooLarge()) return this.refuseTrailers(input, at)
        this.complete(this.parser.trailers)
        return at
      case 'more':
        this.phase = 'chunked'
        return at
    }
  }

  /** Node holds trailers to the limit of a head; the bytes of names and values count. */
  private areTrailersTooLarge(): boolean {
    const { trailers } = this.parser
    return trailers.length > 0 && trailers.reduce((size, part) => size + part.length, 0) >= this.host.limits.headSize
  }

  private refuseTrailers(packet: Buffer, parsed: number): number {
    return this.refuse({ rejection: rejection('HEAD_TOO_LARGE'), fault: undefined, packet, parsed })
  }

  /** A piece of the body, which nobody else will use. */
  private give(piece: Buffer): void {
    const { incoming } = this
    if (incoming === null || incoming._dumped) return
    if (!incoming.push(piece)) this.socket.pause()
  }

  /** As on node, where promise jobs and ticks run behind each piece of a body: who reads sees them one by one, and then what is behind. */
  private handOnLater(settle: () => void): void {
    if (this.hasLeft()) return
    this.phase = 'handing'
    afterJobs(() => this.orBreakOff(() => this.scope.runInAsyncScope(this.handOn, this, settle)))
  }

  private handOn(settle: () => void): void {
    if (this.phase !== 'handing') return
    const piece = this.pieces.shift()
    if (piece !== undefined) {
      this.give(piece)
      this.handOnLater(settle)
      return
    }
    settle()
    this.readBehind()
  }

  /** Reads on in what came behind a body, and sees the end of it. */
  private readBehind(): void {
    const { behind, behindAt } = this
    this.behind = NOTHING
    if (this.phase !== 'over' && behind.length > behindAt) this.consume(behind, behindAt)
    // The end of a connection that a listener has taken over meanwhile is that listener's.
    if (this.endsBehind && this.socket.parser === this) this.ended()
  }

  private complete(trailers: readonly string[]): void {
    const { incoming: req, socket } = this
    this.phase = this.isLast ? 'last' : 'idle'
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
    readAsStream(socket)
    // It has no body: what is behind it is of the other protocol.
    req.complete = true
    req.push(null)
    // As new: the first listener of 'data' sets it going.
    socket.readableFlowing = null
    server.emit(event, req, socket, behind)
    // It came while nobody but this connection listened.
    if (this.endsBehind) afterJobs(() => socket.emit('end'))
    return true
  }

  /** What the parser has just refused. */
  private refuseParsed(packet: Buffer, parsed: number): number {
    const { failure, fault } = this.parser
    return this.refuse({ rejection: failure as Rejection, fault, packet, parsed })
  }

  private refuse(refused: Refused): number {
    const kept = { ...refused, packet: this.kept(refused.packet) }
    this.phase = 'over'
    this.refused = kept
    this.failed(refusalError(kept))
    return kept.packet.length
  }

  /** As node does, where a listener of 'clientError' leaves the connection open: what was wrong stays wrong. */
  private refuseAgain(packet: Buffer): void {
    if (this.refused !== undefined) this.failed(refusalError({ ...this.refused, packet: this.kept(packet), parsed: 0 }))
  }

  /** The client closed its side. */
  private ended(): void {
    const { phase, socket } = this
    this.endsBehind = phase === 'handing'
    if (this.endsBehind) return
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

  /** Whether a listener has ended it in the midst of a read, by 'close' for instance: what is behind is nobody's, and the parser another's. */
  private hasLeft(): boolean {
    return this.phase === 'over'
  }

  private release(): void {
    if (this.socket.parser !== this) return
    this.phase = 'over'
    this.socket.parser = null
    this.incoming = null
    this.parser.release()
    this.scope.emitDestroy()
    this.host.released(this)
  }
}

/** Any number of empty lines before a request, as for node: old clients send them behind a body. */
function behindEmptyLines(input: Buffer, start: number): number {
  let at = start
  while (input[at] === CR || input[at] === LF) at++
  return at
}
