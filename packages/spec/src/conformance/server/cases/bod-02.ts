import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'
import { atEverySplit } from '../splits.ts'

export const bod02: readonly ConformanceCase<Bench>[] = defineCases('BOD-02', {
  'yields non-empty Uint8Arrays, wherever a body with a length is cut': bench =>
    atEverySplit(
      bench,
      () =>
        probeRequest({
          method: 'POST',
          fields: ['Content-Length: 9'],
          body: 'ab\r\n\r\ncd\0',
          script: { before: [{ read: 'all' }] },
        }),
      async (response, request) => {
        expectProbe(response, request)
        const end = await bench.event(request.key, 'body-end')
        expectEqual(end['length'], 9, 'bytes read')
        for (const chunk of bench.probe.of(request.key, 'chunk')) {
          expectEqual(chunk['plain'], true, 'the chunk is a Uint8Array')
          expectThat(Number(chunk['length']) > 0, 'a chunk is empty')
        }
      },
    ),
})
