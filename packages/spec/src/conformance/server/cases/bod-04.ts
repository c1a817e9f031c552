import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const bod04: readonly ConformanceCase<Bench>[] = defineCases('BOD-04', {
  'throws at a second iteration, after the end and after an early stop': async bench => {
    for (const first of ['all', 1] as const) {
      const { key, response, connection } = await bench.exchange({
        method: 'POST',
        fields: ['Content-Length: 3'],
        body: 'abc',
        script: { before: [{ read: first }, { read: 'all' }] },
      })
      await bench.event(key, 'body-error')
      expectEqual(bench.probe.of(key, 'chunk').length, 1, 'chunks')
      await bench.followUp(connection, response)
    }
  },
})
