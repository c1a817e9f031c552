// A response on its way to the server, and what the server does with it until `finished`.
import type { Duplex } from 'node:stream'
import { types } from 'node:util'
import { isTrailerName } from '../fields.ts'
import type { GatewayRequest } from '../request.ts'
import type { GatewayResponse, ResponseBody, ResponseHeaders } from '../response.ts'
import { declaredLength, headersFault } from '../testing/check-response.ts'
import { isIterable } from '../testing/chunk.ts'
import { ChunkSeals } from './chunk-seals.ts'
import type { Reporter } from './reporter.ts'
import { ResponseBodyWatch } from './response-body-watch.ts'
import { copyResponse } from './response-copy.ts'
import { type ResponseParts, unwantedBecause } from './response-shape.ts'

/** What a response is watched with. */
export interface ResponseSurroundings {
  /** As the server gave it. */
  readonly request: GatewayRequest
  readonly reporter: Reporter
  /** What `request.signal` gave. */
  readonly signal: AbortSignal
  /** Tells that the body was closed before its end. */
  readonly onCut: () => void
  /** Tells that the body has settled after `finished`. */
  readonly onIdle: () => void
  /** Tells that `finished` was called, the first time. */
  readonly onFinished: () => void
}

/** Watches one valid response. It never holds what it gives the server: a response that is dropped unfinished is to be noticed. */
export class ResponseWatch {
  readonly body: ResponseBodyWatch | undefined
  readonly #original: GatewayResponse
  readonly #parts: ResponseParts
  readonly #surroundings: ResponseSurroundings
  readonly #seals = new ChunkSeals()
  readonly #isSwitching: boolean
  readonly #isUnwanted: boolean
  #finishes = 0
  #trailersCalls = 0
  #socket: Duplex | undefined

  constructor(original: GatewayResponse, parts: ResponseParts, surroundings: ResponseSurroundings) {
    this.#original = original
    this.#parts = parts
    this.#surroundings = surroundings
    const { request, signal } = surroundings
    const { body } = parts
    const unwanted = unwantedBecause(request, parts)
    this.#isSwitching = unwanted === 'UPG-02'
    this.#isUnwanted = unwanted !== undefined
    if (types.isUint8Array(body)) this.#seals.add(body)
    else if (typeof body === 'object' && isIterable(body)) {
      const isLost = (): boolean => signal.aborted
      this.body = new ResponseBodyWatch(body, { ...surroundings, declared: declaredLength(parts), unwanted, isLost })
    }
  }

  /** What the server gets. */
  handOut(): GatewayResponse {
    const { trailers, upgrade } = this.#parts
    // The function holds what it needs of the copy, and the copy it: both go when the server lets go of both.
    let changeOf: () => string | undefined = () => undefined
    const copy = copyResponse(this.#original, this.#parts, {
      finished: (...args: [error?: unknown]) => this.#finished(args, changeOf()),
      ...(this.body === undefined ? {} : { body: this.body.body as ResponseBody }),
      ...(trailers === undefined ? {} : { trailers: () => this.#trailers() }),
      ...(upgrade === undefined ? {} : { upgrade: (socket: Duplex) => this.#upgrade(socket) }),
    })
    changeOf = copy.change
    return copy.response
  }

  #finished(args: [error?: unknown], change: string | undefined): unknown {
    const { reporter, onFinished } = this.#surroundings
    this.#finishes++
    if (this.#finishes > 1) reporter.server('END-06', 'finished() was called a second time')
    else {
      onFinished()
      if (change !== undefined) reporter.server('RES-10', `the server changed ${change} of the response`)
      this.#checkOutcome(args[0])
    }
    const areBytesChanged = this.#seals.open() || this.body?.areBytesChanged() === true
    const result = this.#tellApplication(args)
    if (areBytesChanged) reporter.application('APP-04', 'bytes of the body were changed before it was sent')
    return result
  }

  #tellApplication(args: [error?: unknown]): unknown {
    const { finished } = this.#parts
    if (finished === undefined) return undefined
    const { reporter } = this.#surroundings
    const failed = (thrown: unknown): never => {
      reporter.application('APP-06', 'finished() threw', thrown)
      throw thrown
    }
    let result: unknown
    try {
      result = Reflect.apply(finished, this.#original, args)
    } catch (thrown) {
      return failed(thrown)
    }
    return types.isPromise(result) ? result.catch(failed) : result
  }

  /** Whether what `finished` is told is true, as far as can be seen from here. */
  #checkOutcome(error: unknown): void {
    const { signal, reporter } = this.#surroundings
    const { body } = this
    if (body !== undefined) body.isOver = true
    if (this.#isSwitching) this.#checkSocket(error)
    else if (error === undefined) this.#checkSuccess()
    else if (body?.isJustClosedUnlost && signal.aborted && !this.#isUnwanted) {
      reporter.server('END-05', 'the body was closed before signal aborted')
    } else if (!signal.aborted) this.#watchForLateLoss()
    // In a moment: a server that has the order wrong closes the body now.
    if (body !== undefined && !body.isClosed && (error !== undefined || this.#isUnwanted)) {
      setImmediate(() => {
        if (!body.isClosed) reporter.server('END-09', 'the body was neither read to its end nor closed')
      }).unref()
    }
  }

  #checkSuccess(): void {
    const { signal, reporter } = this.#surroundings
    if (this.body !== undefined && !this.body.isClosed && !this.#isUnwanted) {
      // Closed it may be by a middleware that sends something else.

      reporter.server('END-07', 'finished() got no error, but the body had not ended')
    } else if (signal.aborted) {
      reporter.server('END-07', 'finished() got no error, but signal had aborted')
    } else {
      const late = (): void => reporter.server('END-02', 'signal aborted after finished() had got no error')
      signal.addEventListener('abort', late, { once: true })
    }
  }

  /** A loss that is told in the same turn, but after `finished`, is told too late. Later ones are another event. */
  #watchForLateLoss(): void {
    const { signal, reporter } = this.#surroundings
    const late = (): void => reporter.server('END-05', 'signal aborted after finished() had got its error')
    signal.addEventListener('abort', late, { once: true })
    setImmediate(() => signal.removeEventListener('abort', late)).unref()
  }

  #checkSocket(error: unknown): void {
    const { reporter } = this.#surroundings
    if (this.#socket === undefined) {
      if (error === undefined) reporter.server('UPG-02', 'finished() got no error, but upgrade() was not called')
    } else if (!this.#socket.destroyed) reporter.server('UPG-05', 'finished() was called before the socket had closed')
    else if (error === undefined && !this.#socket.writableFinished) {
      reporter.server('UPG-05', 'finished() got no error, but the socket did not end on both sides')
    }
  }

  #trailers(): ResponseHeaders | undefined {
    const { request, reporter } = this.#surroundings
    this.#trailersCalls++
    const { httpVersion } = request
    const isFramed = httpVersion === '1.0' || (httpVersion === '1.1' && declaredLength(this.#parts) !== undefined)
    const when = (problem: string): void => reporter.server('RES-30', `trailers() was called ${problem}`)
    if (this.#trailersCalls > 1) when('a second time')
    else if (this.#finishes > 0) when('after finished()')
    else if (this.#isUnwanted) when('for a response without content')
    else if (this.body !== undefined && !this.body.hasEnded) when('before the body had ended')
    else if (isFramed || (this.body === undefined && httpVersion === '1.1')) when('where the framing has no trailers')
    const trailers = this.#parts.trailers?.call(this.#original)
    const fault = headersFault(trailers)
    if (fault !== undefined) reporter.application(fault.requirement, `in trailers: ${fault.detail}`)
    const forbidden = Object.keys(Object(trailers) as object).find(name => !isTrailerName(name))
    if (forbidden !== undefined) reporter.application('RES-30', `${forbidden} is no field for trailers: it is dropped`)
    return trailers
  }

  #upgrade(socket: Duplex): unknown {
    const { reporter } = this.#surroundings
    const { read, write, on } = Object(socket) as Partial<Duplex>
    if (!this.#isSwitching) reporter.server('UPG-04', 'upgrade() was called for a response that switches nothing')
    else if (this.#socket !== undefined) reporter.server('UPG-02', 'upgrade() was called a second time')
    else if ([read, write, on].some(method => typeof method !== 'function')) {
      reporter.server('UPG-02', 'upgrade() was called without a Duplex')
    }
    this.#socket ??= socket
    return (this.#parts.upgrade as (socket: Duplex) => unknown).call(this.#original, socket)
  }
}
