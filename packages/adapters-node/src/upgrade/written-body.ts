// The content of a response that a program writes to a socket by itself, taken out of its framing.
import { invalidWrittenResponse } from '../node-errors.ts'
import type { WrittenHead } from './written-head.ts'

/** The longest line of chunked framing that is waited for, in bytes: a size, an extension or a trailer. */
const LINE_LIMIT = 16 * 1024

/** Takes the bytes behind a head and gives those of the content. */
export class WrittenBody {
  /** Whether the content has come whole, as far as its framing tells. */
  isOver: boolean
  readonly #framing: WrittenHead['framing']
  /** Bytes to come of the content, or of the chunk. */
  #left: number
  /** A line that has not come whole. */
  #line = ''
  #expects: 'size' | 'data' | 'data end' | 'trailer' = 'size'

  constructor({ framing, length }: WrittenHead) {
    this.#framing = framing
    this.#left = framing === 'length' ? length : 0
    this.isOver = framing === 'none' || (framing === 'length' && length === 0)
  }

  /** Whether ending here is no truncation. */
  get mayEnd(): boolean {
    return this.isOver || this.#framing === 'close'
  }

  /** The pieces of content in these bytes. What comes behind the end is dropped. Throws `NSGI_INVALID_WRITTEN_RESPONSE` for broken chunks. */
  take(bytes: Buffer): Buffer[] {
    if (this.isOver || bytes.length === 0) return []
    switch (this.#framing) {
      case 'close':
        return [bytes]
      case 'length':
        return [this.#some(bytes)]
      case 'chunked':
        return this.#chunks(bytes)
      case 'none':
        return []
    }
  }

  #some(bytes: Buffer): Buffer {
    const piece = bytes.subarray(0, this.#left)
    this.#left -= piece.length
    this.isOver = this.#framing === 'length' && this.#left === 0
    return piece
  }

  #chunks(bytes: Buffer): Buffer[] {
    const pieces: Buffer[] = []
    for (let at = 0; at < bytes.length && !this.isOver; ) {
      if (this.#expects === 'data') {
        const piece = this.#some(bytes.subarray(at))
        at += piece.length
        pieces.push(piece)
        if (this.#left === 0) this.#expects = 'data end'
        continue
      }
      const newline = bytes.indexOf(0x0a, at)
      this.#line += bytes.toString('latin1', at, newline < 0 ? bytes.length : newline + 1)
      if (this.#line.length > LINE_LIMIT) throw invalidWrittenResponse('a line of its chunked framing does not end')
      if (newline < 0) break
      at = newline + 1
      this.#lineComplete()
    }
    return pieces
  }

  #lineComplete(): void {
    const line = this.#line.trimEnd()
    this.#line = ''
    switch (this.#expects) {
      case 'size':
        if (!/^[\da-f]{1,12}(?:[ \t]*;.*)?$/i.test(line))
          throw invalidWrittenResponse('the size of a chunk is no number')
        this.#left = Number.parseInt(line, 16)
        this.#expects = this.#left === 0 ? 'trailer' : 'data'
        return
      case 'data end':
        if (line !== '') throw invalidWrittenResponse('a chunk is longer than its size')
        this.#expects = 'size'
        return
      case 'trailer':
        this.isOver = line === ''
        return
      case 'data':
    }
  }
}
