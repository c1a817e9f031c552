import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const req18: readonly ConformanceCase<Bench>[] = defineCases('REQ-18', {
  'takes the authority from the target, else from Host, else it is empty': async bench => {
    const requests = [
      [{ target: 'http://a.example:81/' }, 'a.example:81'],
      [{ host: 'B.example:82' }, 'B.example:82'],
      [{ version: 'HTTP/1.0', host: null }, ''],
    ] as const
    for (const [options, authority] of requests) {
      const { key } = await bench.exchange(options)
      expectEqual((await bench.call(key))['authority'], authority, 'authority')
    }
  },
})
