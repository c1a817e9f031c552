// What comes in: bytes of the connection, heads, and bodies.

/** Bytes kept of what nobody has asked for. */
const READ_AHEAD = 65_536

/** Reads a socket: always, so that a loss is noticed, but never far ahead. */
export class Input {
  #socket
  #bytes = Buffer.alloc(0)
  #ended = false
  #wake = () => {}
  #more = chunk => {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    if (this.#bytes.length > READ_AHEAD) this.#socket.pause()
    this.#wake()
  }
  #over = () => {
    this.#ended = true
    this.#wake()
  }

  constructor(socket) {
    this.#socket = socket
    socket.on('data', this.#more).on('end', this.#over).on('close', this.#over).on('error', this.#over)
  }

  /** Whether there are bytes that nobody has taken. */
  get more() {
    return this.#bytes.length > 0
  }

  /** The text of the next head without its empty line; `undefined` at the end. Rejects for a bare CR or LF. */
  async head() {
    for (;;) {
      const text = this.#bytes.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      if (
        /(?:^|[^\r])\n|\r[^\n]/.test(end === -1 ? text : text.slice(0, end)) ||
        (end === -1 && text.length > READ_AHEAD)
      ) {
        throw new Error('this is no head')
      }
      if (end !== -1)
        return this.#take(end + 4)
          .toString('latin1')
          .slice(0, -4)
      if (!(await this.#wait())) return undefined
    }
  }

  /** A line of at most so many bytes. */
  async line(most = 4096) {
    for (;;) {
      const end = this.#bytes.indexOf('\n')
      if (end > 0 && this.#bytes[end - 1] === 13)
        return this.#take(end + 1)
          .toString('latin1')
          .slice(0, -2)
      if (end !== -1 || this.#bytes.length > most || !(await this.#wait())) throw new Error('the body is broken')
    }
  }

  /** Some bytes, at most so many. */
  async some(most) {
    if (this.#bytes.length === 0 && !(await this.#wait())) throw new Error('the body was cut short')
    return this.#take(Math.min(most, this.#bytes.length))
  }

  /** Reads and forgets whatever still comes. */
  drop() {
    this.release(false)
    this.#socket
      .on('data', () => {})
      .on('error', () => {})
      .resume()
  }

  /** Gives the socket back, with what was read of it. */
  release(giveBack = true) {
    this.#socket.off('data', this.#more).pause()
    if (giveBack && this.#bytes.length > 0) this.#socket.unshift(this.#bytes)
    // Neither flowing nor paused, as a new stream: whoever listens for data gets it.
    this.#socket.readableFlowing = null
  }

  #take(count) {
    const taken = Buffer.from(this.#bytes.subarray(0, count))
    this.#bytes = this.#bytes.subarray(count)
    if (this.#bytes.length <= READ_AHEAD) this.#socket.resume()
    return taken
  }

  /** Waits for bytes; resolves to false at the end. */
  async #wait() {
    if (this.#ended) return false
    const before = this.#bytes.length
    await new Promise(resolve => (this.#wake = resolve))
    return this.#bytes.length > before || !this.#ended
  }
}

/** The body of one request. */
export class Body {
  trailers
  headSent = false
  asked = false
  tooLong = false
  #left
  #allowed
  #chunked
  #askFor
  #broken

  constructor(input, { headers, httpVersion }, { limit, askFor }) {
    this.input = input
    this.#allowed = limit
    this.#chunked = headers['transfer-encoding'] !== undefined
    this.#left = this.#chunked ? 0 : Number(headers['content-length'] ?? 0)
    this.expected = httpVersion === '1.1' && /^100-continue$/i.test(headers.expect) && this.exists
    this.#askFor = askFor
    if (!this.exists) this.trailers = Object.create(null)
  }

  get exists() {
    return this.#chunked || this.#left > 0
  }

  /** What is handed to the application: an iterable to be used once. */
  get iterable() {
    if (!this.exists) return null
    let used = false
    return {
      [Symbol.asyncIterator]: () => {
        if (used) throw new TypeError('the body was read already')
        used = true
        return { next: () => this.#next(), return: async () => ({ done: true, value: undefined }) }
      },
    }
  }

  /** Reads what nobody read. Resolves to whether another request may follow. */
  async drain() {
    try {
      while (this.trailers === undefined) await this.#next()
      return true
    } catch {
      return false
    }
  }

  async #next() {
    if (this.#broken) throw this.#broken
    if (this.trailers !== undefined) return { done: true, value: undefined }
    if (this.expected && !this.asked && !this.headSent) this.#askFor()
    this.asked = true
    try {
      const value = await this.#chunk()
      return value === undefined ? { done: true, value } : { done: false, value }
    } catch (error) {
      this.#broken = error
      throw error
    }
  }

  async #chunk() {
    if (this.#left === 0 && this.#chunked) {
      const size = /^([\da-f]{1,12})(?:[ \t]*;[^\0\r]*)?$/i.exec(await this.input.line())
      if (!size) throw new Error('this is no size of a chunk')
      this.#left = Number.parseInt(size[1], 16)
    }
    if (this.#left > this.#allowed) {
      this.tooLong = true
      throw new Error('the body is longer than the limit')
    }
    if (this.#left === 0) {
      await this.#end()
      return undefined
    }
    const chunk = await this.input.some(this.#left)
    this.#left -= chunk.length
    this.#allowed -= chunk.length
    if (this.#left > 0) return chunk
    if (this.#chunked && (await this.input.line(2)) !== '') throw new Error('a chunk is longer than its size')
    if (!this.#chunked) await this.#end()
    return chunk
  }

  async #end() {
    const trailers = Object.create(null)
    for (let line; this.#chunked && (line = await this.input.line()) !== ''; ) {
      const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
      if (name === undefined) throw new Error('this is no trailer')
      const key = name.toLowerCase()
      trailers[key] = key in trailers ? `${trailers[key]}, ${value}` : value
    }
    this.trailers = trailers
  }
}
