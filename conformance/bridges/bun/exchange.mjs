// One request and its response: what is sent, and how it ends (spec/nsgi.md §6.3, §7).
import { closeBody } from '@nsgi/spec/middleware'
import { headOf, isBytes, isEmpty, validate } from './response.mjs'

/** A turn of the event loop: a piece that is there by then goes out with the head. */
const turn = () => new Promise(resolve => setImmediate(resolve))

/** In place of an iterator that must not be returned any more. */
const ENDED = {}

const LOST = { done: true }

export class Exchange {
  /** Resolves when nothing is left to do. */
  over
  #setOver
  #application
  #context
  #request
  #client = new AbortController()
  #answer
  #iterator
  #isOver = false

  constructor({ application, context, request }, lost) {
    this.over = new Promise(resolve => (this.#setOver = resolve))
    this.#application = application
    this.#context = context
    // A member of its own: the engine's signal may abort after success.
    this.#request = Object.assign(request, { signal: this.#client.signal })
    lost.addEventListener('abort', () => this.#fail(new Error('the client is lost')), { once: true })
  }

  /** What Bun is to send. */
  async response() {
    try {
      const returned = this.#application(this.#request, this.#context)
      this.#answer = typeof returned?.then === 'function' ? await returned : returned
      // The loss was told before there was a response: it is one that nobody gets.
      if (this.#isOver) this.#discard(new Error('the client is lost'))
      validate(this.#answer, this.#request)
      return await this.#send(this.#answer)
    } catch (error) {
      this.#context.log.error(error)
      this.#finish(error)
      return new Response(null, { status: 500 })
    }
  }

  async #send(answer) {
    const { status, body } = answer
    const head = headOf(answer)
    if (this.#isLast()) head.headers.set('connection', 'close')
    if (isEmpty(status, this.#request.method)) {
      closeBody(body)
      const length = lengthOfEmpty(answer, this.#request)
      if (length !== undefined) head.headers.set('content-length', String(length))
      this.#finishSoon()
      return new Response(null, head)
    }
    if (isBytes(body)) {
      this.#finishSoon()
      return new Response(Buffer.from(body ?? ''), head)
    }
    const declared = head.headers.get('content-length')
    const left = declared === null ? undefined : Number(declared)
    // What fails at once can still be answered with a 500.
    this.#iterator = body[Symbol.asyncIterator]?.() ?? body[Symbol.iterator]()
    const first = this.#next()
    first.catch(() => {})
    await Promise.race([first, turn()])
    const pull = sink => this.#pump(sink, { first, declared: left })
    return new Response(new ReadableStream({ type: 'direct', pull }), head)
  }

  /** Whether the connection ends behind this response: the client wants it, or the server stops. */
  #isLast() {
    return (
      this.#context.draining.aborted || /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(this.#request.headers.connection ?? '')
    )
  }

  /** Bun does not tell when bytes have reached the transport. A turn later it has at least written them. */
  #finishSoon() {
    setImmediate(() => this.#finish())
  }

  /** Sends pieces as they come, one `next()` at a time, none while the client takes none. */
  async #pump(sink, { first, declared = Infinity }) {
    let sent = 0
    try {
      for (let piece = await first; piece !== undefined; piece = await this.#next()) {
        sent += piece.length
        if (sent > declared) throw new Error('the body exceeds its length')
        // A promise while the client does not take it.
        await sink.write(piece)
        await sink.flush()
      }
      if (this.#isOver) return
      if (declared !== Infinity && sent !== declared) throw new Error('the body falls short of its length')
      await sink.end()
      this.#finish()
    } catch (error) {
      this.#context.log.error(error)
      // What was written has to be on its way before the connection is reset, which is what Bun does of a throw.
      await turn()
      this.#fail(error)
      throw error
    }
  }

  /** The next piece that is not empty; `undefined` at the end, and when the client is lost. */
  async #next() {
    for (;;) {
      const { done, value } = await Promise.race([this.#pull(), this.over.then(() => LOST)])
      if (done) return undefined
      if (typeof value !== 'string' && !(value instanceof Uint8Array)) throw new TypeError('this is no piece of a body')
      const piece = Buffer.from(value)
      if (piece.length > 0) return piece
    }
  }

  /** One `next()`; an iterator that has ended or thrown is not to be returned. */
  async #pull() {
    try {
      const result = await this.#iterator.next()
      if (result.done) this.#iterator = ENDED
      return result
    } catch (error) {
      this.#iterator = ENDED
      throw error
    }
  }

  /** The order of §7.3: the signal, the body, `finished`. */
  #fail(error) {
    if (this.#isOver) return
    this.#client.abort(error)
    this.#finish(error)
  }

  #finish(error) {
    if (this.#isOver) return
    this.#isOver = true
    this.#setOver()
    if (error !== undefined) this.#discard(error)
    else this.#tell([])
  }

  #discard(error) {
    if (typeof this.#answer !== 'object' || this.#answer === null) return
    closeBody(this.#answer.body, this.#iterator)
    this.#tell([error])
  }

  #tell(args) {
    try {
      this.#answer.finished?.(...args)
    } catch (error) {
      this.#context.log.error(error)
    }
  }
}

/** The content-length of a response without content, where it is known and allowed (RES-17 to RES-20). */
function lengthOfEmpty({ status, body, headers }, { method }) {
  if (status === 205) return 0
  if (method !== 'HEAD' || status === 204 || status === 304 || headers?.['content-length'] !== undefined)
    return undefined
  return isBytes(body) && body !== null && body !== undefined ? Buffer.byteLength(body) : undefined
}
