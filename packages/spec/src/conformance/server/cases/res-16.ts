import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const res16: readonly ConformanceCase<Bench>[] = defineCases('RES-16', {
  'skips empty chunks, which would end a chunked body': async bench => {
    const steps = [
      { yield: '' },
      { yield: 'a' },
      { yield: { $: 'bytes', hex: '' } },
      { yield: '' },
      { yield: 'b' },
      { yield: '' },
    ] as const
    for (const $ of ['async', 'sync'] as const) {
      const { response, connection } = await bench.exchange({ script: { response: { body: { $, steps } } } })
      expectEqual(response.body.toString('latin1'), 'ab', 'the body')
      await bench.followUp(connection, response)
    }
  },
})
