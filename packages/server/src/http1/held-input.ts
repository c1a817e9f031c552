// Bytes that came while they could not be used: what is pipelined behind the request under way, unparsed.
import { Buffer } from 'node:buffer'
import { HELD_HIGH_WATER } from '../exchange/limits.ts'

export class HeldInput {
  private bytes: Buffer | undefined
  /** What is being used of it: memory of ours, of which the rest is held again without a copy. */
  private used: Buffer | undefined

  get isEmpty(): boolean {
    return this.bytes === undefined
  }

  /** Whether no more should be read behind the request under way. Below that, reading tells whether the client is still there. */
  get isFull(): boolean {
    return this.bytes !== undefined && this.bytes.length >= HELD_HIGH_WATER
  }

  /** Holds `input[start, end)` behind what is held. */
  add(input: Buffer, start: number, end: number): void {
    const rest = input.subarray(start, end)
    // A copy for each of many small requests would cost the square of their number.
    const more = input === this.used ? rest : Buffer.from(rest)
    this.bytes = this.bytes === undefined ? more : Buffer.concat([this.bytes, more])
  }

  /** All that is held, which then is not any more. */
  take(): Buffer | undefined {
    const { bytes } = this
    this.bytes = undefined
    return bytes
  }

  /** Has all that is held used; what of it cannot be used is added again. */
  use(consume: (bytes: Buffer) => void): void {
    const bytes = this.take()
    if (bytes === undefined) return
    this.used = bytes
    consume(bytes)
    this.used = undefined
  }
}
