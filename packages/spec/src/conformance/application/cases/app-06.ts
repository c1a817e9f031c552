import { type ConformanceCase, defineCases } from '../../case.ts'
import { describe, fail } from '../../failure.ts'
import type { ApplicationBench } from '../bench.ts'
import type { HeldResponse } from '../held-response.ts'

/** Milliseconds that a body gets; one that runs on is closed as one that its client left. */
const LOOK = 250

export const app06: readonly ConformanceCase<ApplicationBench>[] = defineCases('APP-06', {
  'has a finished that does not throw after success': bench =>
    bench.forEach(async held => {
      const state = await held.readFor(LOOK).catch((error: unknown) => ({ error }))
      if (state === 'ended') await expectQuiet(held, undefined)
    }),

  'has a finished that does not throw after a loss': bench =>
    bench.forEach(held => expectQuiet(held, new Error('the client was lost'))),
})

async function expectQuiet(held: HeldResponse, error: Error | undefined): Promise<void> {
  try {
    await held.end(error)
  } catch (thrown) {
    const told = error === undefined ? 'no error' : 'an error'
    fail(`${held.label}: finished, told of ${told}, threw ${describe(thrown)}`, { cause: thrown })
  }
}
