// The body of a streamed response: what the handler wrote and the server has not yet pulled.
import type { BodyChunk } from '@nsgi/spec'
import type { SendCallback } from './node-internals.ts'

interface Entry {
  readonly chunk: BodyChunk
  readonly callback: SendCallback | null
}

/**
 * A single-use async iterable, pushed by the handler and pulled by the server. Asking for the next chunk says that the one
 * before was passed on: then its callback runs and `onPull` is told, which lets the handler write on.
 */
export class ResponseBody implements AsyncIterableIterator<BodyChunk> {
  /** Bytes (of strings: UTF-16 units) pushed and not yet acknowledged. */
  pending = 0
  readonly #onPull: () => void
  #queue: Entry[] = []
  /** Where the queue begins: taking from the front of a long array would move the rest. */
  #first = 0
  #handedOut: Entry | undefined = undefined
  #ended = false
  #failure: { readonly error: unknown } | undefined = undefined
  #resolve: ((result: IteratorResult<BodyChunk>) => void) | undefined = undefined
  #reject: ((error: unknown) => void) | undefined = undefined

  constructor(onPull: () => void) {
    this.#onPull = onPull
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Adds a chunk; an empty one only carries its callback. */
  push(chunk: BodyChunk, callback: SendCallback | null): void {
    if (chunk.length === 0 && this.#resolve) {
      // Nothing is under way that it would have to wait for.
      if (callback) process.nextTick(callback)
      return
    }
    this.pending += chunk.length
    this.#queue.push({ chunk, callback })
    this.#answer()
  }

  /** No chunk follows. */
  end(): void {
    this.#ended = true
    this.#answer()
  }

  /** The next pull rejects: the server truncates the response visibly. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#answer()
  }

  next(): Promise<IteratorResult<BodyChunk>> {
    try {
      this.#acknowledge()
      if (this.#first === this.#queue.length && !this.#ended && !this.#failure) this.#onPull()
    } catch (error) {
      // A callback or a 'drain' listener of the handler threw: the rest of the body will not come.
      this.fail(error)
    }
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      this.#answer()
    })
  }

  return(): Promise<IteratorResult<BodyChunk>> {
    this.#ended = true
    this.#resolve?.({ done: true, value: undefined })
    this.#resolve = undefined
    return Promise.resolve({ done: true, value: undefined })
  }

  /** Runs the callbacks of everything that was not acknowledged, and forgets it. */
  settle(error?: Error): void {
    const left = this.#queue.slice(this.#first)
    this.#queue = []
    this.#first = 0
    this.pending = 0
    const first = this.#handedOut
    this.#handedOut = undefined
    first?.callback?.(error)
    for (const entry of left) entry.callback?.(error)
  }

  #acknowledge(): void {
    const entry = this.#handedOut
    if (entry === undefined) return
    this.#handedOut = undefined
    this.pending -= entry.chunk.length
    entry.callback?.()
  }

  /** Answers the pull that waits, if there is one and there is something to say. */
  #answer(): void {
    const resolve = this.#resolve
    if (resolve === undefined) return
    const entry = this.#take()
    if (entry !== undefined) {
      this.#handedOut = entry
      this.#resolve = undefined
      resolve({ done: false, value: entry.chunk })
    } else if (this.#failure) {
      this.#resolve = undefined
      this.#reject?.(this.#failure.error)
    } else if (this.#ended) {
      this.#resolve = undefined
      resolve({ done: true, value: undefined })
    }
  }

  /** The next chunk that holds bytes. A failure overtakes what is queued, as a destroyed socket drops it. */
  #take(): Entry | undefined {
    while (!this.#failure && this.#first < this.#queue.length) {
      const entry = this.#queue[this.#first++] as Entry
      if (this.#first === this.#queue.length) {
        this.#queue.length = 0
        this.#first = 0
      }
      if (entry.chunk.length > 0) return entry
      entry.callback?.()
    }
    return undefined
  }
}
