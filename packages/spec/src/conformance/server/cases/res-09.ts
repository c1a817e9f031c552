import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { valuesOf } from '../wire/response.ts'

export const res09: readonly ConformanceCase<Bench>[] = defineCases('RES-09', {
  'sends a line for each value of an array, in order': async bench => {
    const headers = {
      'set-cookie': ['a=1; path=/', 'b=2, 3', 'a=1'],
      'x-one': ['1'],
      'x-none': [],
      'x-many': ['1', '2', '3'],
    }
    const { response } = await bench.exchange({ script: { response: { headers } } })
    for (const [name, values] of Object.entries(headers)) expectEqual(valuesOf(response, name), values, name)
  },
})
