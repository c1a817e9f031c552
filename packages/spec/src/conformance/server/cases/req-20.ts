import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const req20: readonly ConformanceCase<Bench>[] = defineCases('REQ-20', {
  'joins a field that came several times, in order, cookie by semicolons': async bench => {
    const fields = [
      'X-A: 1',
      'cookie: a=1',
      'x-a: 2, 3',
      'Cookie: b=2',
      'User-Agent: x',
      'user-agent: y',
      'X-a:',
      'x-A: 4',
    ]
    const { key } = await bench.exchange({ fields })
    const headers = (await bench.call(key))['headers'] as Record<string, string>
    expectEqual(headers['x-a'], '1, 2, 3, , 4', 'x-a')
    expectEqual(headers['cookie'], 'a=1; b=2', 'cookie')
    expectEqual(headers['user-agent'], 'x, y', 'user-agent')
  },
})
