// A request body: chunks wait here for the application, and reading stops while enough of them do.

import { KirinError } from './errors.ts'
import { BODY_HIGH_WATER, JOINED_PIECES, SEPARATE_PIECES } from './limits.ts'

/** What a body asks of its connection. */
export interface BodySource {
  /** The application has begun to read: the moment for 100 Continue. */
  bodyWanted(): void
  /** Enough chunks wait: stop reading. */
  pauseBody(): void
  /** There is room again. */
  resumeBody(): void
}

type Step = IteratorResult<Uint8Array, undefined>

const DONE: Step = { done: true, value: undefined }

interface Waiter {
  resolve(step: Step): void
  reject(error: unknown): void
}

/**
 * The single-use iterable behind `request.body`. Chunks are non-empty and never reused; a truncated or
 * malformed body rejects (NSGI BOD-02 to BOD-08).
 */
export class RequestBody implements AsyncIterable<Uint8Array> {
  private readonly source: BodySource
  private chunks: Uint8Array[] = []
  private waitingBytes = 0
  private paused = false
  private waiters: Waiter[] = []
  private used = false
  private ended = false
  private discarded = false
  private failure: Error | undefined

  constructor(source: BodySource) {
    this.source = source
  }

  /** Whether nobody will read what is still to come. */
  get isUnwanted(): boolean {
    return this.discarded || this.failure !== undefined
  }

  /** Whether the application has begun to iterate. */
  get isUsed(): boolean {
    return this.used
  }

  /** Whether enough of it waits for the application that no more should be read. */
  get isFull(): boolean {
    return this.paused
  }

  /** Bytes that wait for the application. */
  get size(): number {
    return this.waitingBytes
  }

  /** Whether all of it has come and was read. */
  get isOver(): boolean {
    return this.ended && this.chunks.length === 0
  }

  /** Whether that is what it rejects with. */
  isFailedBy(error: unknown): boolean {
    return this.failure === error
  }

  /** Takes a chunk that belongs to the application from now on. */
  push(chunk: Uint8Array): void {
    if (this.isUnwanted) return
    if (this.waiters.length > 0) {
      this.waiters.shift()?.resolve({ done: false, value: chunk })
      return
    }
    const last = this.chunks.length < SEPARATE_PIECES ? undefined : this.chunks.at(-1)
    if (last !== undefined && last.length + chunk.length <= JOINED_PIECES) {
      this.chunks[this.chunks.length - 1] = Buffer.concat([last, chunk])
    } else this.chunks.push(chunk)
    this.waitingBytes += chunk.length
    if (this.waitingBytes < BODY_HIGH_WATER || this.paused) return
    this.paused = true
    this.source.pauseBody()
  }

  /** The body is whole, unless some of it was thrown away: then it never looks like the end (NSGI BOD-07). */
  end(): void {
    if (this.failure !== undefined) return
    this.ended = true
    if (this.waiters.length > 0) for (const waiter of this.waiters.splice(0)) waiter.resolve(DONE)
  }

  /**
   * The body will never be whole. What has arrived can still be read. As from a generator, the error comes
   * once: to the first read that waits, or to the one that finds nothing left; then the iteration is over.
   */
  fail(error: Error): void {
    if (this.ended || this.failure !== undefined) return
    this.failure = error
    const [first, ...others] = this.waiters.splice(0)
    if (first === undefined) return
    this.discarded = true
    first.reject(error)
    for (const waiter of others) waiter.resolve(DONE)
  }

  /** The response is over and nobody began to read: what waits and what is to come is thrown away. */
  abandon(error: Error): void {
    if (this.ended) return
    this.fail(error)
    this.chunks = []
    this.waitingBytes = 0
    this.release()
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> & AsyncIterable<Uint8Array> {
    if (this.used) throw new KirinError('KIRIN_BODY_USED', { requirement: 'BOD-04' })
    this.used = true
    return new BodyIterator(this)
  }

  /** @internal No more is wanted. */
  discard(): void {
    if (this.discarded) return
    this.discarded = true
    this.chunks = []
    this.waitingBytes = 0
    for (const waiter of this.waiters.splice(0)) waiter.resolve(DONE)
    this.release()
  }

  /** @internal The next chunk. */
  next(): Promise<Step> {
    const chunk = this.chunks.shift()
    if (chunk !== undefined) {
      this.waitingBytes -= chunk.length
      if (this.waitingBytes < BODY_HIGH_WATER) this.release()
      return Promise.resolve({ done: false, value: chunk })
    }
    if (this.discarded || this.ended) return Promise.resolve(DONE)
    if (this.failure !== undefined) {
      this.discarded = true
      return Promise.reject(this.failure)
    }
    this.source.bodyWanted()
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }))
  }

  private release(): void {
    if (!this.paused) return
    this.paused = false
    this.source.resumeBody()
  }
}

// A class: an object with a computed name costs a microsecond.
class BodyIterator implements AsyncIterator<Uint8Array, undefined>, AsyncIterable<Uint8Array> {
  private readonly body: RequestBody

  constructor(body: RequestBody) {
    this.body = body
  }

  next(): Promise<Step> {
    return this.body.next()
  }

  return(): Promise<Step> {
    this.body.discard()
    return Promise.resolve(DONE)
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
