import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const req24: readonly ConformanceCase<Bench>[] = defineCases('REQ-24', {
  'gives the same value at each read of a member': async bench => {
    for (const options of [{}, { method: 'POST', fields: ['Content-Length: 3'], body: 'abc' }]) {
      const { key } = await bench.exchange({ ...options, script: { before: [{ inspect: true }] } })
      expectEqual((await bench.event(key, 'inspected'))['unequal'], [], 'members that differ from read to read')
    }
  },
})
