import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectRecord } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const req19: readonly ConformanceCase<Bench>[] = defineCases('REQ-19', {
  'gives a record without a prototype, names in lower case': async bench => {
    const fields = ['X-MiXeD: 1', 'constructor: 2', 'toString: 3', '__proto__: 4']
    const { key } = await bench.exchange({ fields, host: 'here' })
    const call = await bench.call(key)
    expectEqual(call['bare'], true, 'headers has no prototype')
    const { 'probe-key': _key, __proto__: _proto, ...others } = call['headers'] as Record<string, string>
    expectRecord(others, { host: 'here', 'x-mixed': '1', constructor: '2', tostring: '3' }, 'headers')
  },
})
