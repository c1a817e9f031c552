import { type ConformanceCase, defineCases } from '../../case.ts'
import type { Bench } from '../bench.ts'
import { expectRefused } from '../splits.ts'

const body = '5\r\nabcde\r\n0\r\n\r\n'
const withCoding = (...values: readonly string[]): string =>
  `POST /{key} HTTP/1.1\r\nHost: a\r\n${values.map(value => `Transfer-Encoding: ${value}\r\n`).join('')}\r\n${body}`

export const req14: readonly ConformanceCase<Bench>[] = defineCases('REQ-14', {
  'answers 400 or 501 to codings that it does not know, or that do not end in chunked': bench =>
    expectRefused(
      bench,
      {
        'an unknown coding': withCoding('foo'),
        identity: withCoding('identity'),
        'an unknown coding before chunked': withCoding('foo, chunked'),
        'a coding behind chunked': withCoding('chunked, gzip'),
        'chunked twice': withCoding('chunked, chunked'),
        'chunked in two lines': withCoding('chunked', 'chunked'),
        'almost chunked': withCoding('chunkedd'),
        quoted: withCoding('"chunked"'),
        nothing: withCoding(''),
      },
      { statuses: [400, 501] },
    ),

  'answers 400 or 501 to Transfer-Encoding with HTTP/1.0, and closes': bench =>
    expectRefused(
      bench,
      { 'chunked with HTTP/1.0': `POST /{key} HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body}` },
      { statuses: [400, 501] },
    ),
})
