import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendContinue } from './information.ts'

/** The body of a node:http request: single-use, 100 Continue at its first read, the rest left to node when it is left early. */
export class RequestBody implements AsyncIterable<Uint8Array> {
  /** The last chunk was read: the trailers are known. */
  ended = false
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  #used = false
  #failure: Error | undefined

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.#req = req
    this.#res = res
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    if (this.#used) throw new TypeError('The body of a request can be read only once')
    this.#used = true
    return this.#read()
  }

  /** No more of it will come, nor its end: reading rejects, now and later (NSGI BOD-07). */
  fail(error: Error): void {
    this.#failure ??= error
    // Not destroyed: node would destroy the connection with it, before its answer is out.
    if (this.#req.listenerCount('error') > 0) this.#req.emit('error', error)
  }

  async *#read(): AsyncGenerator<Uint8Array, undefined> {
    if (this.#failure) throw this.#failure
    if (this.#req.headers.expect?.toLowerCase() === '100-continue') sendContinue(this.#res)
    // destroyOnReturn would destroy the socket, and with it the response, when the application stops reading.
    for await (const chunk of this.#req.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array
    if (!this.#req.complete) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
    this.ended = true
  }
}
