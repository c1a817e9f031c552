import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'

export const end03: readonly ConformanceCase<Bench>[] = defineCases('END-03', {
  'finds the signal aborted where it is first read after the loss': async bench => {
    const request = probeRequest({
      script: { response: { finished: 'look', body: { $: 'async', steps: [{ yield: 'a' }, { gate: 'never' }] } } },
    })
    const connection = await bench.connect()
    await connection.request(request).head()
    connection.reset()
    await bench.event(request.key, 'finished')
    expectEqual(bench.probe.of(request.key, 'look')[0]?.['aborted'], true, 'aborted')
    bench.open(request.key, 'never')
  },
})
