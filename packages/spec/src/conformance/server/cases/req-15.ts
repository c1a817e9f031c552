import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const req15: readonly ConformanceCase<Bench>[] = defineCases('REQ-15', {
  'tells HTTP/1.0 from HTTP/1.1': async bench => {
    for (const version of ['1.0', '1.1']) {
      const { key, connection, response } = await bench.exchange({
        version: `HTTP/${version}`,
        fields: ['Connection: close'],
      })
      expectEqual((await bench.call(key))['httpVersion'], version, 'httpVersion')
      await bench.followUp(connection, response)
    }
  },
})
