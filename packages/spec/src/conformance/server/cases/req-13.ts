import { type ConformanceCase, defineCases } from '../../case.ts'
import type { Bench } from '../bench.ts'
import { expectRefused } from '../splits.ts'

const head = 'POST /{key} HTTP/1.1\r\nHost: a\r\n'
const withLength = (...values: readonly string[]): string =>
  `${head}${values.map(value => `Content-Length: ${value}\r\n`).join('')}\r\nabcde`

export const req13: readonly ConformanceCase<Bench>[] = defineCases('REQ-13', {
  'answers 400 to a Content-Length that is no decimal number': bench =>
    expectRefused(bench, {
      'a sign': withLength('+5'),
      'a negative number': withLength('-5'),
      hexadecimal: withLength('0x5'),
      'a fraction': withLength('5.0'),
      'a letter behind it': withLength('5a'),
      'a space in it': withLength('5 5'),
      nothing: withLength(''),
    }),

  'refuses a number that is more than any file': bench =>
    expectRefused(
      bench,
      { 'twenty-six digits': withLength('99999999999999999999999999') },
      { statuses: [400, 413], whole: true },
    ),

  'answers 400 to several that differ': bench =>
    expectRefused(bench, {
      'in two lines': withLength('5', '3'),
      'in a list': withLength('5, 3'),
    }),
})
