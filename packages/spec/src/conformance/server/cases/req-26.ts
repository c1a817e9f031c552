import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const req26: readonly ConformanceCase<Bench>[] = defineCases('REQ-26', {
  'gives an extensible request with no names of its own but symbols and dotted ones': async bench => {
    const { key } = await bench.exchange({ script: { before: [{ inspect: true }] } })
    const inspected = await bench.event(key, 'inspected')
    expectEqual(inspected['extensible'], true, 'members can be added')
    expectEqual(inspected['strangers'], [], 'names without a dot that NSGI 1.0 does not have')
  },
})
