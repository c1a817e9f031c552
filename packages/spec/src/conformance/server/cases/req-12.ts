import { type ConformanceCase, defineCases } from '../../case.ts'
import type { Bench } from '../bench.ts'
import { expectRefused } from '../splits.ts'

const smuggled = 'GET /smuggled?{key} HTTP/1.1\r\nHost: a\r\n\r\n'
const chunked = `0\r\n\r\n${smuggled}`
const head = 'POST /{key} HTTP/1.1\r\nHost: a\r\n'

export const req12: readonly ConformanceCase<Bench>[] = defineCases('REQ-12', {
  'answers 400 to Transfer-Encoding with Content-Length, and reads no request in the body': bench =>
    expectRefused(bench, {
      'Content-Length first': `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`,
      'Transfer-Encoding first': `${head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${chunked}`,
      'a length of zero': `${head}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`,
    }),
})
