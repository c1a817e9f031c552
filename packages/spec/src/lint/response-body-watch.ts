// An iterable body of a response, between the application that yields and the server that asks.
import { isUint8Array } from 'node:util/types'
import { closeBody } from '../middleware/close-body.ts'
import type { RequirementId } from '../requirements.ts'
import { describe } from '../testing/chunk.ts'
import { ChunkSeals } from './chunk-seals.ts'
import { facade } from './facade.ts'
import type { Reporter } from './reporter.ts'

type Body = AsyncIterable<unknown> & Iterable<unknown> & { destroy?: unknown; destroyed?: unknown; return?: unknown }
type Iterated = Iterator<unknown> & AsyncIterator<unknown>
type Step = IteratorResult<unknown>

/** What is known of the response around the body. */
export interface BodyConditions {
  readonly reporter: Reporter
  /** What `content-length` declares, in bytes. */
  readonly declared: number | undefined
  /** Why the body must not be read: RES-17 to RES-20, or an upgrade. */
  readonly unwanted: RequirementId | undefined
  /** Whether `request.signal` has aborted. */
  readonly isLost: () => boolean
  /** Tells that the body was closed after its first `next()` and before its end. */
  readonly onCut: () => void
  /** Tells that the last `next()` has settled after the response was over. */
  readonly onIdle: () => void
}

/** Iterators that were taken from bodies: one that comes back is shared by two responses (APP-01). */
const taken = new WeakSet<object>()

/** Watches one body. `body` is what the server gets instead: of the same kinds, synchronous where the original is. */
export class ResponseBodyWatch {
  readonly body: object
  /** It said `done` or threw. */
  hasEnded = false
  /** `next()` calls that have not settled. */
  pending = 0
  /** `finished` was called. */
  isOver = false
  /** It was closed in this turn of the event loop, and the client was not lost then. */
  isJustClosedUnlost = false
  readonly #original: Body
  readonly #conditions: BodyConditions
  readonly #seals = new ChunkSeals()
  #iterator: Iterated | undefined
  /** There was no iterator to be had, and so there is nothing to be closed. */
  #isUniterable = false
  #isReturned = false
  #wasAsked = false
  #isGivenUp = false
  #isDestroyed = false
  #bytes = 0

  constructor(original: object, conditions: BodyConditions) {
    this.#original = original as Body
    this.#conditions = conditions
    this.body = facade(original, this.#overrides())
  }

  /** Whether a server that is done with it has left it as it must (END-09). */
  get isClosed(): boolean {
    const { destroy, destroyed } = this.#original
    if (this.hasEnded || this.#isUniterable || Array.isArray(this.#original)) return true
    if (typeof destroy === 'function') return this.#isDestroyed || destroyed === true
    return this.#isReturned || (this.#iterator !== undefined && typeof this.#iterator.return !== 'function')
  }

  /** Whether it is being read: neither at its end nor closed, or `next()` still runs. */
  get isRunning(): boolean {
    return this.pending > 0 || (this.#wasAsked && !this.isClosed)
  }

  /** Whether bytes were changed after they were handed over (APP-04). */
  areBytesChanged(): boolean {
    return this.#seals.open()
  }

  #overrides(): Map<PropertyKey, unknown> {
    const original = this.#original
    const isAsync = Symbol.asyncIterator in original
    const overrides = new Map<PropertyKey, unknown>()
    if (isAsync) overrides.set(Symbol.asyncIterator, () => this.#take(() => original[Symbol.asyncIterator]()))
    if (Symbol.iterator in original) {
      overrides.set(Symbol.iterator, () => {
        if (isAsync)
          this.#server('RES-04', 'the body was iterated synchronously, though it is an asynchronous iterable')
        return this.#take(() => original[Symbol.iterator]())
      })
    }
    if (typeof original.destroy === 'function') overrides.set('destroy', (error?: unknown) => this.#destroy(error))
    if (typeof original.return === 'function') {
      overrides.set('return', (...args: unknown[]) => this.#return(original as unknown as Iterated, args))
    }
    return overrides
  }

  #take(make: () => unknown): unknown {
    this.#isUniterable = this.#iterator === undefined
    const iterator = make() as Iterated
    if (typeof iterator !== 'object' || (iterator as unknown) === null) {
      this.#application('RES-04', `the body's iterator is ${describe(iterator)}`)
      return iterator
    }
    this.#isUniterable = false
    if (this.#iterator !== undefined) this.#server('END-09', 'an iterator of the body was taken a second time')
    else if (taken.has(iterator)) {
      this.#conditions.reporter.application('APP-01', 'the body was read already, for another response')
    }
    taken.add(iterator)
    this.#iterator = iterator
    const overrides = new Map<PropertyKey, unknown>([['next', (...args: []) => this.#next(iterator, args)]])
    if (typeof iterator.return === 'function') {
      overrides.set('return', (...args: unknown[]) => this.#return(iterator, args))
    }
    const watched: object = facade(iterator as object, overrides)
    overrides.set(Symbol.asyncIterator in iterator ? Symbol.asyncIterator : Symbol.iterator, () => watched)
    return watched
  }

  #next(iterator: Iterated, args: []): Step | Promise<Step> {
    this.#checkNext()
    this.#wasAsked = true
    this.pending++
    let step: Step | Promise<Step>
    try {
      step = iterator.next(...args)
    } catch (thrown) {
      this.#settled(true)
      throw thrown
    }
    if (!isThenable(step)) return this.#took(step)
    return step.then(
      settled => this.#took(settled),
      (thrown: unknown) => {
        this.#settled(true)
        throw thrown
      },
    )
  }

  #checkNext(): void {
    const { unwanted, declared } = this.#conditions
    if (this.isOver) this.#server('END-05', 'next() was called after finished()')
    else if (this.#isReturned) this.#server('END-09', 'next() was called after return()')
    else if (this.pending > 0) this.#server('RES-27', 'next() was called while another next() was outstanding')
    else if (unwanted !== undefined) this.#server(unwanted, 'next() was called on a body that is not to be sent')
    else if (declared !== undefined && this.#bytes > declared) {
      this.#server('RES-13', `next() was called after ${this.#bytes} bytes, content-length says ${declared}`)
    }
  }

  #settled(hasEnded: boolean): void {
    this.pending--
    if (hasEnded) this.hasEnded = true
    if (this.isOver && this.pending === 0) this.#conditions.onIdle()
  }

  /** Looks at a step. Where a violation is thrown, the server sees a body that failed, so nobody else closes it. */
  #took(step: Step): Step {
    const isStep = typeof step === 'object' && (step as unknown) !== null
    const isDone = isStep && step.done === true
    this.#settled(isDone)
    // What a closed body still says is neither sent nor its end.
    if (this.#isGivenUp) return step
    try {
      if (!isStep) this.#application('RES-04', `next() gave ${describe(step)}, not an object`)
      else if (isDone) this.#checkEnd()
      else this.#checkChunk(step.value)
    } catch (thrown) {
      if (!isDone) closeBody(this.#original as AsyncIterable<never>, this.#iterator)
      this.hasEnded = true
      throw thrown
    }
    return step
  }

  #checkChunk(chunk: unknown): void {
    this.#checkSeals()
    if (isUint8Array(chunk)) {
      this.#bytes += chunk.length
      this.#seals.add(chunk)
    } else if (typeof chunk === 'string') this.#bytes += Buffer.byteLength(chunk)
    else this.#application('RES-04', `the body yielded ${describe(chunk)}, not a string or a Uint8Array`)
    const { declared } = this.#conditions
    if (declared !== undefined && this.#bytes > declared) {
      this.#application('APP-03', `content-length says ${declared}, but the body has at least ${this.#bytes} bytes`)
    }
  }

  #checkEnd(): void {
    this.#checkSeals()
    const { declared } = this.#conditions
    if (declared === undefined || this.#bytes >= declared) return
    this.#application('APP-03', `content-length says ${declared}, but the body has ${this.#bytes} bytes`)
  }

  #checkSeals(): void {
    if (this.#seals.areBroken()) this.#application('APP-04', 'a chunk was changed after it had been yielded')
  }

  #return(iterator: Iterated, args: unknown[]): unknown {
    if (this.hasEnded) this.#server('END-09', 'return() was called after the iterator had finished')
    else if (this.#isReturned) this.#server('END-09', 'return() was called a second time')
    this.#isReturned = true
    this.#closed()
    return Reflect.apply(iterator.return as () => unknown, iterator, args)
  }

  #destroy(error: unknown): unknown {
    this.#isDestroyed = true
    this.#closed()
    return Reflect.apply(this.#original.destroy as () => unknown, this.#original, error === undefined ? [] : [error])
  }

  #closed(): void {
    if (this.hasEnded || this.#isGivenUp) return
    this.#isGivenUp = true
    this.isJustClosedUnlost = !this.#conditions.isLost()
    setImmediate(() => (this.isJustClosedUnlost = false)).unref()
    if (this.isOver) this.#server('END-05', 'the body was closed after finished()')
    if (this.#wasAsked) this.#conditions.onCut()
  }

  #server(requirement: RequirementId, detail: string): void {
    this.#conditions.reporter.server(requirement, detail)
  }

  #application(requirement: RequirementId, detail: string): void {
    this.#conditions.reporter.application(requirement, detail)
  }
}

function isThenable(step: unknown): step is Promise<Step> {
  return typeof (step as PromiseLike<Step> | null | undefined)?.then === 'function'
}
