import { type ConformanceCase, defineCases } from '../../case.ts'
import type { Bench } from '../bench.ts'
import { expectRefused } from '../splits.ts'

const start = 'GET /{key} HTTP/1.1\r\nHost: a\r\n'

export const req11: readonly ConformanceCase<Bench>[] = defineCases('REQ-11', {
  'answers 400 to space before a colon and to folded lines': bench =>
    expectRefused(bench, {
      'a space before the colon': `${start}x : y\r\n\r\n`,
      'a tab before the colon': `${start}x\t: y\r\n\r\n`,
      'a space before the colon of a framing field': `POST /{key} HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc`,
      'a folded line': `${start}x: y\r\n z\r\n\r\n`,
      'a line folded by a tab': `${start}x: y\r\n\tz\r\n\r\n`,
      'a fold before the first field': 'GET /{key} HTTP/1.1\r\n Host: a\r\n\r\n',
    }),

  'answers 400 to a bare CR or LF': bench =>
    expectRefused(bench, {
      'a bare LF behind the request line': 'GET /{key} HTTP/1.1\nHost: a\r\n\r\n',
      'a bare LF behind a field': `${start}x: y\nz: 1\r\n\r\n`,
      'a bare LF as the empty line': `${start}x: y\r\n\n`,
      'a bare CR in a value': `${start}x: y\rz\r\n\r\n`,
      'a bare CR behind a field': `${start}x: y\rz: 1\r\n\r\n`,
    }),

  'answers 400 to NUL, to names that are no tokens and to lines without a colon': bench =>
    expectRefused(bench, {
      'a NUL in a value': `${start}x: y\0z\r\n\r\n`,
      'a NUL in a name': `${start}x\0: y\r\n\r\n`,
      'a space in a name': `${start}x y: z\r\n\r\n`,
      'an empty name': `${start}: y\r\n\r\n`,
      'no colon': `${start}xyz\r\n\r\n`,
    }),
})
