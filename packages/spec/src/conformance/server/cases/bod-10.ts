import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'
import { atEverySplit } from '../splits.ts'

const READ = { before: [{ look: 'trailers' }, { read: 'all' }, { look: 'trailers' }] } as const

export const bod10: readonly ConformanceCase<Bench>[] = defineCases('BOD-10', {
  'gives trailers after the end, apart from the headers, wherever they are cut': bench =>
    atEverySplit(
      bench,
      () =>
        probeRequest({
          method: 'POST',
          fields: ['Transfer-Encoding: chunked', 'X-Head: 1'],
          body: '1\r\na\r\n0\r\nX-Sum: 2\r\nx-head: 3\r\nx-sum:  4 \r\n\r\n',
          script: READ,
        }),
      async (response, request) => {
        expectProbe(response, request)
        const looks = bench.probe.of(request.key, 'look')
        expectEqual(looks[0]?.['trailers'], null, 'trailers before the body was read')
        expectEqual(looks[1]?.['trailers'], { 'x-sum': '2, 4', 'x-head': '3' }, 'trailers after it')
        expectEqual(looks[1]?.['bare'], true, 'trailers has no prototype')
        const headers = (await bench.call(request.key))['headers'] as Record<string, string>
        expectEqual([headers['x-head'], headers['x-sum']], ['1', undefined], 'the headers')
      },
    ),

  'gives an empty record where there are none': async bench => {
    const { key } = await bench.exchange({ method: 'POST', fields: ['Content-Length: 1'], body: 'a', script: READ })
    const looks = bench.probe.of(key, 'look').map(({ trailers }) => trailers)
    expectEqual(looks, [null, {}], 'trailers before and after a body with a length')
    const { key: without } = await bench.exchange({ script: { before: [{ look: 'trailers' }] } })
    expectEqual(bench.probe.of(without, 'look')[0]?.['trailers'], {}, 'trailers where body is null')
  },
})
