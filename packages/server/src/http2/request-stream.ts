// One stream of HTTP/2: the request that comes by it, and the response that goes out.
import { constants, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { type BodyLimit, passedLimit } from '../exchange/body-limit.ts'
import { KirinError } from '../exchange/errors.ts'
import type { EndpointPair } from '../exchange/exchange.ts'
import { toTrailerRecord } from '../exchange/field-records.ts'
import type { Vouched } from '../exchange/forwarding.ts'
import { type BodySource, RequestBody } from '../exchange/request-body.ts'
import type { HandedOver } from '../exchange/wire.ts'
import { type ConnectionTimeouts, LINGER_TIMEOUT, UNREAD_TIMEOUT } from '../transport/timeouts.ts'
import { guardAbort } from './guarded-abort.ts'
import { Http2Exchange, type Http2Owner } from './http2-exchange.ts'
import type { Http2Host } from './http2-host.ts'
import { sendRefusal } from './refusal.ts'
import type { Http2RequestHead } from './request-head.ts'
import type { Http2Plan } from './response-plan.ts'
import { StreamWire } from './stream-wire.ts'
import { handOverStream } from './upgraded-stream.ts'

/** What a stream needs of its connection. */
export interface StreamOwner {
  readonly host: Http2Host
  readonly endpoints: EndpointPair
  /** Takes no more streams; the connection ends when those there are have ended. */
  finish(): void
  /** The stream has closed; `wasReset` before its response was complete, and by the client. */
  closed(stream: RequestStream, wasReset: boolean): void
}

type Stage = 'sending' | 'body' | 'unread' | 'working'

export class RequestStream implements Http2Owner, BodySource {
  readonly wire: StreamWire
  readonly stream: ServerHttp2Stream
  /** Bytes of body that have come. */
  received = 0
  private readonly owner: StreamOwner
  private readonly body: RequestBody | null
  private readonly exchange: Http2Exchange
  private continueDue: boolean
  private trailers: OutgoingHttpHeaders = {}
  private isWhole = false
  private failure: unknown
  private closedByUs = false
  private isHandedOver = false
  /** The response is over, and the client is to be told that it may stop once all of that is out. */
  private isStopDue = false
  /** What a look has seen last, and since when it is that. */
  private seen = ''
  private since = 0
  private firstLook: number | undefined

  constructor(stream: ServerHttp2Stream, head: Http2RequestHead, owner: StreamOwner) {
    this.stream = stream
    this.owner = owner
    this.wire = new StreamWire(stream)
    // What follows a CONNECT is no content: it waits for whoever takes the stream over.
    const isBodiless = stream.endAfterHeaders || head.contentLength === 0 || head.isSwitching
    this.body = isBodiless ? null : new RequestBody(this)
    this.continueDue = head.expectsContinue && !isBodiless
    this.exchange = new Http2Exchange(head, this.body, this)
    if (isBodiless) this.exchange.receivedTrailers = NO_TRAILERS
  }

  get host(): Http2Host {
    return this.owner.host
  }

  get endpoints(): EndpointPair {
    return this.owner.endpoints
  }

  get mayContinue(): boolean {
    return true
  }

  /** Calls the application. */
  run(vouched: Vouched | undefined): void {
    const { stream, exchange } = this
    exchange.vouched = vouched
    // Listeners cost: a request without content, which is most of them, gets along with two.
    if (stream.endAfterHeaders || hasEnded(stream)) this.isWhole = true
    if (!stream.endAfterHeaders) {
      this.watchEnd()
      if (!exchange.head.isSwitching) this.takeContent()
    }
    stream.on('error', error => {
      this.failure = error
    })
    stream.on('close', () => this.closed())
    exchange.begin(true)
  }

  /** Looks whether the stream has been at the same thing for too long; `now` as for a sweep. */
  look(now: number, timeouts: ConnectionTimeouts): void {
    this.firstLook ??= now
    this.stopBehindEnd()
    if (now - this.firstLook >= timeouts.request) this.overrun()
    const stage = this.stage()
    const mark = `${stage} ${this.progress(stage)}`
    if (mark !== this.seen) {
      this.seen = mark
      this.since = now
      return
    }
    const elapsed = now - this.since
    // A client that does not want the rest may say so without an error; or the last of it is still on its way.
    if (stage === 'sending' && this.stream.closed && elapsed >= LINGER_TIMEOUT) this.stream.destroy()
    else if (stage === 'sending' && elapsed >= timeouts.send) this.drop()
    else if (stage === 'body' && elapsed >= timeouts.body) this.bodyOverLimit('BODY_TIMEOUT')
    else if (stage === 'unread' && elapsed >= UNREAD_TIMEOUT) this.bodyOverLimit('BODY_UNREAD')
  }

  private overrun(): void {
    this.exchange.overran(status => {
      sendRefusal(this.stream, status)
      this.stopRequest()
    })
  }

  /** Resets the stream in the middle of its response. `close` would end it in order first: the client would take what it has for all. */
  private cut(error: Error): void {
    this.closedByUs = true
    // Not in the middle of what nghttp2 reads.
    setImmediate(() => this.stream.destroy(error))
  }

  // What the exchange asks for.

  respond(plan: Http2Plan): void {
    const { stream } = this
    // What has been lost is told so in a moment.
    if (stream.destroyed || stream.closed) return
    const endStream = plan.framing === 'none' || (plan.framing === 'single' && plan.length === 0)
    if (plan.framing !== 'none' && plan.framing !== 'single') {
      stream.on('drain', () => this.exchange.drained())
      guardAbort(stream)
      // A reset without an error leaves what waits to be sent where it is.
      stream.once('aborted', () => stream.destroy())
    }
    if (plan.hasTrailers) {
      stream.on('wantTrailers', () => {
        stream.sendTrailers(this.trailers)
        this.stopSoon()
      })
    }
    try {
      stream.respond(plan.fields, { endStream, waitForTrailers: plan.hasTrailers })
    } catch (error) {
      // Node has rules of its own about fields, which grow from version to version: one response must not end the worker (NSGI RES-34).
      this.owner.host.log.error({ err: error }, 'node refused to send a response: stream cut off')
      this.cut(error as Error)
    }
  }

  inform(fields: OutgoingHttpHeaders): void {
    if (!this.stream.destroyed && !this.stream.closed) this.stream.additionalHeaders(fields)
  }

  setTrailers(fields: OutgoingHttpHeaders): void {
    this.trailers = fields
  }

  continueSent(): void {
    this.continueDue = false
  }

  responseSent(keepAlive: boolean): void {
    const { stream, body } = this
    stream.end()
    if (!keepAlive || this.owner.host.isFull) this.owner.finish()
    if (this.isWhole || (body !== null && body.isUsed && !body.isUnwanted)) return
    body?.abandon(
      new KirinError('KIRIN_BODY_TRUNCATED', { message: 'the response ended before the request body was read' }),
    )
    this.stopRequest()
  }

  responseBroken(): void {
    this.cut(new KirinError('KIRIN_RESPONSE_CUT'))
  }

  exchangeDropped(): void {
    this.cut(new KirinError('KIRIN_DROPPED'))
  }

  handOver(): HandedOver {
    this.isHandedOver = true
    return handOverStream(this.stream, () => this.isWhole)
  }

  // What the body asks for.

  bodyWanted(): void {
    if (!this.continueDue) return
    this.continueDue = false
    if (this.exchange.status === 0) this.inform({ ':status': 100 })
  }

  pauseBody(): void {
    this.stream.pause()
  }

  resumeBody(): void {
    this.stream.resume()
  }

  /** What the stream waits for: the client to take bytes, or to send some, or the application to read what came. */
  private stage(): Stage {
    const { body, stream } = this
    if (this.isHandedOver) return 'working'
    if (stream.writableLength > 0) return 'sending'
    if (this.isWhole || body === null || body.isUnwanted || stream.writableEnded) return 'working'
    if (body.isFull) return 'unread'
    return this.continueDue ? 'working' : 'body'
  }

  private progress(stage: Stage): number {
    if (stage === 'sending') return this.stream.writableLength
    return stage === 'unread' ? (this.body?.size ?? 0) : this.received
  }

  /** The client does not take its response: it counts as lost, for that reason. */
  private drop(): void {
    const error = new KirinError('KIRIN_CLIENT_STALLED')
    this.owner.host.dropped(error, this)
    this.exchange.clientLost(error)
    this.cut(error)
  }

  /** As over HTTP/1: the body rejects, and where no head was sent the server answers in the application's place (NSGI BOD-12). */
  private bodyOverLimit(code: BodyLimit): void {
    const { fault, error } = passedLimit(code)
    const { exchange, body, stream } = this
    this.owner.host.refused(fault, this)
    const isAnswered = exchange.status !== 0
    exchange.peerFault = fault
    body?.fail(error)
    if (isAnswered) return
    sendRefusal(stream, fault.status)
    exchange.overruled(fault.status, error)
    this.stopRequest()
  }

  /** The client may as well stop sending (RFC 9113 §8.1); the end of the response goes out first. */
  private stopRequest(): void {
    this.isStopDue = true
    this.stream.once('finish', () => this.stopSoon())
  }

  /** Not in the middle of what nghttp2 reads; and node has it send what it can by an immediate. */
  private stopSoon(): void {
    setImmediate(() => setImmediate(() => this.stopBehindEnd()))
  }

  /**
   * Node says 'finish' before nghttp2 has sent the end of the stream, and trailers are asked for only then: who resets the stream there takes
   * both from the client. Where the connection does not take them yet, the next look is another try.
   */
  private stopBehindEnd(): void {
    const { stream } = this
    if (!this.isStopDue || stream.closed || stream.state.localClose !== 1) return
    this.isStopDue = false
    this.closedByUs = true
    stream.close(constants.NGHTTP2_NO_ERROR)
  }

  /**
   * Node ends the readable side of a stream that was reset, too. What tells the two apart is that a stream which was reset is closed by
   * then; both ends pass through this method.
   */
  private watchEnd(): void {
    const { stream } = this
    const { push } = stream
    stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
      if (chunk === null && !stream.closed) this.isWhole = true
      return push.call(stream, chunk, encoding)
    }
  }

  private takeContent(): void {
    const { stream, exchange } = this
    stream.on('trailers', (_record: IncomingHttpHeaders, _flags: number, fields: string[]) => {
      exchange.receivedTrailers = toTrailerRecord(fields)
    })
    stream.on('data', (chunk: Buffer) => this.take(chunk))
    stream.on('end', () => this.ended())
  }

  private take(chunk: Buffer): void {
    if (chunk.length === 0) return
    // Having sent some of it, the client does not wait to be asked.
    this.continueDue = false
    this.received += chunk.length
    const { bodySize } = this.owner.host.limits
    if (bodySize > 0 && this.received > bodySize && this.body?.isUnwanted === false)
      this.bodyOverLimit('BODY_TOO_LARGE')
    else this.body?.push(chunk)
  }

  private ended(): void {
    if (!this.isWhole) return
    this.exchange.receivedTrailers ??= NO_TRAILERS
    this.body?.end()
  }

  private closed(): void {
    const { stream } = this
    const wasReset = !this.closedByUs && (stream.aborted || stream.rstCode !== constants.NGHTTP2_NO_ERROR)
    if (stream.aborted || stream.rstCode !== constants.NGHTTP2_NO_ERROR) this.gone(wasReset)
    else this.wire.closedInOrder(() => this.gone(false))
  }

  private gone(wasReset: boolean): void {
    const { stream, exchange, body } = this
    const cause = this.failure ?? (wasReset ? new Error(`the stream was reset with code ${stream.rstCode}`) : undefined)
    exchange.clientLost(cause)
    body?.fail(new KirinError('KIRIN_BODY_TRUNCATED', { cause }))
    this.owner.closed(this, wasReset)
  }
}

/** What is used of a stream that its types do not have: whether all of its content has come, read or not. */
interface StreamInternals {
  readonly _readableState?: { readonly ended?: boolean }
}

/** What came together with the preface is taken in before a stream is told of: the end, too, may have come by then. */
function hasEnded(stream: ServerHttp2Stream): boolean {
  return (stream as unknown as StreamInternals)._readableState?.ended === true && !stream.closed
}

const NO_TRAILERS = Object.freeze(Object.create(null) as Record<string, string>)
