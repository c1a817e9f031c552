// Writes one gateway response to a node:http response and reports how it ended.
import type { ServerResponse } from 'node:http'
import type { BodyChunk, GatewayResponse } from '@nsgi/spec'
import { type CheckedResponse, checkResponse, chunkLength } from './response-head.ts'

const nothing = Buffer.alloc(0)

type Chunks = AsyncIterator<BodyChunk> | Iterator<BodyChunk>

/** What a writer tells its server: one of the two, once. */
export interface WriterEvents {
  /** Nothing was sent: the response is invalid, or its body failed before its first chunk. */
  rejected(error: unknown): void
  /** It is over; without an error after the last byte reached the transport. */
  over(error: unknown): void
}

export class ResponseWriter {
  readonly #res: ServerResponse
  readonly #response: GatewayResponse
  readonly #events: WriterEvents
  #checked: CheckedResponse | undefined
  #iterator: Chunks | undefined
  #written = 0
  #over = false

  constructor(res: ServerResponse, response: GatewayResponse, events: WriterEvents) {
    this.#res = res
    this.#response = response
    this.#events = events
  }

  start(): void {
    const { method } = this.#res.req
    try {
      this.#checked = checkResponse(this.#response, method as string)
    } catch (error) {
      this.#fail(error)
      return
    }
    const { status, single, chunks } = this.#checked
    const bodiless = method === 'HEAD' || status === 204 || status === 304
    if (single === undefined && !bodiless) {
      this.#stream(chunks as AsyncIterable<BodyChunk>)
      return
    }
    this.#sendHead()
    this.#res.end(bodiless ? undefined : asBytes(single as BodyChunk), () => this.#finish())
  }

  /** The client is lost: the iterator is told once and not waited for (NSGI END-05, END-10). */
  lose(error: Error): void {
    if (this.#over) return
    this.#over = true
    this.#discard()
    this.#events.over(error)
  }

  #stream(chunks: AsyncIterable<BodyChunk> | Iterable<BodyChunk>): void {
    try {
      this.#iterator =
        (chunks as AsyncIterable<BodyChunk>)[Symbol.asyncIterator]?.() ??
        (chunks as Iterable<BodyChunk>)[Symbol.iterator]()
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#pull()
    // The head waits for a chunk that settles in this turn, and for no other (NSGI RES-25).
    setImmediate(() => {
      if (this.#over || this.#written > 0) return
      this.#sendHead()
      this.#res.write(nothing)
    })
  }

  #sendHead(): void {
    if (this.#res.headersSent) return
    const { status, reason, headers } = this.#checked as CheckedResponse
    if (reason === undefined) this.#res.writeHead(status, headers)
    else this.#res.writeHead(status, reason, headers)
  }

  #pull(): void {
    let result: unknown
    try {
      result = (this.#iterator as Chunks).next()
    } catch (error) {
      this.#iterator = undefined
      this.#fail(error)
      return
    }
    Promise.resolve(result as IteratorResult<BodyChunk>).then(
      settled => this.#settled(settled),
      error => {
        // An iterator that threw is done: it is not told to return (NSGI END-09).
        this.#iterator = undefined
        this.#fail(error)
      },
    )
  }

  #settled(result: IteratorResult<BodyChunk>): void {
    if (this.#over) return
    try {
      if (result.done) this.#end()
      else this.#write(result.value)
    } catch (error) {
      this.#fail(error)
    }
  }

  #write(chunk: BodyChunk): void {
    const length = chunkLength(chunk)
    const limit = this.#checked?.declaredLength ?? Number.POSITIVE_INFINITY
    if (this.#written + length > limit) throw new RangeError(`The body exceeds its content-length of ${limit} bytes`)
    this.#written += length
    if (length > 0) this.#sendHead()
    if (length === 0 || this.#res.write(asBytes(chunk))) this.#pull()
    else this.#res.once('drain', () => !this.#over && this.#pull())
  }

  #end(): void {
    this.#iterator = undefined
    const limit = this.#checked?.declaredLength ?? this.#written
    if (this.#written < limit)
      throw new RangeError(`The body ended ${limit - this.#written} bytes before its content-length`)
    this.#sendHead()
    const trailers = this.#response.trailers?.()
    if (trailers) this.#res.addTrailers(trailers as Record<string, string>)
    this.#res.end(() => this.#finish())
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    // A body that the framing does not allow was never iterated, so there is nothing to return from.
    this.#events.over(undefined)
  }

  /** A 500 while there is no head, a visible truncation after it (NSGI RES-32, RES-33). */
  #fail(error: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#discard()
    if (this.#res.headersSent) {
      // Node writes in the next turn; what was sent before the failure is to arrive.
      setImmediate(() => this.#res.destroy())
      this.#events.over(error)
    } else {
      this.#events.rejected(error)
    }
  }

  #discard(): void {
    const iterator = this.#iterator
    this.#iterator = undefined
    try {
      const returned = iterator?.return?.() as PromiseLike<unknown> | undefined
      if (typeof returned?.then === 'function') returned.then(undefined, () => {})
    } catch {
      // What it throws while it is being discarded has no reader: the reason it is discarded is the one reported.
    }
  }
}

/** Node encodes a head as UTF-8 when a string follows it, and as latin1 before bytes, which is what a head is (NSGI RES-08). */
function asBytes(chunk: BodyChunk): Uint8Array {
  return typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}
