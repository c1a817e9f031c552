// The body of a streamed response: what the handler wrote and the server has not yet pulled.
import type { BodyChunk } from '@nsgi/spec'
import type { SendCallback } from './node-internals.ts'

interface Entry {
  readonly chunk: BodyChunk
  readonly callback: SendCallback | null
}

/**
 * Characters or bytes up to which small chunks that wait are handed out together: each costs the server a promise and its framing, whereas a
 * copy of so many costs less than that.
 */
const JOIN_LIMIT = 4 * 1024

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
  #taken = false
  #ended = false
  #failure: { readonly error: unknown } | undefined = undefined
  #resolve: ((result: IteratorResult<BodyChunk>) => void) | undefined = undefined
  #reject: ((error: unknown) => void) | undefined = undefined

  constructor(onPull: () => void) {
    this.#onPull = onPull
  }

  [Symbol.asyncIterator](): this {
    this.#taken = true
    return this
  }

  /** Adds a chunk; an empty one only carries its callback. */
  push(chunk: BodyChunk, callback: SendCallback | null): void {
    if (chunk.length === 0 && this.#resolve) {
      // Nothing is under way that it would have to wait for.
      if (callback) process.nextTick(callback, null)
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
    let entry: Entry | undefined
    try {
      this.#acknowledge()
      entry = this.#take()
    } catch (error) {
      // A callback or a 'drain' listener of the handler threw: the rest of the body will not come.
      this.fail(error)
    }
    if (entry !== undefined) {
      this.#handedOut = entry
      return Promise.resolve({ done: false, value: entry.chunk })
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

  /** The one chunk that it has, while nobody has begun to pull. */
  get only(): BodyChunk | undefined {
    const [first, ...others] = this.#taken ? [] : this.#queue
    return others.every(({ chunk }) => chunk.length === 0) ? first?.chunk : undefined
  }

  /** Runs the callbacks of everything that was not acknowledged, and forgets it. */
  settle(error: Error | null = null): void {
    const left = this.#queue.slice(this.#first)
    this.#queue = []
    this.#first = 0
    this.pending = 0
    const first = this.#handedOut
    this.#handedOut = undefined
    first?.callback?.(error)
    for (const entry of left) entry.callback?.(error)
  }

  /** What was handed out before is out: as on a socket there is room first, then the callback. */
  #acknowledge(): void {
    const entry = this.#handedOut
    this.#handedOut = undefined
    if (entry !== undefined) this.pending -= entry.chunk.length
    // Of what is queued then, nothing holds bytes.
    if (this.pending === 0 && !this.#ended && !this.#failure) this.#onPull()
    entry?.callback?.(null)
  }

  /** Answers the pull that waits, if there is one and there is something to say. */
  #answer(): void {
    const resolve = this.#resolve
    if (resolve === undefined) return
    // What a callback pushes meanwhile goes behind what is there: the pull is answered here, once.
    this.#resolve = undefined
    const entry = this.#take()
    if (entry !== undefined) {
      this.#handedOut = entry
      resolve({ done: false, value: entry.chunk })
    } else if (this.#failure) {
      this.#reject?.(this.#failure.error)
    } else if (this.#ended) {
      resolve({ done: true, value: undefined })
    } else {
      this.#resolve = resolve
    }
  }

  /** The next chunk that holds bytes, with the small ones behind it. A failure overtakes what is queued, as a destroyed socket drops it. */
  #take(): Entry | undefined {
    while (!this.#failure && this.#first < this.#queue.length) {
      const entry = this.#shift()
      if (entry.chunk.length > 0) return this.#first < this.#queue.length ? this.#withNext(entry) : entry
      entry.callback?.(null)
    }
    return undefined
  }

  #shift(): Entry {
    // The usual case, without the dear setting of a length.
    if (this.#first === 0 && this.#queue.length === 1) return this.#queue.pop() as Entry
    const entry = this.#queue[this.#first++] as Entry
    if (this.#first === this.#queue.length) {
      this.#queue.length = 0
      this.#first = 0
    }
    return entry
  }

  #withNext(first: Entry): Entry {
    const taken = [first]
    let length = first.chunk.length
    for (let next = this.#queue[this.#first]; next !== undefined; next = this.#queue[this.#first]) {
      length += next.chunk.length
      if (length > JOIN_LIMIT || !mayFollow(taken.at(-1)?.chunk as BodyChunk, next.chunk)) break
      taken.push(this.#shift())
    }
    return taken.length === 1 ? first : joined(taken)
  }
}

/** Whether two chunks are sent alike as one: not halves of a character, each of which would have been sent as none (U+FFFD). */
function mayFollow(chunk: BodyChunk, next: BodyChunk): boolean {
  if (typeof chunk !== 'string' || typeof next !== 'string') return typeof chunk === typeof next
  return (chunk.charCodeAt(chunk.length - 1) & 0xfc00) !== 0xd800
}

function joined(entries: readonly Entry[]): Entry {
  const chunks = entries.map(({ chunk }) => chunk)
  const callbacks = entries.flatMap(({ callback }) => callback ?? [])
  return {
    chunk: typeof chunks[0] === 'string' ? chunks.join('') : Buffer.concat(chunks as Uint8Array[]),
    callback: callbacks.length === 0 ? null : error => callAll(callbacks, error),
  }
}

function callAll(callbacks: readonly SendCallback[], error: Error | null | undefined): void {
  for (const callback of callbacks) callback(error)
}
