import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import type { ApplicationBench } from '../bench.ts'
import type { HeldResponse } from '../held-response.ts'

/** Status codes that have no content: what they declare is not counted. */
const WITHOUT_CONTENT: ReadonlySet<number> = new Set([101, 204, 205, 304])

/** Milliseconds after which a body that declares its length and has not ended is taken for endless. */
const PATIENCE = 5000

export const app03: readonly ConformanceCase<ApplicationBench>[] = defineCases('APP-03', {
  'declares the length that the body has': bench =>
    bench.forEach(async (held, { method }) => {
      const declared = declaredBy(held)
      if (declared === undefined || method === 'HEAD' || WITHOUT_CONTENT.has(held.response.status)) return
      expectThat(/^\d+$/.test(declared), `${held.label}: content-length is ${JSON.stringify(declared)}`)
      const { bytes, state } = await sizeOf(held)
      const matches = state === 'ended' && bytes === Number(declared)
      const count = state === 'ended' ? String(bytes) : `at least ${bytes}`
      expectThat(matches, `${held.label}: content-length says ${declared}, the body has ${count} bytes`, {
        expected: declared,
        seen: count,
      })
    }),

  'declares to HEAD the length that GET has': bench =>
    bench.forEach(async (held, init) => {
      const declared = declaredBy(held)
      if (init.method !== 'HEAD' || declared === undefined) return
      const sizes = new Set<number>()
      // Where two answers to GET differ, no length is right for HEAD.
      for (let count = 0; count < 2; count += 1) {
        const get = await bench.ask({ ...init, method: 'GET' })
        if (get === undefined || get.response.status !== held.response.status) return
        sizes.add((await sizeOf(get)).bytes)
      }
      const [size] = sizes
      const isRight = sizes.size > 1 || size === Number(declared)
      expectThat(isRight, `${held.label}: content-length says ${declared}, the body of GET has ${size} bytes`)
    }),
})

function declaredBy({ response }: HeldResponse): string | undefined {
  const value = response.headers?.['content-length']
  return value === undefined ? undefined : String(value)
}

async function sizeOf(held: HeldResponse): Promise<{ bytes: number; state: 'ended' | 'open' }> {
  let bytes = 0
  const state = await held.readFor(PATIENCE, piece => {
    bytes += piece.length
  })
  return { bytes, state }
}
