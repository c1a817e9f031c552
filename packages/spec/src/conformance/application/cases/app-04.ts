import type { RequestInit } from '../../../testing/create-request.ts'
import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import type { ApplicationBench } from '../bench.ts'
import type { HeldResponse } from '../held-response.ts'

/** Milliseconds of a stream that are looked at. */
const LOOK = 250

/** Bytes of a stream that are kept for comparison. */
const KEPT = 4 * 1024 * 1024

export const app04: readonly ConformanceCase<ApplicationBench>[] = defineCases('APP-04', {
  'leaves the pieces of a body alone while the next ones are made': bench =>
    bench.forEach(async held => {
      const seen = new Seen(held)
      await seen.read()
      seen.expectUnchanged('while the rest of the body was made')
    }),

  'leaves the bytes of one response alone while the next is made': bench =>
    bench.forEach(async (held, init) => {
      const seen = new Seen(held)
      await seen.read(1)
      await answerAnother(bench, init)
      seen.expectUnchanged('while another request was answered')
    }),
})

async function answerAnother(bench: ApplicationBench, init: RequestInit): Promise<void> {
  const other = await bench.ask(init)
  await other?.readFor(LOOK).catch(() => undefined)
}

/** Pieces that were handed over, beside copies of what they were. */
class Seen {
  readonly #held: HeldResponse
  readonly #pieces: { readonly piece: Uint8Array; readonly copy: Uint8Array }[] = []
  #bytes = 0

  constructor(held: HeldResponse) {
    this.#held = held
  }

  /** Reads for a while; at most `limit` pieces. A body that fails is none of this requirement's business. */
  async read(limit: number = Number.POSITIVE_INFINITY): Promise<void> {
    if (limit === 1) {
      const piece = await Promise.race([this.#held.next().catch(() => undefined), turnOf(LOOK)])
      if (piece !== undefined) this.#take(piece)
      return
    }
    await this.#held.readFor(LOOK, piece => this.#take(piece)).catch(() => undefined)
  }

  expectUnchanged(when: string): void {
    for (const [index, { piece, copy }] of this.#pieces.entries()) {
      const isSame = Buffer.compare(piece, copy) === 0
      expectThat(isSame, `${this.#held.label}: piece ${index + 1} of the body was changed ${when}`, {
        expected: copy,
        seen: piece,
      })
    }
  }

  #take(piece: Uint8Array): void {
    if (this.#bytes > KEPT) return
    this.#bytes += piece.length
    this.#pieces.push({ piece, copy: Uint8Array.from(piece) })
  }
}

function turnOf(time: number): Promise<undefined> {
  return new Promise(resolve => setTimeout(resolve, time, undefined))
}
