import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectStatus } from '../bench.ts'
import type { Value } from '../probe/script.ts'
import { named } from '../splits.ts'
import { valueOf } from '../wire/response.ts'

const LENGTHS: readonly Value[] = ['2', '0', '-1', '+1', '1.0', 'x', '', '0x1', '1, 1', ' 1', ['1', '1'], ['1', '2']]

export const res12: readonly ConformanceCase<Bench>[] = defineCases('RES-12', {
  'refuses a content-length that is none, or not that of the body': async bench => {
    for (const length of LENGTHS) {
      const headers = { 'content-length': length }
      const { response, connection } = await bench.exchange({ script: { response: { headers, body: 'a' } } })
      try {
        expectStatus(response, 500)
        await bench.followUp(connection, response)
      } catch (error) {
        throw named(error, `content-length ${JSON.stringify(length)}`)
      }
    }
  },

  'sends one that is right once': async bench => {
    const { response, connection } = await bench.exchange({
      script: { response: { headers: { 'content-length': '1' }, body: 'a' } },
    })
    expectEqual(valueOf(response, 'content-length'), '1', 'content-length')
    await bench.followUp(connection, response)
  },
})
