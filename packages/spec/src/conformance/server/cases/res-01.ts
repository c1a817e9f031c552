import { type ConformanceCase, defineCases } from '../../case.ts'
import { type Bench, expectProbe } from '../bench.ts'

export const res01: readonly ConformanceCase<Bench>[] = defineCases('RES-01', {
  'takes a response, a promise of one and a thenable of one': async bench => {
    for (const returns of ['value', 'promise', 'thenable'] as const) {
      const { response, request, connection } = await bench.exchange({ script: { returns } })
      expectProbe(response, request)
      await bench.followUp(connection, response)
    }
  },

  'takes a response whose then is no function for a response': async bench => {
    for (const then of ['later', true, { a: 1 }]) {
      // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
      const { response, request } = await bench.exchange({ script: { response: { then } } })
      expectProbe(response, request)
    }
  },
})
