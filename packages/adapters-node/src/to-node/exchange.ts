// One request and its response: calls the application, has sent what it returns, and keeps the order in which an
// exchange ends (NSGI END-01 to END-10).
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Application, Context, GatewayResponse } from '@nsgi/spec'
import { connectionReset } from '../node-errors.ts'
import { closeBody } from './body-closing.ts'
import type { Offer } from './offer.ts'
import { NodeGatewayRequest } from './request.ts'
import type { Framing } from './response-head.ts'
import { ResponseWriter, type WriterOwner } from './response-writer.ts'

/** What all exchanges of a listener share. */
export interface Served {
  readonly application: Application
  readonly context: Context
}

/** A request with the response that node writes, and, where the request may take the connection over, what is needed for that. */
export interface NodeMessages {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly offer?: Offer | undefined
}

export class Exchange implements WriterOwner {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly #served: Served
  /** Kept here: node takes it from the request when that is destroyed. */
  readonly #socket: Socket
  readonly #request: NodeGatewayRequest
  readonly #offer: Offer | undefined
  #response: GatewayResponse | undefined
  #writer: ResponseWriter | undefined
  #answered = false
  /** The last byte reached the transport, or never will: then `#failure` says why. */
  #over = false
  #failure: unknown

  constructor(served: Served, { req, res, offer }: NodeMessages) {
    this.#served = served
    this.#socket = req.socket
    this.req = req
    this.res = res
    this.#offer = offer
    this.#request = Object.assign(new NodeGatewayRequest(req, res, offer?.upgrade), {
      'nsgi.drop': () => this.#drop(),
    })
    res.once('finish', () => this.#flushed())
  }

  /** Calls the application. */
  run(): void {
    const { application, context } = this.#served
    this.#offer?.begin()
    try {
      const returned: unknown = application(this.#request, context)
      const then: unknown = (returned as PromiseLike<unknown> | null | undefined)?.then
      if (typeof then !== 'function') {
        this.#respond(returned)
        return
      }
      then.call(
        returned,
        (response: unknown) => this.#respond(response),
        (error: unknown) => this.#applicationFailed(error),
      )
    } catch (error) {
      this.#applicationFailed(error)
    }
  }

  /** The application wants the client to have no answer: it counts as lost. */
  #drop(): void {
    if (this.#over || this.res.headersSent) return
    this.lose(new Error('the application dropped the connection without an answer'))
    this.#socket.destroy()
  }

  /** The node:http response has closed: if not all of it is out, the client is lost. */
  closed(): void {
    // What was not read of the request must not wait on the connection for ever.
    if (!this.req.complete) this.req.resume()
    const outcome = this.#offer?.outcome()
    if (outcome === undefined) this.lose(connectionReset(this.#socket.errored ?? undefined))
    else if (outcome.error === undefined) this.#complete()
    else this.lose(outcome.error)
  }

  /** Ends an exchange that cannot be completed, in the order of NSGI END-05: the signal, the body, `finished`. */
  lose(error: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#failure = error
    NodeGatewayRequest.lose(this.#request, error)
    this.#writer?.stop()
    this.#finishResponse(error)
  }

  /** No more will come of the request's body: it is malformed or was cut short. The rest of the exchange goes with it. */
  bodyFailed(error: Error): void {
    NodeGatewayRequest.failBody(this.#request, error)
    this.lose(error)
  }

  /** @internal */
  rejected(thrown: unknown): void {
    const error = thrown ?? new Error('The body of the response failed with nothing')
    this.#finishResponse(error)
    this.#answerFailure(error)
  }

  /** @internal */
  broken(thrown: unknown, framing: Framing): void {
    const error = thrown ?? new Error('The body of the response failed with nothing')
    this.#report(error, 'the application failed: response cut off')
    this.lose(error)
    cutOff(this.res, framing)
  }

  #respond(result: unknown): void {
    if (this.#answered) return
    this.#answered = true
    const response = result as GatewayResponse
    this.#response = response
    this.#writer = new ResponseWriter(this.res, response, this)
    if (this.#over) {
      this.#writer.stop()
      this.#finishResponse(this.#failure)
      return
    }
    this.#closeIfDraining()
    try {
      if (this.#offer?.isTakenBy(response)) {
        this.#handOver(response, this.#offer)
        return
      }
    } catch (error) {
      this.#writer.stop()
      this.rejected(error)
      return
    }
    this.#writer.start()
  }

  #handOver(response: GatewayResponse, offer: Offer): void {
    offer.handOver(response, error => this.#report(error, 'the application failed: upgraded connection cut off'))
    closeBody(response.body)
  }

  #applicationFailed(error: unknown): void {
    if (this.#answered) return
    this.#answered = true
    this.#answerFailure(error)
  }

  /** A 500 that tells nothing (NSGI RES-32). */
  #answerFailure(error: unknown): void {
    if (this.#over) return
    this.#report(error, 'the application failed')
    this.#closeIfDraining()
    this.res.writeHead(500, { 'content-type': 'text/plain' })
    this.res.end('Internal Server Error\n')
  }

  #closeIfDraining(): void {
    if (this.#served.context.draining.aborted) this.res.shouldKeepAlive = false
  }

  /** Node says 'finish' also where the bytes were dropped because the socket has failed (NSGI END-07). */
  #flushed(): void {
    if (this.#over) return
    if (this.#socket.destroyed || this.#socket.errored) {
      this.lose(connectionReset(this.#socket.errored ?? undefined))
      return
    }
    this.#complete()
  }

  #complete(): void {
    if (this.#over) return
    this.#over = true
    this.#finishResponse(undefined)
  }

  /** Calls `finished`, once; a throw there is contained (NSGI END-06, END-08). */
  #finishResponse(error: unknown): void {
    const response = this.#response
    this.#response = undefined
    try {
      if (error === undefined) response?.finished?.()
      else response?.finished?.(error)
    } catch (thrown) {
      this.#served.context.log.error({ err: thrown }, 'the response threw in finished')
    }
  }

  #report(error: unknown, what: string): void {
    this.#served.context.log.error({ err: error, method: this.req.method, target: this.req.url }, what)
  }
}

/** Breaks a response off visibly (NSGI RES-33): where closing is how the body ends, by a reset. */
function cutOff(res: ServerResponse, framing: Framing): void {
  const { socket } = res
  if (framing === 'close' && socket !== null) {
    // Only TCP has a reset, and node throws for anything else. `remoteFamily` is TCP's; TLS has no reset under its alerts.
    if (socket.remoteFamily === undefined || 'encrypted' in socket) socket.destroy()
    else socket.resetAndDestroy()
    return
  }
  // Node writes in the next turn; what was sent before the failure is to arrive.
  setImmediate(() => res.destroy())
}
