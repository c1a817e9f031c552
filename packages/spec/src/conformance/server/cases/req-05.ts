import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

/** Target, query. */
const QUERIES = [
  ['/a', ''],
  ['/a?', ''],
  ['/a?b=c&d', 'b=c&d'],
  ['/a??b?', '?b?'],
  ['/a?%20+%zz/../', '%20+%zz/../'],
  ['http://example.com/?a', 'a'],
  ['http://example.com?a=b', 'a=b'],
] as const

export const req05: readonly ConformanceCase<Bench>[] = defineCases('REQ-05', {
  'gives what follows the first question mark, as it was sent': async bench => {
    for (const [target, query] of QUERIES) {
      const { key } = await bench.exchange({ target })
      expectEqual((await bench.call(key))['query'], query, `query of ${target}`)
    }
  },
})
