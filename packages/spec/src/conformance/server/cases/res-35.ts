import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectStatus } from '../bench.ts'
import type { Value } from '../probe/script.ts'
import { named } from '../splits.ts'
import { valuesOf } from '../wire/response.ts'

const REASONS: readonly Value[] = [
  'a\r\nx-split: 1',
  'a\nb',
  'a\0b',
  '€',
  '\u0100',
  'a\r\n\r\n',
  42,
  null,
  true,
  {},
  { $: 'undefined' },
]

export const res35: readonly ConformanceCase<Bench>[] = defineCases('RES-35', {
  'replaces or leaves out a reason that is none': async bench => {
    for (const reason of REASONS) {
      const { response, connection } = await bench.exchange({ script: { response: { reason } } })
      try {
        expectStatus(response, 200)
        expectEqual(valuesOf(response, 'x-split'), [], 'x-split')
        await bench.followUp(connection, response)
      } catch (error) {
        throw named(error, `the reason ${JSON.stringify(reason)}`)
      }
    }
  },

  'sends one that is': async bench => {
    const { response } = await bench.exchange({ script: { response: { reason: 'Very Well\tindeed' } } })
    expectEqual(response.reason, 'Very Well\tindeed', 'the reason')
  },
})
