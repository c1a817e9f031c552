import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const req22: readonly ConformanceCase<Bench>[] = defineCases('REQ-22', {
  'keeps case, order and duplicates in rawHeaders': async bench => {
    const fields = ['X-B:  2 ', 'x-a: 1', 'X-b: 3', 'Set-Cookie: c', 'ETag: "x"', 'etag: "y"']
    const { key } = await bench.exchange({ fields, host: 'here' })
    const raw = ['Host', 'here', 'probe-key', key, 'X-B', '2', 'x-a', '1', 'X-b', '3', 'Set-Cookie', 'c']
    expectEqual((await bench.call(key))['rawHeaders'], [...raw, 'ETag', '"x"', 'etag', '"y"'], 'rawHeaders')
  },
})
