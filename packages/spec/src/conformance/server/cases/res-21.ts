import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import { type Bench, expectStatus } from '../bench.ts'
import { valuesOf } from '../wire/response.ts'

const FIELDS = {
  connection: 'x-private, upgrade',
  'keep-alive': 'timeout=7777',
  'proxy-connection': 'keep-alive',
  te: 'trailers',
  'transfer-encoding': 'gzip',
  upgrade: 'h2c',
}

export const res21: readonly ConformanceCase<Bench>[] = defineCases('RES-21', {
  'strips hop-by-hop fields, and frames the body by itself': async bench => {
    for (const body of ['text', { $: 'async', steps: [{ yield: 'text' }] } as const]) {
      const { response, connection } = await bench.exchange({ script: { response: { headers: FIELDS, body } } })
      expectStatus(response, 200)
      expectEqual(response.body.toString('latin1'), 'text', 'the body')
      for (const [name, value] of Object.entries(FIELDS)) {
        expectThat(!valuesOf(response, name).includes(value), `${name} was passed on`)
      }
      for (const name of ['proxy-connection', 'te', 'upgrade']) expectEqual(valuesOf(response, name), [], name)
      await bench.followUp(connection, response)
    }
  },
})
