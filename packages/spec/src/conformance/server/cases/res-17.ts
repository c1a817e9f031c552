import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import type { ResponseScript } from '../probe/script.ts'
import type { ResponseHead } from '../wire/response.ts'

const RESPONSES: readonly ResponseScript[] = [
  { body: 'text' },
  { headers: { 'content-length': '12', 'x-a': ['1', '2'] }, body: { $: 'async', steps: [{ yield: 'twelve bytes' }] } },
  { body: { $: 'async', steps: [{ yield: 'a' }] } },
]

export const res17: readonly ConformanceCase<Bench>[] = defineCases('RES-17', {
  'answers HEAD with the head of GET and nothing behind it': async bench => {
    for (const response of RESPONSES) {
      const get = await bench.exchange({ script: { response } })
      const head = await bench.exchange({ method: 'HEAD', script: { response } })
      expectEqual(comparable(head.response), comparable(get.response), 'the head')
      await bench.followUp(head.connection, head.response)
      expectEqual(bench.probe.of(head.key, 'next').length, 0, 'calls of next()')
    }
  },

  'sends a content-length that is given for a body that is not there': async bench => {
    const script = { response: { headers: { 'content-length': '12' }, body: null } }
    const { response, connection } = await bench.exchange({ method: 'HEAD', script })
    expectEqual(response.fields.find(([name]) => name.toLowerCase() === 'content-length')?.[1], '12', 'content-length')
    await bench.followUp(connection, response)
  },
})

/** The head without its date, and without the coding: of a length that is not known a server need not speak to HEAD. */
function comparable({ status, fields }: ResponseHead): readonly string[] {
  const lines = fields.map(([name, value]) => `${name.toLowerCase()}: ${value}`)
  return [
    String(status),
    ...lines.filter(line => !/^(?:date|transfer-encoding|connection|keep-alive):/.test(line)).sort(),
  ]
}
