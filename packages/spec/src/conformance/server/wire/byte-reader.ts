import { ConformanceFailure } from '../../failure.ts'

/** How a stream of bytes ended. */
export type StreamEnd = 'open' | 'end' | 'reset'

/** Longest line that is read: well above what any server should send as a line of its head. */
const LONGEST_LINE = 65_536

/**
 * Takes what a connection delivers, in the pieces that a parser asks for. It keeps everything for the report. Waits end by
 * a bound of silence, and by the signal of the case.
 */
export class ByteReader {
  /** Everything received so far, taken or not. */
  readonly pieces: Buffer[] = []
  /** What stopped the stream, if anything. */
  state: StreamEnd = 'open'
  #rest: Buffer = Buffer.alloc(0)
  #arrived: Buffer[] = []
  #wake: (() => void) | undefined
  readonly #silence: number
  readonly #signal: AbortSignal

  /** @param bounds `silence`: milliseconds without a byte after which a wait fails */
  constructor({ silence, signal }: { readonly silence: number; readonly signal: AbortSignal }) {
    this.#silence = silence
    this.#signal = signal
  }

  /** Bytes that came and were not taken yet. */
  get waiting(): Buffer {
    if (this.#arrived.length > 0) {
      this.#rest = Buffer.concat([this.#rest, ...this.#arrived])
      this.#arrived = []
    }
    return this.#rest
  }

  push(piece: Buffer): void {
    this.pieces.push(piece)
    this.#arrived.push(piece)
    this.#wake?.()
  }

  end(how: 'end' | 'reset'): void {
    if (this.state === 'open') this.state = how
    this.#wake?.()
  }

  /** One line without its CRLF. A bare LF or CR in it is a failure: servers end lines with both. */
  async line(what: string): Promise<string> {
    for (;;) {
      const end = this.waiting.indexOf('\n')
      if (end === -1 && this.waiting.length < LONGEST_LINE) {
        await this.#more(what)
        continue
      }
      const text = this.waiting.toString('latin1', 0, end)
      if (end === -1 || !text.endsWith('\r') || text.indexOf('\r') !== text.length - 1) {
        this.#fail(`${what} is no line that ends in CRLF`)
      }
      this.#take(end + 1)
      return text.slice(0, -1)
    }
  }

  /** Exactly so many bytes. */
  async bytes(count: number, what: string): Promise<Buffer> {
    const taken: Buffer[] = []
    let missing = count
    while (missing > 0) {
      if (this.waiting.length === 0) await this.#more(what)
      const piece = this.#take(Math.min(missing, this.waiting.length))
      missing -= piece.length
      taken.push(piece)
    }
    return Buffer.concat(taken)
  }

  /** Everything until the server closes its side. A reset is a failure here. */
  async toEnd(what: string): Promise<Buffer> {
    const taken: Buffer[] = []
    for (;;) {
      taken.push(this.#take(this.waiting.length))
      if (this.state === 'end') return Buffer.concat(taken)
      await this.#more(what)
    }
  }

  /** Waits for the stream to end in any way, and gives what came before that. */
  async toClose(what: string): Promise<{ readonly rest: Buffer; readonly how: 'end' | 'reset' }> {
    const taken: Buffer[] = []
    for (;;) {
      taken.push(this.#take(this.waiting.length))
      if (this.state !== 'open') return { rest: Buffer.concat(taken), how: this.state }
      await this.#more(what)
    }
  }

  /** Waits for at least one byte and takes nothing. */
  async some(what: string): Promise<void> {
    while (this.waiting.length === 0) await this.#more(what)
  }

  #take(count: number): Buffer {
    const taken = this.waiting.subarray(0, count)
    this.#rest = this.#rest.subarray(count)
    return taken
  }

  /** Waits for bytes or the end; fails at the end, after too long a silence, or when the case's time is up. */
  async #more(what: string): Promise<void> {
    if (this.#arrived.length > 0) return
    if (this.state === 'end') this.#fail(`the server closed the connection before ${what}`)
    if (this.state === 'reset') this.#fail(`the server reset the connection before ${what}`)
    const outcome = await new Promise<'woken' | 'silent' | 'overdue'>(resolve => {
      const timer = setTimeout(resolve, this.#silence, 'silent')
      const overdue = (): void => resolve('overdue')
      this.#signal.addEventListener('abort', overdue, { once: true })
      this.#wake = () => {
        clearTimeout(timer)
        this.#signal.removeEventListener('abort', overdue)
        resolve('woken')
      }
      if (this.#signal.aborted) overdue()
    })
    this.#wake = undefined
    if (outcome === 'silent') this.#fail(`nothing came for ${this.#silence / 1000} s where ${what} was due`)
    if (outcome === 'overdue') this.#fail(`the case's time was up where ${what} was due`)
  }

  #fail(message: string): never {
    throw new ConformanceFailure(message, { seen: this.pieces.length === 0 ? '(nothing)' : Buffer.concat(this.pieces) })
  }
}
