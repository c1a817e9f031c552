import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'

export const end02: readonly ConformanceCase<Bench>[] = defineCases('END-02', {
  'does not abort the signal after success, whatever becomes of the connection': async bench => {
    for (const ending of ['close', 'reset', 'request'] as const) {
      const request = probeRequest({ script: { before: [{ watch: true }] } })
      const connection = await bench.connect()
      await connection.request(request).response()
      await bench.event(request.key, 'finished')
      if (ending === 'request') await bench.ping(connection)
      else connection[ending]()
      await bench.quiet()
      expectEqual(bench.probe.of(request.key, 'signal').length, 0, 'aborts of the signal')
    }
  },
})
