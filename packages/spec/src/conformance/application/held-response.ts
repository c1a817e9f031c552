import { types } from 'node:util'
import { closeBody } from '../../middleware/close-body.ts'
import type { BodyChunk, GatewayResponse } from '../../response.ts'
import { chunkBytes, isIterable, iteratorOf } from '../../testing/chunk.ts'

/** What reading on for a while came to. */
export type ReadingState = 'ended' | 'open'

/** A response that the suite plays the server of: read a piece at a time, and ended in every case. */
export class HeldResponse {
  readonly response: GatewayResponse
  /** Which request it answers: `GET /`. */
  readonly label: string
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown> | undefined
  #single: BodyChunk | undefined
  #unreadable: { readonly error: unknown } | undefined
  #pending: Promise<Uint8Array | undefined> | undefined
  #hasEnded = false
  #isOver = false

  constructor(response: GatewayResponse, label: string) {
    this.response = response
    this.label = label
    const { body } = response
    if (typeof body === 'string' || types.isUint8Array(body)) this.#single = body
    else if (isIterable(body)) {
      try {
        this.#iterator = iteratorOf(body)
      } catch (error) {
        this.#unreadable = { error }
      }
    }
  }

  /** What the body is iterated by, where it is. */
  get iterator(): object | undefined {
    return this.#iterator
  }

  /** Why the body cannot be iterated, where that is so: it is somebody else's already. */
  get unreadable(): { readonly error: unknown } | undefined {
    return this.#unreadable
  }

  /** The next piece, `undefined` at the end; rejects where the body fails. Asked again, it waits for the same one. */
  next(): Promise<Uint8Array | undefined> {
    this.#pending ??= this.#advance().finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  /** Reads on until the end, or a failure, or the time is up, in milliseconds; gives each piece to `take`. */
  async readFor(time: number, take: (piece: Uint8Array) => void = () => {}): Promise<ReadingState> {
    const deadline = performance.now() + time
    for (;;) {
      const left = deadline - performance.now()
      if (left <= 0) return 'open'
      const piece = await within(left, this.next())
      if (piece === 'late') return 'open'
      if (piece === undefined) return 'ended'
      take(piece)
      // A body that always has more must not keep the timer from its turn.
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  /**
   * Closes what is left of the body and calls `finished`, the first time.
   *
   * @throws what `finished` throws, or its promise rejects with
   */
  async end(error?: unknown): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    const { body, finished } = this.response
    if (!this.#hasEnded) closeBody(body, this.#iterator)
    const returned: unknown = finished?.call(this.response, error)
    if (types.isPromise(returned)) await within(TURN, returned)
  }

  async #advance(): Promise<Uint8Array | undefined> {
    if (this.#hasEnded) return undefined
    if (this.#unreadable !== undefined) throw this.#unreadable.error
    if (this.#iterator === undefined) {
      const single = this.#single
      this.#hasEnded = true
      return single === undefined ? undefined : chunkBytes(single)
    }
    try {
      const step = await this.#iterator.next()
      if (step.done !== true) return chunkBytes(step.value)
    } catch (error) {
      this.#hasEnded = true
      throw error
    }
    this.#hasEnded = true
    return undefined
  }
}

/** Milliseconds that a `finished` which answers with a promise gets to fail. */
const TURN = 50

async function within<Value>(time: number, promise: Promise<Value>): Promise<Value | 'late'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>(resolve => {
    timer = setTimeout(resolve, time, 'late')
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
