import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench, ExchangeResult } from '../bench.ts'
import type { RequestOptions } from '../request.ts'
import { expectRefused } from '../splits.ts'

const STRANGE_ADDRESS = '127.0.0.17'

/** What a client can say about itself. Nobody told the server to trust it. */
const FIELDS = [
  'X-Forwarded-For: 192.0.2.1',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: wrong.example',
  'X-Forwarded-Port: 1',
  'X-Real-IP: 192.0.2.1',
  'Forwarded: for=192.0.2.1;proto=https;host=wrong.example',
]

/**
 * Sends a request from an address of the loopback that nobody uses: many servers trust 127.0.0.1 without being told to. Where
 * the operating system has no such address it is from 127.0.0.1.
 */
async function stranger(bench: Bench, options: RequestOptions): Promise<ExchangeResult> {
  const from = await bench.connect(undefined, { from: STRANGE_ADDRESS }).then(
    () => ({ from: STRANGE_ADDRESS }),
    () => ({}),
  )
  return bench.exchange(options, from)
}

export const req17: readonly ConformanceCase<Bench>[] = defineCases('REQ-17', {
  'believes no forwarded fields of a peer that nobody vouched for, and leaves them visible': async bench => {
    const { key, connection } = await stranger(bench, { host: 'right.example', fields: FIELDS })
    const call = await bench.call(key)
    expectEqual([call['scheme'], call['authority']], ['http', 'right.example'], 'scheme and authority')
    expectEqual(call['remote'], { address: connection.localAddress, port: connection.localPort }, 'remote')
    const headers = call['headers'] as Record<string, string>
    expectEqual(headers['x-forwarded-for'], '192.0.2.1', 'x-forwarded-for')
  },

  'takes no PROXY header of such a peer': bench =>
    expectRefused(
      bench,
      {
        'version 1': 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET /{key} HTTP/1.1\r\nHost: a\r\n\r\n',
        'version 2':
          '\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c\u00c0\0\u0002\u0001\u00c0\0\u0002\u0002\0\u0001\0\u0002GET /{key} HTTP/1.1\r\nHost: a\r\n\r\n',
      },
      // 501: to a server that knows no such header `PROXY` is a method.
      { whole: true, statuses: [400, 501] },
    ),
})
