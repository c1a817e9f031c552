import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectStatus } from '../bench.ts'
import type { ResponseScript } from '../probe/script.ts'

const RESPONSES: readonly ResponseScript[] = [
  {},
  { headers: { 'x-a': ['1', '2'], connection: 'close' }, body: null },
  { headers: { 'content-length': '1' }, body: { $: 'async', steps: [{ yield: 'a' }] } },
  { status: 204, headers: { 'content-length': '5' }, body: null },
]

export const res10: readonly ConformanceCase<Bench>[] = defineCases('RES-10', {
  'leaves the response as it was, and can send one that is frozen': async bench => {
    for (const response of RESPONSES) {
      for (const frozen of [false, true]) {
        const exchange = await bench.exchange({ script: { frozen, response } })
        expectStatus(exchange.response, Number(response.status ?? 200))
        const finished = await bench.event(exchange.key, 'finished')
        expectEqual([finished['mutated'], finished['error']], [false, null], 'mutated, and the error of finished')
      }
    }
  },
})
