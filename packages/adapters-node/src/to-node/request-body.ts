import type { IncomingMessage, ServerResponse } from 'node:http'

/** The body of a node:http request: single-use, 100 Continue at its first read, the rest left to node when it is left early. */
export class RequestBody implements AsyncIterable<Uint8Array> {
  /** The last chunk was read: the trailers are known. */
  ended = false
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  #used = false

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.#req = req
    this.#res = res
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    if (this.#used) throw new TypeError('The body of a request can be read only once')
    this.#used = true
    return this.#read()
  }

  async *#read(): AsyncGenerator<Uint8Array, undefined> {
    this.#continue()
    // destroyOnReturn would destroy the socket, and with it the response, when the application stops reading.
    for await (const chunk of this.#req.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array
    if (!this.#req.complete) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
    this.ended = true
  }

  #continue(): void {
    const { expect } = this.#req.headers
    const { _sent100 } = this.#res as { _sent100?: boolean }
    if (expect?.toLowerCase() === '100-continue' && !_sent100 && !this.#res.headersSent) this.#res.writeContinue()
  }
}
