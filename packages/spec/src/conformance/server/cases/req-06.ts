import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const req06: readonly ConformanceCase<Bench>[] = defineCases('REQ-06', {
  'takes the authority of an absolute-form target before Host': async bench => {
    const { key } = await bench.exchange({ target: 'http://right.example:8080/', host: 'wrong.example' })
    const call = await bench.call(key)
    expectEqual(call['authority'], 'right.example:8080', 'authority')
  },
})
