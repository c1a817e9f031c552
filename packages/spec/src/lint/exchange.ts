// One call of the application: the request it gets, and the response it gives.
import type { Application } from '../application.ts'
import type { Context } from '../context.ts'
import { closeBody } from '../middleware/close-body.ts'
import { derive } from '../middleware/derive.ts'
import { discard } from '../middleware/discard.ts'
import type { GatewayRequest } from '../request.ts'
import type { GatewayResponse } from '../response.ts'
import { describe } from '../testing/chunk.ts'
import type { Reporter } from './reporter.ts'
import { RequestBodyWatch } from './request-body-watch.ts'
import { checkUnchanged, type Members } from './request-members.ts'
import { checkRequest, isSignal } from './request-shape.ts'
import { applicationFault, type ResponseParts, readResponse } from './response-shape.ts'
import { ResponseWatch } from './response-watch.ts'

/** What the calls of one linted application share. */
export interface Shared {
  readonly application: Application
  /** Requests and responses that were seen before (REQ-01, APP-01). */
  readonly seen: WeakSet<object>
  /** Calls that are under way. */
  readonly running: Set<Exchange>
  /** Notices when the server can call a response's `finished` no more (END-06). */
  readonly dropped: FinalizationRegistry<Exchange>
}

type Returned = GatewayResponse | PromiseLike<GatewayResponse>

/** One call. */
export class Exchange {
  readonly #shared: Shared
  readonly #reporter: Reporter
  #isReturning = false
  #isFinished = false
  /** The server closed the body a moment ago: in this turn of the event loop. */
  #isJustCut = false
  #watch: ResponseWatch | undefined

  constructor(shared: Shared, reporter: Reporter) {
    this.#shared = shared
    this.#reporter = reporter
  }

  /** Calls the application. What it returns synchronously is handed on synchronously. */
  run(request: GatewayRequest, context: Context): Returned {
    const { seen, running, application } = this.#shared
    const { server } = this.#reporter
    const members = checkRequest(request, server)
    if (members === undefined) return application(request, context)
    if (seen.has(request)) server('REQ-01', 'the application was called again with the same request')
    seen.add(request)
    this.#isReturning = true
    running.add(this)
    try {
      const returned = application(this.#requestFor(request, members), context)
      if (!isThenable(returned)) return this.#returned(request, members, returned)
      return this.#guarded(
        Promise.resolve(returned).then(
          response => this.#returned(request, members, response),
          (thrown: unknown) => this.#threw(thrown),
        ),
      )
    } catch (thrown) {
      return this.#threw(thrown)
    }
  }

  /** What has not ended yet, or had to be ended: `undefined` if nothing (APP-05). */
  get #unended(): string | undefined {
    if (this.#isReturning) return 'the application had not returned its response'
    if (this.#watch?.body?.isRunning) return 'the body had not ended'
    return this.#isJustCut ? 'the body had to be cut off' : undefined
  }

  /** The worker shuts down: tells what should have ended by itself. */
  stop(): void {
    const unended = this.#unended
    if (unended !== undefined) this.#reporter.application('APP-05', `${unended} when the worker shut down`)
  }

  /** Nobody holds the response's `finished` any more. */
  dropped(): void {
    this.#isFinished = true
    this.#settle()
    this.#reporter.server('END-06', 'the response was dropped, and finished() never called')
  }

  #requestFor(request: GatewayRequest, members: Members): GatewayRequest {
    const { body } = members
    if (typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body)) return request
    return derive(request, { body: new RequestBodyWatch(request, members, this.#reporter.server).body })
  }

  #threw(thrown: unknown): never {
    this.#isReturning = false
    this.#isFinished = true
    this.#settle()
    throw thrown
  }

  #returned(request: GatewayRequest, members: Members, response: GatewayResponse): GatewayResponse {
    this.#isReturning = false
    const parts = this.#checked(request, response)
    if (parts === undefined) {
      this.#isFinished = true
      this.#settle()
      return response
    }
    const onFinished = (): void => {
      this.#isFinished = true
      this.#shared.dropped.unregister(this)
      checkUnchanged(request, members, this.#reporter.server)
      this.#settle()
    }
    this.#watch = new ResponseWatch(response, parts, {
      request,
      reporter: this.#reporter,
      // What is no signal has been reported, and must not make the rest fail.
      signal: isSignal(members.signal) ? members.signal : new AbortController().signal,
      onCut: () => this.#cut(),
      onIdle: () => this.#settle(),
      onFinished,
    })
    const handed = this.#watch.handOut()
    // The function, not the response: a server may keep nothing else.
    this.#shared.dropped.register(handed.finished as object, this, this)
    return handed
  }

  /** The parts of a response that can be watched; `undefined` where only the server can deal with it. */
  #checked(request: GatewayRequest, response: GatewayResponse): ResponseParts | undefined {
    try {
      return this.#check(request, response)
    } catch (violation) {
      // The server will not see this response: what a server does with an invalid one is to be done here.
      this.#isFinished = true
      this.#settle()
      refuse(response, violation)
      throw violation
    }
  }

  #check(request: GatewayRequest, response: GatewayResponse): ResponseParts | undefined {
    const { seen } = this.#shared
    if (typeof response !== 'object' || (response as unknown) === null) {
      this.#reporter.application('RES-02', `a response is an object, not ${describe(response)}`)
      return undefined
    }
    const parts = this.#read(response)
    if (seen.has(response)) this.#reporter.application('APP-01', 'the application returned the same response again')
    seen.add(response)
    const fault = applicationFault(request, parts)
    if (fault === undefined) return parts
    this.#reporter.application(fault.requirement, fault.detail)
    const isSendable = fault.requirement === 'APP-02' || fault.requirement === 'RES-35'
    return isSendable ? parts : undefined
  }

  #read(response: GatewayResponse): ResponseParts {
    try {
      return readResponse(response)
    } catch (thrown) {
      this.#reporter.application('RES-02', 'reading a member of the response threw', thrown)
      throw thrown
    }
  }

  #cut(): void {
    this.#isJustCut = true
    setImmediate(() => {
      this.#isJustCut = false
      this.#settle()
    }).unref()
  }

  #settle(): void {
    if (this.#isFinished && this.#unended === undefined) this.#shared.running.delete(this)
  }

  /** A promise is no response: a server that reads members of it has not waited (RES-01). */
  #guarded(promise: Promise<GatewayResponse>): Promise<GatewayResponse> {
    for (const name of ['status', 'headers', 'body']) {
      const get = (): undefined => {
        this.#reporter.server('RES-01', `the server read ${name} of a promise`)
        return undefined
      }
      Reflect.defineProperty(promise, name, { configurable: true, get })
    }
    return promise
  }
}

function isThenable(value: unknown): value is PromiseLike<GatewayResponse> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}

/** Closes and finishes what there is of a response (END-06, END-09). */
function refuse(response: unknown, violation: unknown): void {
  if (typeof response !== 'object' || response === null) return
  try {
    const { body, finished } = response as Partial<GatewayResponse>
    if (finished === undefined || typeof finished === 'function') discard(response as GatewayResponse, violation)
    else closeBody(body)
  } catch {
    // A member that throws when it is read: that is the violation.
  }
}
