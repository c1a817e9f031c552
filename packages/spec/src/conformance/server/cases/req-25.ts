import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const req25: readonly ConformanceCase<Bench>[] = defineCases('REQ-25', {
  'works through an object that inherits from the request, and shares its state': async bench => {
    for (const options of [{}, { method: 'POST', fields: ['Content-Length: 3'], body: 'abc' }]) {
      const { key } = await bench.exchange({ ...options, script: { before: [{ inspect: true }] } })
      const inspected = await bench.event(key, 'inspected')
      expectEqual(inspected['unshared'], [], 'members that are others, or throw, on a derived object')
      expectEqual(inspected['overridden'], true, 'path can be overridden without changing the original')
    }
  },
})
