import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const bod06: readonly ConformanceCase<Bench>[] = defineCases('BOD-06', {
  'does not touch chunks that it has yielded': async bench => {
    const lines = Array.from({ length: 60_000 }, (_none, index) => `line ${index}\n`).join('')
    const { key, connection, response } = await bench.exchange({
      method: 'POST',
      fields: [`Content-Length: ${lines.length}`],
      body: lines,
      script: { before: [{ read: 'all' }] },
    })
    const end = await bench.event(key, 'body-end')
    expectEqual([end['stable'], end['length']], [true, lines.length], 'chunks are unchanged, and their length')
    await bench.followUp(connection, response)
  },
})
