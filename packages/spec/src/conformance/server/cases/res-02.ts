import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import { type Bench, expectStatus } from '../bench.ts'
import type { Value } from '../probe/script.ts'

/** What is no response at all. */
const RAW: readonly Value[] = [null, { $: 'undefined' }, 42, 'text', true, [], {}, { $: 'function' }]

export const res02: readonly ConformanceCase<Bench>[] = defineCases('RES-02', {
  'answers 500 to what is no response, and nothing else': async bench => {
    for (const returns of ['value', 'promise'] as const) {
      for (const raw of RAW) {
        const { response, connection } = await bench.exchange({ script: { returns, raw } })
        expectStatus(response, 500)
        await bench.followUp(connection, response)
      }
    }
  },

  'tells its finished that it was not sent': async bench => {
    const { response, key } = await bench.exchange({ script: { response: { status: 700, headers: { 'x-own': '1' } } } })
    expectStatus(response, 500)
    const own = response.fields.some(([name]) => name.toLowerCase() === 'x-own')
    expectThat(!own, 'a field of the invalid response was sent')
    const { error } = await bench.event(key, 'finished')
    expectThat(typeof error === 'string', 'finished got no error')
  },
})
