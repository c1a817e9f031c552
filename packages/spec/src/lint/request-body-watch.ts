// The body of a request, as the application reads it (BOD-02, BOD-04, BOD-06, BOD-10).
import { isUint8Array } from 'node:util/types'
import type { GatewayRequest, RequestHeaders } from '../request.ts'
import { describe } from '../testing/chunk.ts'
import { facade } from './facade.ts'
import type { Found } from './reporter.ts'
import { checkRecord } from './request-fields.ts'
import type { Members } from './request-members.ts'

type Body = AsyncIterable<Uint8Array>
type Step = IteratorResult<Uint8Array, unknown>

/** Where memory lies. */
interface Region {
  readonly buffer: ArrayBufferLike
  readonly start: number
  readonly end: number
}

/** Regions that are remembered; a server that reuses memory does so soon. */
const REMEMBERED = 16

/** Watches what a server yields. `request` is the one that has the trailers, `members` what it gave at first. */
export class RequestBodyWatch {
  readonly body: Body
  readonly #original: Body
  readonly #request: GatewayRequest
  /** The header fields before any trailer came. */
  readonly #headers: RequestHeaders
  readonly #found: Found
  readonly #regions: Region[] = []
  #iterations = 0
  /** It said `done`, failed or was returned: what `next()` gives from now on says nothing about the end. */
  #isOver = false

  constructor(request: GatewayRequest, members: Members, found: Found) {
    this.#request = request
    this.#headers = { ...(members.headers as RequestHeaders) }
    this.#found = found
    this.#original = members.body as Body
    this.body = facade(this.#original, new Map([[Symbol.asyncIterator, () => this.#iterate()]]))
  }

  #iterate(): AsyncIterator<Uint8Array, unknown> {
    const isFirst = this.#iterations++ === 0
    // A second one is to throw here or at its first step; what does not is found there.
    const iterator = this.#original[Symbol.asyncIterator]()
    if (typeof iterator !== 'object' || (iterator as unknown) === null) return iterator
    const next = (...args: []): Promise<Step> => {
      const wereThere = this.#request.trailers !== undefined
      return this.#step(iterator.next(...args), isFirst, wereThere)
    }
    const overrides = new Map<PropertyKey, unknown>([['next', next]])
    const watched: AsyncIterator<Uint8Array, unknown> = facade(iterator, overrides)
    overrides.set(Symbol.asyncIterator, () => watched)
    if (typeof iterator.return === 'function') {
      overrides.set('return', (...args: []) => {
        this.#isOver = true
        return iterator.return?.(...args)
      })
    }
    return watched
  }

  async #step(given: Promise<Step>, isFirst: boolean, wereThere: boolean): Promise<Step> {
    let step: Step
    try {
      step = await given
    } catch (error) {
      this.#isOver = true
      throw error
    }
    if (!isFirst) this.#found('BOD-04', 'a second iteration of the body did not throw')
    else if (step.done === true) this.#ended()
    else {
      if (wereThere) this.#found('BOD-10', 'trailers was there before the body had ended')
      this.#took(step.value)
    }
    return step
  }

  #took(chunk: unknown): void {
    if (!isUint8Array(chunk)) {
      this.#found('BOD-02', `the body yielded ${describe(chunk)}, not a Uint8Array`)
      return
    }
    if (chunk.length === 0) this.#found('BOD-02', 'the body yielded an empty chunk')
    const region = { buffer: chunk.buffer, start: chunk.byteOffset, end: chunk.byteOffset + chunk.length }
    const isReused = this.#regions.some(
      ({ buffer, start, end }) => buffer === region.buffer && start < region.end && region.start < end,
    )
    if (isReused) this.#found('BOD-06', 'the body yielded memory that it had yielded before')
    this.#regions.push(region)
    if (this.#regions.length > REMEMBERED) this.#regions.shift()
  }

  #ended(): void {
    if (this.#isOver) return
    this.#isOver = true
    const { trailers, headers } = this.#request
    if (trailers === undefined) this.#found('BOD-10', 'trailers is undefined, though the body has ended')
    else checkRecord('trailers', trailers, this.#found)
    for (const name of Object.keys(trailers ?? {})) {
      if (headers[name] !== this.#headers[name]) this.#found('BOD-10', `the trailer ${name} was merged into headers`)
    }
    void this.#probe()
  }

  /** Asks for what must not be had. Only now, as whoever asks a server that gives it would take chunks away. */
  async #probe(): Promise<void> {
    try {
      const iterator = this.#original[Symbol.asyncIterator]()
      await iterator.next()
      await iterator.return?.()
    } catch {
      return
    }
    this.#found('BOD-04', 'a second iteration of the body did not throw')
  }
}
