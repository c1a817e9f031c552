import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { valuesOf } from '../wire/response.ts'

export const res24: readonly ConformanceCase<Bench>[] = defineCases('RES-24', {
  'adds no server field': async bench => {
    const { response } = await bench.exchange()
    expectEqual(valuesOf(response, 'server'), [], 'server')
  },

  'keeps the one of the application': async bench => {
    const { response } = await bench.exchange({ script: { response: { headers: { server: 'probe/1' } } } })
    expectEqual(valuesOf(response, 'server'), ['probe/1'], 'server')
  },
})
