// Writes one gateway response to a node:http response: its head, and its body chunk by chunk (NSGI §6.2 to §6.5).
import type { ServerResponse } from 'node:http'
import type { BodyChunk, GatewayResponse } from '@nsgi/spec'
import { type Chunks, closeBody, iteratorOf } from './body-closing.ts'
import { sendableTrailers } from './headers.ts'
import { type CheckedResponse, checkResponse, chunkLength, type Framing } from './response-head.ts'

const nothing = Buffer.alloc(0)

/** Whom a writer tells of a failure: one of the two, once. That the response is out, the node:http response tells. */
export interface WriterOwner {
  /** Nothing was sent: the response is invalid, or its body failed before its first chunk. The body is closed. */
  rejected(error: unknown): void
  /** The body failed after the head. It is the owner's to stop the writer in time. */
  broken(error: unknown, framing: Framing): void
}

export class ResponseWriter {
  readonly #res: ServerResponse
  readonly #response: GatewayResponse
  readonly #owner: WriterOwner
  #checked: CheckedResponse | undefined
  #iterator: Chunks | undefined
  /** The body was read to its end, or threw: there is nothing to close. */
  #read = false
  #written = 0
  #stopped = false

  constructor(res: ServerResponse, response: GatewayResponse, owner: WriterOwner) {
    this.#res = res
    this.#response = response
    this.#owner = owner
  }

  start(): void {
    try {
      this.#checked = checkResponse(this.#response, this.#res.req)
      const { framing, body } = this.#checked
      if (framing === 'none' || framing === 'single') {
        this.#sendHead()
        this.#res.end(framing === 'none' ? undefined : asBytes((body ?? nothing) as BodyChunk))
        this.stop()
        return
      }
      this.#iterate(body as AsyncIterable<BodyChunk> & Iterable<BodyChunk>)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Stops for good; a body that was not read to its end is closed (NSGI END-09). */
  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    if (this.#read) return
    try {
      closeBody(this.#checked ? this.#checked.body : this.#response?.body, this.#iterator)
    } catch {
      // An accessor that throws has nothing to close.
    }
  }

  #iterate(body: AsyncIterable<BodyChunk> & Iterable<BodyChunk>): void {
    this.#iterator = iteratorOf(body)
    this.#pull()
    // The head waits for a chunk that settles in this turn, and for no other (NSGI RES-25).
    setImmediate(() => {
      if (this.#stopped || this.#res.headersSent) return
      try {
        this.#sendHead()
        this.#res.write(nothing)
      } catch (error) {
        this.#fail(error)
      }
    })
  }

  #sendHead(): void {
    if (this.#res.headersSent) return
    const { status, reason, headers } = this.#checked as CheckedResponse
    if (reason === undefined) this.#res.writeHead(status, headers)
    else this.#res.writeHead(status, reason, headers)
  }

  #pull(): void {
    try {
      const result = (this.#iterator as Chunks).next()
      Promise.resolve(result).then(
        settled => this.#settled(settled),
        error => this.#threw(error),
      )
    } catch (error) {
      this.#threw(error)
    }
  }

  /** An iterator that threw is done: it is not told to return (NSGI END-09). */
  #threw(error: unknown): void {
    this.#read = true
    this.#fail(error)
  }

  #settled(result: IteratorResult<BodyChunk>): void {
    if (this.#stopped) return
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
    else this.#res.once('drain', () => !this.#stopped && this.#pull())
  }

  #end(): void {
    this.#read = true
    const { declaredLength, framing } = this.#checked as CheckedResponse
    const missing = (declaredLength ?? this.#written) - this.#written
    if (missing > 0) throw new RangeError(`The body ended ${missing} bytes before its content-length`)
    // Only chunked framing has a place for them (NSGI RES-30).
    const trailers = framing === 'chunked' ? sendableTrailers(this.#response.trailers?.()) : []
    this.#sendHead()
    if (trailers.length > 0) this.#res.addTrailers(trailers)
    this.#res.end()
    this.#stopped = true
  }

  #fail(error: unknown): void {
    if (this.#stopped) return
    if (this.#res.headersSent) {
      this.#owner.broken(error, (this.#checked as CheckedResponse).framing)
    } else {
      this.stop()
      this.#owner.rejected(error)
    }
  }
}

/** Node encodes a head as UTF-8 when a string follows it, and as latin1 before bytes, which is what a head is (NSGI RES-08). */
function asBytes(chunk: BodyChunk): Uint8Array {
  return typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}
