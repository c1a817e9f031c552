import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

const body = { $: 'async', steps: [{ yield: 'one' }, { yield: 'two' }] } as const

export const res15: readonly ConformanceCase<Bench>[] = defineCases('RES-15', {
  'sends a body of unknown length in chunks on HTTP/1.1': async bench => {
    const { response, connection } = await bench.exchange({ script: { response: { body } } })
    expectEqual([response.framing, response.body.toString('latin1')], ['chunked', 'onetwo'], 'framing and body')
    await bench.followUp(connection, response)
  },

  'ends it by closing on HTTP/1.0, even where the client wants to go on': async bench => {
    for (const fields of [[], ['Connection: keep-alive']]) {
      const { response, connection } = await bench.exchange({
        version: 'HTTP/1.0',
        fields,
        script: { response: { body } },
      })
      expectEqual([response.framing, response.body.toString('latin1')], ['close', 'onetwo'], 'framing and body')
      await connection.end()
    }
  },
})
