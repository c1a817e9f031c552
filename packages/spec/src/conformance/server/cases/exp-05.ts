import { type ConformanceCase, defineCases } from '../../case.ts'
import type { Bench } from '../bench.ts'
import { expectRefused } from '../splits.ts'

const request = (expectation: string): string =>
  `POST /{key} HTTP/1.1\r\nHost: a\r\nExpect: ${expectation}\r\nContent-Length: 0\r\n\r\n`

export const exp05: readonly ConformanceCase<Bench>[] = defineCases('EXP-05', {
  'answers 417 to an expectation that it does not know': bench =>
    expectRefused(
      bench,
      {
        'another word': request('a-miracle'),
        'a longer word': request('100-continued'),
        'one more behind it': request('100-continue, a-miracle'),
      },
      { statuses: [417], whole: true },
    ),
})
