// Whether bytes that were handed over are still what they were (APP-04).
import { crc32 } from 'node:zlib'

interface Sealed {
  readonly chunk: Uint8Array
  readonly sum: number
  readonly length: number
}

/** Chunks that are kept at once: enough for the few buffers that a careless application uses in turn, and a bounded amount of memory. */
const KEPT = 8

/** Remembers the sums of chunks, not copies of them: a long stream costs neither memory nor a second write of its bytes. */
export class ChunkSeals {
  #kept: Sealed[] = []
  #isBroken = false

  /** Seals a chunk that is handed over now. */
  add(chunk: Uint8Array): void {
    this.#kept.push({ chunk, sum: crc32(chunk), length: chunk.length })
    if (this.#kept.length > KEPT) this.#isBroken ||= isChanged(this.#kept.shift() as Sealed)
  }

  /** Whether a change was seen since it was asked last; looks at the chunk that was handed over last. */
  areBroken(): boolean {
    const last = this.#kept.at(-1)
    if (last !== undefined && isChanged(last)) {
      this.#kept.pop()
      this.#isBroken = true
    }
    const result = this.#isBroken
    this.#isBroken = false
    return result
  }

  /** The same, looking at all that are still known; they are forgotten. */
  open(): boolean {
    const result = this.#kept.some(isChanged) || this.#isBroken
    this.#kept = []
    this.#isBroken = false
    return result
  }
}

function isChanged({ chunk, sum, length }: Sealed): boolean {
  // A chunk whose memory was transferred elsewhere has no length any more.
  return chunk.length !== length || crc32(chunk) !== sum
}
