// One HTTP/1 connection without its socket: bytes come in by `receive`, go out by the wire, and what may
// happen next follows from the state. One exchange is under way at a time; requests that are pipelined
// behind it wait, unparsed, and so are answered in order (RFC 9112 §9.3.2).
import { type BodyLimit, passedLimit } from '../exchange/body-limit.ts'
import { KirinError } from '../exchange/errors.ts'
import type { EndpointPair, ExchangeOwner } from '../exchange/exchange.ts'
import { NO_TRAILERS, toTrailerRecord } from '../exchange/field-records.ts'
import type { Vouched } from '../exchange/forwarding.ts'
import { DISCARD_LIMIT } from '../exchange/limits.ts'
import { type Framing } from '../exchange/planned-response.ts'
import { type Rejection, rejection } from '../exchange/rejections.ts'
import { type BodySource, RequestBody } from '../exchange/request-body.ts'
import type { HandedOver, Wire } from '../exchange/wire.ts'
import { bodyChunk } from './body-chunk.ts'
import type { ConnectionHost, ConnectionState } from './connection-host.ts'
import { EmptyLines } from './empty-lines.ts'
import { HeldInput } from './held-input.ts'
import { Http1Exchange } from './http1-exchange.ts'
import { Pace } from './pace.ts'
import { INPUT_SIZE, RequestParser } from './parser.ts'
import type { RequestHead } from './request-head.ts'
import { refusal } from './response-head.ts'

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

export class Connection implements ExchangeOwner, BodySource {
  state: ConnectionState = 'idle'
  /** Grows whenever bytes come in: what a sweep compares to see whether anything happened. */
  activity = 0
  /** How many requests began. */
  requests = 0
  /** Whether the peer closed its side. While its request is being answered it may be gone: only a write would tell. */
  isHalfClosed = false
  readonly wire: Wire
  readonly endpoints: EndpointPair
  readonly host: ConnectionHost

  private readonly parser: RequestParser
  private exchange: Http1Exchange | undefined
  private body: RequestBody | null = null
  /** Bytes still to come of a body of known length. */
  private remaining = 0
  /** Bytes of a chunked body that have come. */
  private received = 0
  /** Bytes of an unwanted body that have been thrown away. */
  private discarded = 0
  /** Whether the response of the exchange has been handed to the wire. */
  private responded = false
  /** Whether the connection ends with the request under way, of which only the body is still to come. */
  private lastRequest = false
  private continueDue = false
  private readonly emptyLines = new EmptyLines()
  private readonly held = new HeldInput()
  private readonly pace = new Pace(this)
  /** What came behind a request that may take the connection over, while the application is called for it. */
  private behind: Buffer | undefined
  private readingPaused = false
  private dropped: KirinError | undefined
  /** The input that came last, where a body may have the memory of it. */
  private keepable: Buffer | undefined

  constructor(wire: Wire, endpoints: EndpointPair, host: ConnectionHost) {
    this.wire = wire
    this.endpoints = endpoints
    this.host = host
    this.parser = new RequestParser(host.limits, (input, start, end) => this.takeBody(input, start, end), host)
  }

  /** Whether a request is under way whose response is not over. */
  get isBusy(): boolean {
    return this.exchange !== undefined
  }

  get mayContinue(): boolean {
    const { exchange } = this
    if (exchange === undefined || !exchange.head.facts.keepAlive || this.host.isDraining || this.host.isFull)
      return false
    if (exchange.peerFault !== undefined || exchange.head.isMethod('CONNECT')) return false
    if (this.isHalfClosed && this.held.isEmpty) return false
    if (this.state === 'waiting') return true
    // The body is unfinished. A client that was never told to go on may send it or not: no telling where
    // the next request begins (RFC 9110 §10.1.1).
    return !this.continueDue && (this.remaining <= DISCARD_LIMIT || this.isBodyRead)
  }

  /** Whether the connection's end, if it came now, would pass for that of a response which is not whole. */
  get looksWhole(): boolean {
    return this.exchange?.looksWhole === true
  }

  /** Whether the response is out while the rest of the request is still to come. */
  get awaitsRest(): boolean {
    return this.responded
  }

  /**
   * Takes `input[0, end)`, which is the caller's again afterwards; unless it `mayKeep` it: then the application may get it, as part of
   * a body. Whether the next input may be of such use is the result.
   */
  receive(input: Buffer, end: number, mayKeep = false): boolean {
    this.activity++
    this.keepable = mayKeep ? input : undefined
    if (this.held.isEmpty) this.consume(input, 0, end)
    else this.hold(input, 0, end)
    this.keepable = undefined
    return this.awaited !== 'nothing'
  }

  /** The peer has closed its side. What it asked for is still answered (NSGI END-04). */
  ended(): void {
    if (this.isHalfClosed) return
    this.isHalfClosed = true
    if (!this.held.isEmpty) return
    switch (this.state) {
      case 'idle':
        return this.close()
      case 'head':
        this.refuse(rejection('INCOMPLETE'))
        return
      case 'fixed':
      case 'chunked':
        return this.bodyFailed(rejection('INCOMPLETE'), new KirinError('KIRIN_BODY_TRUNCATED'))
      case 'waiting':
      case 'upgraded':
      case 'closing':
    }
  }

  /** The transport is gone, for whatever reason. Nothing is called afterwards. */
  lost(cause: unknown): void {
    const { exchange, body } = this
    if (this.state !== 'upgraded') this.parser.release()
    this.state = 'closing'
    this.held.take()
    this.exchange = undefined
    exchange?.clientLost(cause ?? this.dropped)
    body?.fail(new KirinError('KIRIN_BODY_TRUNCATED', { cause }))
  }

  /** The wire has room again. */
  drained(): void {
    this.exchange?.drained()
    if (!this.held.isEmpty && this.state === 'idle') this.resumeHeld()
  }

  /** Ends the connection now if it is idle; else the response under way is the last (`isDraining` is true by now). */
  drain(): void {
    if (this.state === 'idle' && this.held.isEmpty) this.close()
  }

  /** What the body under way waits for: nothing, bytes of the peer's, or a read of the application's. */
  get awaited(): 'nothing' | 'bytes' | 'read' {
    const { body } = this
    if (!this.isWithinBody || body === null || body.isUnwanted) return 'nothing'
    if (this.responded && !(this.isBodyRead && body.isFull)) return 'nothing'
    if (body.isFull) return 'read'
    // A client that waits for 100 Continue owes nothing yet.
    return this.continueDue ? 'nothing' : 'bytes'
  }

  /** Bytes of the body that wait for the application. */
  get unread(): number {
    return this.body === null ? 0 : this.body.size
  }

  /** Time is up: an idle connection is closed, an unfinished head or body is answered. */
  expire(): void {
    const { awaited } = this
    if (this.state === 'head') this.refuse(rejection('HEAD_TIMEOUT'))
    else if (awaited === 'nothing') this.close()
    else this.bodyOverLimit(awaited === 'bytes' ? 'BODY_TIMEOUT' : 'BODY_UNREAD')
  }

  /** The request that is under way takes longer than it may. */
  overrun(): void {
    if (this.state === 'upgraded') return
    this.exchange?.overran(status => {
      this.wire.write(refusal(status, this.host.dateLine()))
      this.close()
    })
  }

  /** The peer does not take its response: it counts as lost, for that reason. */
  drop(): void {
    this.dropped = new KirinError('KIRIN_CLIENT_STALLED')
    this.host.dropped(this.dropped, this)
    this.wire.reset()
  }

  // What the exchange reports.

  responseSent(keepAlive: boolean): void {
    const { body } = this
    if (this.state === 'waiting') {
      // The head may have promised to go on before the body turned out to be malformed.
      if (keepAlive && this.exchange?.peerFault === undefined) this.nextRequest()
      else this.close()
      return
    }
    // The request is not whole yet. An application that began to read may go on doing so after its
    // response; else nobody is left to read, and the rest must not be taken for a request (NSGI BOD-09).
    this.responded = true
    if (this.isBodyRead) {
      this.lastRequest = !keepAlive
      if (!keepAlive) this.wire.end()
      return
    }
    body?.abandon(
      new KirinError('KIRIN_BODY_TRUNCATED', { message: 'the response ended before the request body was read' }),
    )
    if (!keepAlive) this.close()
  }

  responseBroken(framing: Framing): void {
    this.state = 'closing'
    this.exchange = undefined
    this.held.take()
    this.body = null
    this.resumeReading()
    // A close-delimited body that just ends would look whole.
    if (framing === 'close') this.wire.reset()
    else this.wire.end()
  }

  handOver(): HandedOver {
    const held = this.held.take()
    const { behind } = this
    this.state = 'upgraded'
    // Reading is the application's from here on.
    this.readingPaused = false
    this.parser.release()
    return this.wire.handOver(held ?? (behind && Buffer.from(behind)))
  }

  exchangeDropped(): void {
    this.close() // The answers before it still go out.
  }

  continueSent(): void {
    this.continueDue = false
  }

  // What the request's body asks for.

  bodyWanted(): void {
    if (!this.continueDue) return
    this.continueDue = false
    if (this.exchange?.status === 0) this.wire.write(CONTINUE)
  }

  pauseBody(): void {
    this.pauseReading()
  }

  resumeBody(): void {
    this.resumeReading()
  }

  private get isWithinBody(): boolean {
    return this.state === 'fixed' || this.state === 'chunked'
  }

  /** Whether the application has begun to read the body, and not said that it wants no more. */
  private get isBodyRead(): boolean {
    const { body } = this
    return body !== null && body.isUsed && !body.isUnwanted
  }

  private consume(input: Buffer, start: number, end: number): void {
    let at = start
    while (at < end) {
      switch (this.state) {
        case 'idle':
          at = this.beginHead(input, at, end)
          break
        case 'head':
          at = this.readHead(input, at, end)
          break
        case 'fixed':
          at = this.readFixed(input, at, end)
          break
        case 'chunked':
          at = this.readChunked(input, at, end)
          break
        case 'waiting':
          return this.hold(input, at, end)
        case 'upgraded':
        case 'closing':
          return
      }
      if (this.state === 'idle' && at < end && !this.mayGoOn()) return this.hold(input, at, end)
    }
  }

  /** Whether to begin what stands behind a request: not while the peer does not take its answers, and not all of it in one turn. */
  private mayGoOn(): boolean {
    return this.wire.hasRoom && this.pace.take()
  }

  private beginHead(input: Buffer, start: number, end: number): number {
    const at = this.emptyLines.skip(input, start, end)
    if (typeof at !== 'number') return this.refuse(at)
    if (at < end) this.state = 'head'
    return at
  }

  private readHead(input: Buffer, start: number, end: number): number {
    const { parser } = this
    const result = parser.parseHead(input, start, Math.min(end, start + INPUT_SIZE))
    if (result === 'failed') return this.refuse(parser.failure as Rejection)
    const at = start + parser.consumed
    if (result !== 'done') return at
    const head = parser.head as RequestHead
    const { contentLength, switching } = head.facts
    // A request without a body that more has come behind: what follows are requests, and their answers go out together
    // (a third of the processor time with sixteen in a row).
    if (at < end && contentLength === 0) this.wire.batch()
    // Requests in a row are enough for themselves; and who takes the connection over gets what is behind the request, which is here only now.
    const mayWait = start === 0 && (contentLength < 0 || end - at <= contentLength) && !switching
    const vouched = head.hasForwarded
      ? this.host.forwarded?.vouchedIn(head.rawHeaders, this.endpoints.remote, head.path)
      : undefined
    if (vouched !== undefined && 'code' in vouched) return this.refuse(vouched)
    const { bodySize } = this.host.limits
    if (bodySize > 0 && contentLength > bodySize) return this.refuse(rejection('BODY_TOO_LARGE'))
    if (switching) {
      this.wire.holdEnd(() => this.ended())
      this.behind = at < end ? input.subarray(at, end) : undefined
    }
    this.begin(head, vouched, mayWait)
    this.behind = undefined
    return at
  }

  private begin(head: RequestHead, vouched: Vouched | undefined, mayWait: boolean): void {
    const { contentLength, expectContinue } = head.facts
    this.requests++
    this.responded = false
    this.remaining = Math.max(contentLength, 0)
    this.received = 0
    this.discarded = 0
    this.continueDue = expectContinue && contentLength !== 0
    this.body = contentLength === 0 ? null : new RequestBody(this)
    this.state = contentLength === 0 ? 'waiting' : contentLength > 0 ? 'fixed' : 'chunked'
    this.exchange = new Http1Exchange(head, this.body, this)
    this.exchange.vouched = vouched
    if (this.body === null) this.exchange.receivedTrailers = NO_TRAILERS
    this.exchange.begin(mayWait)
  }

  private readFixed(input: Buffer, start: number, end: number): number {
    const length = Math.min(end - start, this.remaining)
    this.remaining -= length
    this.takeBody(input, start, start + length)
    if (this.remaining === 0) this.requestWhole()
    return start + length
  }

  private readChunked(input: Buffer, start: number, end: number): number {
    const { parser } = this
    const limit = Math.min(end, start + INPUT_SIZE)
    const result = parser.parseChunked(input, start, limit)
    const at = start + parser.consumed
    if (this.state !== 'chunked') return end
    if (result === 'failed') {
      const fault = parser.failure as Rejection
      this.bodyFailed(fault, new KirinError('KIRIN_BODY_MALFORMED', { message: fault.reason }))
      return end
    }
    if (result === 'done') {
      if (this.exchange !== undefined) this.exchange.receivedTrailers = toTrailerRecord(parser.trailers)
      this.requestWhole()
    }
    return at
  }

  private takeBody(input: Buffer, start: number, end: number): void {
    // Having sent some of it, the client does not wait to be asked.
    this.continueDue = false
    const { body } = this
    if (this.state === 'chunked' && this.isTooLarge(end - start)) {
      this.bodyOverLimit('BODY_TOO_LARGE')
      return
    }
    if (body !== null && !body.isUnwanted) {
      body.push(bodyChunk(input.subarray(start, end), input, input === this.keepable))
      return
    }
    this.discarded += end - start
    if (this.responded && this.discarded > DISCARD_LIMIT) this.close()
  }

  /** Counts bytes of a chunked body; a known length is held against the limit before it begins. */
  private isTooLarge(more: number): boolean {
    const { bodySize } = this.host.limits
    this.received += more
    return bodySize > 0 && this.received > bodySize
  }

  private requestWhole(): void {
    if (this.state === 'closing') return
    const { exchange, body } = this
    this.state = 'waiting'
    // However much of it waits, no more comes of it: reading on tells whether the client is still there.
    this.resumeReading()
    if (exchange !== undefined) exchange.receivedTrailers ??= NO_TRAILERS
    body?.end()
    if (this.responded) this.nextRequest()
  }

  private nextRequest(): void {
    this.state = 'idle'
    this.responded = false
    this.exchange = undefined
    this.body = null
    if (this.lastRequest) this.close()
    else if (!this.held.isEmpty) this.resumeHeld()
    else if (this.isHalfClosed || (this.host.isDraining && this.host.promised === undefined)) this.close()
    else {
      if (this.host.isDraining) this.host.promised?.(this)
      if (this.readingPaused) this.resumeReading()
    }
  }

  private hold(input: Buffer, start: number, end: number): void {
    // Among what is held may be an offer to switch, and the end that comes behind it.
    this.wire.holdEnd(() => this.ended())
    this.held.add(input, start, end)
    if (this.held.isFull) this.pauseReading()
  }

  /** Goes on with the bytes that were held; the end of the peer's side, if it came, stands behind them. */
  private resumeHeld(): void {
    if (!this.mayGoOn()) return
    const { isHalfClosed } = this
    this.isHalfClosed = false
    this.held.use(held => this.consume(held, 0, held.length))
    if (!isHalfClosed) this.resumeReading()
    else if (!this.held.isEmpty) this.isHalfClosed = true
    else this.ended()
  }

  /** The peer broke off or broke the rules within a body: no next request can be found. */
  private bodyFailed(fault: Rejection, error: KirinError): void {
    const { exchange, body } = this
    if (this.responded || exchange === undefined) {
      body?.fail(error)
      this.close()
      return
    }
    this.host.refused(fault, this)
    exchange.peerFault = fault
    this.state = 'waiting'
    this.remaining = 0
    body?.fail(error)
  }

  /** A limit on the body was passed: it rejects, and where no head was sent, the server answers, whatever the application is at (NSGI BOD-12). */
  private bodyOverLimit(code: BodyLimit): void {
    const { fault, error } = passedLimit(code)
    const { exchange } = this
    if (this.responded || exchange === undefined || exchange.status !== 0) return this.bodyFailed(fault, error)
    this.host.refused(fault, this)
    this.body?.fail(error)
    this.wire.write(refusal(fault.status, this.host.dateLine()))
    exchange.overruled(fault.status, error)
    this.close()
  }

  private refuse(refused: Rejection): number {
    this.host.refused(refused, this)
    this.wire.write(refusal(refused.status, this.host.dateLine()))
    this.close()
    return Number.MAX_SAFE_INTEGER
  }

  private close(): void {
    if (this.state === 'closing') return
    if (this.isWithinBody) this.body?.fail(new KirinError('KIRIN_BODY_TRUNCATED'))
    this.state = 'closing'
    this.held.take()
    this.exchange = undefined
    this.body = null
    this.resumeReading()
    this.wire.end()
  }

  private pauseReading(): void {
    if (this.readingPaused) return
    this.readingPaused = true
    this.wire.pause()
  }

  private resumeReading(): void {
    // More than one reason may hold it: an earlier body that is read late is none of those any more.
    if (!this.readingPaused || this.held.isFull || (this.isWithinBody && this.body?.isFull)) return
    this.readingPaused = false
    this.wire.resume()
  }
}
