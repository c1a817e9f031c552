import { type ConformanceCase, defineCases } from '../../case.ts'
import { CaseSkipped, expectThat, fail } from '../../failure.ts'
import type { ApplicationBench } from '../bench.ts'

export const app01: readonly ConformanceCase<ApplicationBench>[] = defineCases('APP-01', {
  'returns another response to each call': async bench => {
    try {
      await bench.forEach(async (first, init) => {
        const second = await bench.ask(init)
        const isSame = second?.response === first.response
        expectThat(!isSame, `${first.label}: two calls returned the same object`)
      })
    } catch (error) {
      // Here that there is no response at all is what the requirement is about.
      if (error instanceof CaseSkipped) fail(error.message)
      throw error
    }
  },

  'gives each response a body of its own': bench =>
    bench.forEach(async (first, init) => {
      const second = await bench.ask(init)
      const isShared = first.iterator !== undefined && second?.iterator === first.iterator
      const isTaken = second?.unreadable !== undefined || first.unreadable !== undefined
      expectThat(!isShared, `${first.label}: the bodies of two responses are read through the same iterator`)
      expectThat(
        !isTaken,
        `${first.label}: the body of a response cannot be read, since another response's reader has it`,
      )
    }),
})
