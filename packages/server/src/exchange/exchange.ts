// One request and its response, in any version of HTTP: calls the application, sends what it returns, and keeps the order
// in which an exchange ends (NSGI END-01 to END-10).
import { types } from 'node:util'
import type {
  Application,
  Context,
  GatewayResponse,
  Logger,
  RequestHeaders,
  ResponseHeaders,
  TlsInfo,
} from '@nsgi/spec'
import { KirinError } from './errors.ts'
import type { Vouched } from './forwarding.ts'
import { Handover } from './handover.ts'
import type { MessageHead } from './message-head.ts'
import { isUnder, withPrefix } from './mount.ts'
import type { Framing, PlannedResponse } from './planned-response.ts'
import type { Rejection } from './rejections.ts'
import { GatewayRequestView } from './request.ts'
import type { RequestBody } from './request-body.ts'
import { closeBody, closeBodyOf } from './response-body.ts'
import { invalid } from './response-fields.ts'
import { type PumpOwner, ResponsePump, writeFramed } from './response-pump.ts'
import type { HandedOver, ResponseWire, WriteCallback } from './wire.ts'

/** The connection, as an application sees it. */
export interface EndpointPair {
  readonly remote: { readonly address: string; readonly port: number | null }
  readonly local: { readonly address: string; readonly port: number | null }
  /** The TLS session, where there is one. */
  readonly tls?: TlsInfo | undefined
  /** Whether a trusted proxy before this connection says that the client reached it over TLS. */
  readonly isSecure?: boolean | undefined
}

/** An exchange whose application is to be called. */
export interface Beginning {
  run(): void
}

/** What all connections of a server share. */
export interface ExchangeHost {
  readonly application: Application
  readonly context: Context
  readonly log: Logger
  /** The prefix of the path under which the application stands, for paths that lie under it. */
  readonly mount?: string | undefined
  /** The whole `date` line with its CRLF. */
  dateLine(): string
  /** Runs exchanges, with others that come at about the same time where they may wait for those; without it each runs at once. */
  readonly cohort?: { admit(beginning: Beginning, withOthers: boolean): void } | undefined
  /** Called when a request is for the application, which is about to be called. */
  readonly began?: ((exchange: Exchange) => void) | undefined
  /** Called once for each exchange whose application was called, when it is over. */
  readonly ended?: ((exchange: Exchange, error: unknown) => void) | undefined
}

/** What an exchange needs of its connection. */
export interface ExchangeOwner {
  readonly host: ExchangeHost
  readonly wire: ResponseWire
  readonly endpoints: EndpointPair
  /** Whether the connection may go on after this exchange, as far as is known now. */
  readonly mayContinue: boolean
  /** The application has sent 100 Continue itself. */
  continueSent(): void
  /** All of the response has been handed to the wire. */
  responseSent(keepAlive: boolean): void
  /** The response broke off after its head: the truncation must be visible. */
  responseBroken(framing: Framing): void
  /** The application takes the connection over. */
  handOver(): HandedOver
  /** The application drops the request: its client gets no answer, and nothing more of what it sends is taken. */
  exchangeDropped(): void
}

/**
 * `waiting` is until the application is called, `sending` from the first byte of the head to the last of the body or of what the application
 * took over, `flushing` until that has reached the transport.
 */
type Phase = 'waiting' | 'application' | 'sending' | 'flushing' | 'over'

/** Service Unavailable (RFC 9110 §15.6.4): another try may find the application less busy. */
const UNAVAILABLE = 503

export abstract class Exchange<Head extends MessageHead = MessageHead> implements PumpOwner {
  readonly head: Head
  readonly body: RequestBody | null
  readonly owner: ExchangeOwner
  readonly wire: ResponseWire
  readonly request: GatewayRequestView
  /** What trusted proxies say of the request. */
  vouched: Vouched | undefined
  /** The request's trailers; set once its body has come whole. */
  receivedTrailers: RequestHeaders | undefined
  /** The status sent, 0 before a head was sent. */
  status = 0
  /** The fields of the response that was sent, as the application gave them. */
  responseHeaders: ResponseHeaders | undefined
  /** When it began, in whatever unit `began` sets it. */
  startedAt = 0
  /** What the peer did wrong within the body: answered as such when the application fails over it. */
  peerFault: Rejection | undefined

  private readonly host: ExchangeHost
  private phase: Phase = 'waiting'
  private answered = false
  /** The application's response until its `finished` was called, and that. */
  private response: GatewayResponse | undefined
  private finished: GatewayResponse['finished']
  private plan: PlannedResponse | undefined
  private pump: ResponsePump | undefined
  private handover: Handover | undefined
  private singleBytes = 0
  private controller: AbortController | undefined
  private failure: unknown
  private lost = false

  constructor(head: Head, body: RequestBody | null, owner: ExchangeOwner) {
    this.head = head
    this.body = body
    this.owner = owner
    this.host = owner.host
    this.wire = owner.wire
    this.request = new GatewayRequestView(this)
  }

  /** Bytes of response body handed to the wire, without framing; after an upgrade, what the application has written. */
  get bytes(): number {
    return this.pump === undefined ? (this.handover?.bytes ?? this.singleBytes) : this.pump.bytes
  }

  /** The request-target as the client sent it (NSGI REQ-03): what proxies took off its path is put back. */
  get target(): string {
    const taken = this.vouched?.taken
    return taken === undefined ? this.head.target : withPrefix(this.head.target, taken)
  }

  /** The prefix of the path that is not for the application (NSGI REQ-27). */
  get mount(): string {
    const { standing } = this
    return this.vouched?.taken === undefined ? standing : this.vouched.taken + standing
  }

  /** As much of the mount as stands in the path that came here. */
  get standing(): string {
    const { vouched } = this
    if (vouched?.mount !== undefined) return vouched.mount
    const { mount } = this.host
    return mount !== undefined && vouched?.taken === undefined && isUnder(this.head.path, mount) ? mount : ''
  }

  /** The request's trailers, `undefined` until its body has been read to the end (NSGI BOD-10). */
  get trailers(): RequestHeaders | undefined {
    return this.body === null || this.body.isOver ? this.receivedTrailers : undefined
  }

  /** Has the application called: with others, or at once. */
  begin(withOthers: boolean): void {
    const { began, cohort } = this.host
    began?.(this)
    if (cohort === undefined) this.run()
    else cohort.admit(this, withOthers)
  }

  /** Calls the application, unless the client is lost or was answered before. */
  run(): void {
    if (this.phase !== 'waiting') return
    this.phase = 'application'
    const { application, context } = this.host
    let result: unknown
    try {
      result = application(this.request, context)
      const then: unknown = (result as PromiseLike<unknown> | null | undefined)?.then
      if (typeof then === 'function') {
        then.call(
          result,
          (response: unknown) => this.respond(response),
          (error: unknown) => this.applicationFailed(error),
        )
        return
      }
    } catch (error) {
      this.applicationFailed(error)
      return
    }
    this.respond(result)
  }

  /** The signal behind `request.signal`: made at first access, aborted already when the client is lost. */
  signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController()
      if (this.lost) this.controller.abort(this.failure)
    }
    return this.controller.signal
  }

  /**
   * Sends an informational response, unless the head was sent or the client speaks HTTP/1.0 (NSGI RES-31).
   * Throws `KIRIN_INVALID_INFORM` for another status, `KIRIN_INVALID_RESPONSE` for fields that cannot be sent.
   */
  inform(status: number, headers: ResponseHeaders | undefined): void {
    if (!Number.isInteger(status) || status < 100 || status > 199 || status === 101) {
      throw new KirinError('KIRIN_INVALID_INFORM')
    }
    const send = this.informational(status, headers)
    if (this.status !== 0 || this.lost || this.head.httpVersion === '1.0') return
    if (status === 100) this.owner.continueSent()
    send()
  }

  /** Checks a response and decides its head; throws `KIRIN_INVALID_RESPONSE` before anything is sent. */
  protected abstract planFor(response: GatewayResponse): PlannedResponse

  /** Checks an informational response; throws as `planFor` does. The result sends it. */
  protected abstract informational(status: number, headers: ResponseHeaders | undefined): () => void

  /** The first bytes of the response follow: the time to send a head that is no part of them (`PlannedResponse.head`). */
  protected headDue(_plan: PlannedResponse): void {
    // HTTP/1 sends it as bytes.
  }

  /** Whether a response is being sent of which only the end of the connection tells that it is over: cut off it would look whole. */
  get looksWhole(): boolean {
    return this.phase === 'sending' && this.plan?.framing === 'close'
  }

  /** The connection is gone: ends what is not over. */
  clientLost(cause: unknown): void {
    if (this.phase === 'over') return
    const { handover } = this
    const error = handover === undefined ? new KirinError('KIRIN_CLIENT_LOST', { cause }) : handover.outcome(cause)
    if (error === undefined) this.complete()
    else this.breakOff(error)
  }

  /** The server answers in the application's place, before any head was sent; its response, if it comes, is discarded. */
  overruled(status: number, error: KirinError): void {
    this.status = status
    this.breakOff(error)
  }

  /**
   * It takes longer than it may. A response that has begun is cut off; before that the server answers in the application's place. One that
   * has been handed to the wire is over, though the body of its request may still be coming.
   *
   * @param answer sends a whole response of that status
   */
  overran(answer: (status: number) => void): void {
    const error = new KirinError('KIRIN_REQUEST_TIMEOUT')
    if (this.phase === 'sending' && this.pump?.isStarted) this.pumpFailed(error)
    if (this.status !== 0) return
    const { method, target } = this.request
    this.host.log.error({ method, target, code: error.code }, `${error.message}: answered ${UNAVAILABLE}`)
    this.overruled(UNAVAILABLE, error)
    answer(UNAVAILABLE)
  }

  /** The wire has room again. */
  drained(): void {
    this.pump?.drained()
  }

  /** The application wants the client to have no answer: it counts as lost. Without effect once bytes of a response have gone out. */
  drop(): void {
    if (this.phase !== 'application') return
    this.breakOff(new KirinError('KIRIN_DROPPED'))
    this.owner.exchangeDropped()
  }

  /** @internal */
  pumpStarted(): void {
    this.sending(this.plan as PlannedResponse)
  }

  /** @internal */
  abstract pumpTail(response: GatewayResponse, framing: Framing): string

  /** @internal */
  pumpEnding(): WriteCallback | undefined {
    return this.flushedCallback()
  }

  /** @internal */
  pumpEnded(): void {
    this.sent(this.plan as PlannedResponse)
  }

  /** @internal */
  pumpFailed(thrown: unknown): void {
    const error = thrown ?? new KirinError('KIRIN_NOTHING_THROWN')
    if (this.pump?.isStarted) {
      // What the peer did wrong within the body that is being sent back has been told.
      if (this.peerFault === undefined || !this.body?.isFailedBy(error)) this.report(error)
      this.breakOff(error)
      this.owner.responseBroken((this.plan as PlannedResponse).framing)
      return
    }
    this.pump?.stop()
    this.pump = undefined
    this.finishResponse(error)
    this.answerFailure(error)
  }

  private respond(result: unknown): void {
    if (this.answered) return
    this.answered = true
    const response = result as GatewayResponse
    let plan: PlannedResponse | undefined
    let fault: unknown
    try {
      if (typeof result === 'object' && result !== null) {
        this.response = response
        this.finished = response.finished
      }
      if (!this.lost) plan = this.checked(this.planFor(response))
    } catch (error) {
      fault = error ?? new KirinError('KIRIN_NOTHING_THROWN')
    }
    // A member that was read may have dropped the request.
    if (plan !== undefined && !this.lost) {
      this.send(response, plan)
      return
    }
    closeBodyOf(response)
    this.finishResponse(this.lost ? this.failure : fault)
    if (!this.lost) this.answerFailure(fault)
  }

  /** Throws where an accessor that was read after the body has resized it: what is announced must be what is there. */
  private checked(plan: PlannedResponse): PlannedResponse {
    const isWhole = plan.framing === 'single' && plan.body === 'bytes'
    if (!isWhole || (plan.content as Uint8Array).byteLength === plan.length) return plan
    throw invalid('RES-12', 'its body changed its length while the response was read')
  }

  private send(response: GatewayResponse, plan: PlannedResponse): void {
    if (plan.framing === 'switch') {
      this.handOver(response, plan)
      return
    }
    if (plan.framing === 'none') {
      this.sendSingle(plan, null)
      closeBody(plan.content)
    } else if (plan.framing === 'single') {
      this.sendSingle(plan, plan.content as string | Uint8Array | null)
    } else {
      this.plan = plan
      this.pump = new ResponsePump(response, plan, this)
      this.pump.start()
    }
  }

  private handOver(response: GatewayResponse, plan: PlannedResponse): void {
    this.sending(plan)
    this.wire.write(plan.head)
    this.handover = new Handover(this.owner.handOver(), error => this.report(error))
    closeBody(plan.content)
    this.handover.begin(response, plan)
  }

  private sendSingle(plan: PlannedResponse, body: string | Uint8Array | null): void {
    this.sending(plan)
    const { wire } = this
    const done = this.flushedCallback()
    if (plan.length <= 0 || body === null) wire.write(plan.head, done)
    else {
      this.singleBytes = plan.length
      if (typeof body === 'string' && body.length === plan.length) wire.write(plan.head + body, done)
      else {
        writeFramed(wire, { before: plan.head, chunk: body, size: plan.length, after: '' }, done)
      }
    }
    this.sent(plan)
  }

  private sending(plan: PlannedResponse): void {
    this.phase = 'sending'
    this.status = plan.status
    this.responseHeaders = plan.headers
    this.headDue(plan)
  }

  private sent(plan: PlannedResponse): void {
    // With nobody to tell, the exchange ends here and costs no callback.
    if (this.phase === 'sending') this.phase = this.wantsSettling() ? 'flushing' : 'over'
    this.owner.responseSent(plan.keepAlive)
  }

  private wantsSettling(): boolean {
    return this.finished !== undefined || this.controller !== undefined || this.host.ended !== undefined
  }

  private flushedCallback(): WriteCallback | undefined {
    return this.wantsSettling() ? error => this.flushed(error) : undefined
  }

  private flushed(error: Error | null | undefined): void {
    if (this.phase === 'over') return
    if ((error !== undefined && error !== null) || this.wire.isGone) {
      this.clientLost(error ?? undefined)
      return
    }
    this.complete()
  }

  private complete(): void {
    this.phase = 'over'
    this.finishResponse(undefined)
    this.host.ended?.(this, this.failure)
  }

  private applicationFailed(thrown: unknown): void {
    if (this.answered) return
    this.answered = true
    if (!this.lost) this.answerFailure(thrown ?? new KirinError('KIRIN_NOTHING_THROWN'))
  }

  /** Answers 500 without detail (NSGI RES-32), or what the peer's own fault deserves. */
  private answerFailure(error: unknown): void {
    this.failure = error
    if (this.peerFault === undefined) this.report(error)
    const status = this.peerFault?.status ?? 500
    const response: GatewayResponse = {
      status,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: status === 500 ? '500 Internal Server Error\n' : `${status}\n`,
    }
    this.send(response, this.planFor(response))
  }

  /** Ends an exchange that cannot be completed, in the order of NSGI END-05. */
  private breakOff(error: unknown): void {
    const wasCalled = this.phase !== 'waiting'
    this.phase = 'over'
    this.lost = true
    this.failure = error
    this.controller?.abort(error)
    this.body?.fail(new KirinError('KIRIN_BODY_TRUNCATED', { cause: error }))
    this.pump?.stop()
    this.finishResponse(error)
    if (wasCalled) this.host.ended?.(this, error)
  }

  /** Calls the response's `finished`, once; a throw there is contained (NSGI END-06, END-08). */
  private finishResponse(error: unknown): void {
    const { response, finished } = this
    this.response = undefined
    this.finished = undefined
    if (response === undefined || finished === undefined) return
    try {
      this.contain(error === undefined ? finished.call(response) : finished.call(response, error))
    } catch (thrown) {
      this.finishedThrew(thrown)
    }
  }

  private contain(result: unknown): void {
    if (types.isPromise(result)) result.then(undefined, thrown => this.finishedThrew(thrown))
  }

  private finishedThrew(thrown: unknown): void {
    this.host.log.error({ err: thrown }, "a response's finished() threw (END-08)")
  }

  private report(error: unknown): void {
    const { method, target } = this.request
    const cut = this.handover === undefined ? 'response cut off' : 'upgraded connection cut off'
    const outcome = this.status === 0 ? 'answered 500' : cut
    try {
      const requirement = (error as { requirement?: unknown } | null | undefined)?.requirement
      const fields = { err: error, method, target, ...(typeof requirement === 'string' ? { requirement } : {}) }
      this.host.log.error(fields, `the application failed: ${outcome}`)
    } catch {
      // What was thrown throws when it is looked at. The answer must not depend on that.
      this.host.log.error({ method, target }, `the application failed with what cannot be described: ${outcome}`)
    }
  }
}
