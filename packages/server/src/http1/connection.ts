// One HTTP/1 connection without its socket: bytes come in by `receive`, go out by the wire, and what may
// happen next follows from the state. One exchange is under way at a time; requests that are pipelined
// behind it wait, unparsed, and so are answered in order (RFC 9112 §9.3.2).
import { KirinError } from './errors.ts'
import type { EndpointPair, ExchangeHost, ExchangeOwner } from './exchange.ts'
import { toTrailerRecord } from './field-records.ts'
import type { ForwardedFields, Vouched } from './forwarding.ts'
import { Http1Exchange } from './http1-exchange.ts'
import { DISCARD_LIMIT, type HeadLimits, LEADING_EMPTY_LINES } from './limits.ts'
import { INPUT_SIZE, RequestParser } from './parser.ts'
import { type Rejection, rejection } from './rejections.ts'
import { type BodySource, RequestBody } from './request-body.ts'
import type { RequestHead } from './request-head.ts'
import { type Framing, refusal } from './response-head.ts'
import type { HandedOver, Wire } from './wire.ts'

/**
 * What the connection is at:
 *
 *     idle      nothing of a next request has come        -> head, closing
 *     head      part of a head has come                   -> fixed, chunked, waiting, closing
 *     fixed     in a body of known length                 -> waiting, idle, closing
 *     chunked   in a chunked body                         -> waiting, idle, closing
 *     waiting   the request is whole, its response is not -> idle, upgraded, closing
 *     upgraded  the application has the connection
 *     closing   no more is read; what comes is dropped
 */
export type ConnectionState = 'idle' | 'head' | 'fixed' | 'chunked' | 'waiting' | 'upgraded' | 'closing'

/** What all connections of a server share. */
export interface ConnectionHost extends ExchangeHost {
  readonly limits: HeadLimits
  /** Where proxies may be trusted. */
  readonly forwarded?: ForwardedFields | undefined
  /** Whether the server is stopping: responses say `connection: close`. */
  readonly isDraining: boolean
  /** Called for a request that is refused before the application. */
  refused(refused: Rejection, connection: Connection): void
}

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'
const CR = 0x0d
const LF = 0x0a

export class Connection implements ExchangeOwner, BodySource {
  state: ConnectionState = 'idle'
  /** Grows whenever bytes come in: what a sweep compares to see whether anything happened. */
  activity = 0
  /** How many requests began. */
  requests = 0
  readonly wire: Wire
  readonly endpoints: EndpointPair
  readonly host: ConnectionHost

  private readonly parser: RequestParser
  private exchange: Http1Exchange | undefined
  private body: RequestBody | null = null
  /** Bytes still to come of a body of known length. */
  private remaining = 0
  /** Bytes of an unwanted body that have been thrown away. */
  private discarded = 0
  /** Whether the response of the exchange has been handed to the wire. */
  private responded = false
  /** Whether the connection ends with the request under way, of which only the body is still to come. */
  private lastRequest = false
  private continueDue = false
  private emptyLineBytes = 0
  /** Bytes that came while they could not be used. */
  private held: Buffer | undefined
  /** Held bytes that are being used: memory of ours, of which the rest is held again without a copy. */
  private resumed: Buffer | undefined
  /** What came behind a request that may take the connection over, while the application is called for it. */
  private behind: Buffer | undefined
  private readingPaused = false
  private peerEnded = false

  constructor(wire: Wire, endpoints: EndpointPair, host: ConnectionHost) {
    this.wire = wire
    this.endpoints = endpoints
    this.host = host
    const takeBody = (input: Buffer, start: number, end: number): void => this.takeBody(input, start, end)
    this.parser = new RequestParser(host.limits, takeBody, host.forwarded?.names)
  }

  /** Whether a request is under way whose response is not over. */
  get isBusy(): boolean {
    return this.exchange !== undefined
  }

  get mayContinue(): boolean {
    const { exchange } = this
    if (exchange === undefined || this.host.isDraining || !exchange.head.facts.keepAlive) return false
    if (exchange.peerFault !== undefined || exchange.head.isMethod('CONNECT')) return false
    if (this.peerEnded && this.held === undefined) return false
    if (this.state === 'waiting') return true
    // The body is unfinished. A client that was never told to go on may send it or not: no telling where
    // the next request begins (RFC 9110 §10.1.1).
    return !this.continueDue && (this.remaining <= DISCARD_LIMIT || this.isBodyRead)
  }

  /** Whether the response is out while the rest of the request is still to come. */
  get awaitsRest(): boolean {
    return this.responded
  }

  /** Takes `input[0, end)`, which is the caller's again afterwards. */
  receive(input: Buffer, end: number): void {
    this.activity++
    if (this.held !== undefined) this.hold(input, 0, end)
    else this.consume(input, 0, end)
  }

  /** The peer has closed its side. What it asked for is still answered (NSGI END-04). */
  ended(): void {
    if (this.peerEnded) return
    this.peerEnded = true
    if (this.held !== undefined) return
    switch (this.state) {
      case 'idle':
        this.close()
        return
      case 'head':
        this.refuse(rejection('INCOMPLETE'))
        return
      case 'fixed':
      case 'chunked':
        this.bodyFailed(rejection('INCOMPLETE'), new KirinError('KIRIN_BODY_TRUNCATED'))
        return
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
    this.held = undefined
    this.exchange = undefined
    exchange?.clientLost(cause)
    body?.fail(new KirinError('KIRIN_BODY_TRUNCATED', { cause }))
  }

  /** The wire has room again. */
  drained(): void {
    this.exchange?.drained()
    if (this.held !== undefined && this.state === 'idle') this.resumeHeld()
  }

  /** Ends the connection now if it is idle; else the response under way is the last (`isDraining` is true by now). */
  drain(): void {
    if (this.state === 'idle' && this.held === undefined) this.close()
  }

  /** The peer took too long: an idle connection is closed, an unfinished head is answered. */
  expire(): void {
    if (this.state === 'head') this.refuse(rejection('HEAD_TIMEOUT'))
    else this.close()
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
    this.held = undefined
    this.body = null
    this.resumeReading()
    // A close-delimited body that just ends would look whole.
    if (framing === 'close') this.wire.reset()
    else this.wire.end()
  }

  handOver(): HandedOver {
    const { held, behind } = this
    this.state = 'upgraded'
    this.held = undefined
    // Reading is the application's from here on.
    this.readingPaused = false
    this.parser.release()
    return this.wire.handOver(held ?? (behind && Buffer.from(behind)))
  }

  offerDeclined(): void {
    this.wire.releaseEnd()
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
          at = this.skipEmptyLines(input, at, end)
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
          this.hold(input, at, end)
          return
        case 'upgraded':
        case 'closing':
          return
      }
      if (this.state === 'idle' && at < end && !this.wire.hasRoom) {
        // Answers that the peer does not take are reason enough not to make more.
        this.hold(input, at, end)
        return
      }
    }
  }

  /** RFC 9112 §2.2 has an empty line before a request line ignored; llhttp would ignore any number, and bare LFs. */
  private skipEmptyLines(input: Buffer, start: number, end: number): number {
    let at = start
    while (at < end) {
      const byte = input[at]
      const expected = this.emptyLineBytes % 2 === 0 ? CR : LF
      if (byte !== expected) {
        if (expected === LF || byte === LF) return this.refuse(rejection('MALFORMED', 'bare CR or LF before a request'))
        this.emptyLineBytes = 0
        this.state = 'head'
        return at
      }
      at++
      if (++this.emptyLineBytes > 2 * LEADING_EMPTY_LINES) {
        return this.refuse(rejection('MALFORMED', 'empty lines before a request'))
      }
    }
    return at
  }

  private readHead(input: Buffer, start: number, end: number): number {
    const { parser } = this
    const result = parser.parseHead(input, start, Math.min(end, start + INPUT_SIZE))
    if (result === 'failed') return this.refuse(parser.failure as Rejection)
    const at = start + parser.consumed
    if (result !== 'done') return at
    // A request without a body that more has come behind: what follows are requests, and their answers go out together
    // (a third of the processor time with sixteen in a row).
    if (at < end && parser.head?.facts.contentLength === 0) this.wire.batch()
    const head = parser.head as RequestHead
    const vouched = head.hasForwarded
      ? this.host.forwarded?.vouchedIn(head.rawHeaders, this.endpoints.remote)
      : undefined
    if (vouched !== undefined && 'code' in vouched) return this.refuse(vouched)
    if (!head.facts.switching) {
      this.begin(head, vouched)
      return at
    }
    this.wire.holdEnd(() => this.ended())
    this.behind = at < end ? input.subarray(at, end) : undefined
    this.begin(head, vouched)
    this.behind = undefined
    return at
  }

  private begin(head: RequestHead, vouched: Vouched | undefined): void {
    const { contentLength, expectContinue } = head.facts
    this.requests++
    this.responded = false
    this.remaining = Math.max(contentLength, 0)
    this.discarded = 0
    this.continueDue = expectContinue && contentLength !== 0
    this.body = contentLength === 0 ? null : new RequestBody(this)
    this.state = contentLength === 0 ? 'waiting' : contentLength > 0 ? 'fixed' : 'chunked'
    this.exchange = new Http1Exchange(head, this.body, this)
    this.exchange.vouched = vouched
    if (this.body === null) this.exchange.receivedTrailers = NO_TRAILERS
    this.exchange.run()
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
    if (body !== null && !body.isUnwanted) {
      body.push(Buffer.from(input.subarray(start, end)))
      return
    }
    this.discarded += end - start
    if (this.responded && this.discarded > DISCARD_LIMIT) this.close()
  }

  private requestWhole(): void {
    if (this.state === 'closing') return
    const { exchange, body } = this
    this.state = 'waiting'
    if (exchange !== undefined && exchange.receivedTrailers === undefined) {
      exchange.receivedTrailers = NO_TRAILERS
    }
    body?.end()
    if (this.responded) this.nextRequest()
  }

  private nextRequest(): void {
    this.state = 'idle'
    this.responded = false
    this.exchange = undefined
    this.body = null
    if (this.lastRequest) this.close()
    else if (this.held !== undefined) this.resumeHeld()
    else if (this.peerEnded || this.host.isDraining) this.close()
    else if (this.readingPaused) this.resumeReading()
  }

  private hold(input: Buffer, start: number, end: number): void {
    const rest = input.subarray(start, end)
    // A copy for each of many small requests would cost the square of their number.
    const more = input === this.resumed ? rest : Buffer.from(rest)
    this.held = this.held === undefined ? more : Buffer.concat([this.held, more])
    this.pauseReading()
  }

  /** Goes on with the bytes that were held; the end of the peer's side, if it came, stands behind them. */
  private resumeHeld(): void {
    if (!this.wire.hasRoom) return
    const held = this.held as Buffer
    const { peerEnded } = this
    this.held = undefined
    this.peerEnded = false
    this.resumed = held
    this.consume(held, 0, held.length)
    this.resumed = undefined
    if (!peerEnded) this.resumeReading()
    else if (this.held !== undefined) this.peerEnded = true
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

  private refuse(refused: Rejection): number {
    this.host.refused(refused, this)
    this.wire.write(refusal(refused.status, this.host.dateLine()))
    this.close()
    return Number.MAX_SAFE_INTEGER
  }

  private close(): void {
    if (this.state === 'closing') return
    if (this.state === 'fixed' || this.state === 'chunked') {
      this.body?.fail(new KirinError('KIRIN_BODY_TRUNCATED'))
    }
    this.state = 'closing'
    this.held = undefined
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
    if (!this.readingPaused || this.held !== undefined || this.body?.isFull) return
    this.readingPaused = false
    this.wire.resume()
  }
}

const NO_TRAILERS = Object.freeze(Object.create(null) as Record<string, string>)
