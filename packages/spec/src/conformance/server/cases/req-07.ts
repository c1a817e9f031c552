import { type ConformanceCase, defineCases } from '../../case.ts'
import type { Bench } from '../bench.ts'
import { expectRefused } from '../splits.ts'

export const req07: readonly ConformanceCase<Bench>[] = defineCases('REQ-07', {
  'answers 400 to GET *, POST * and HEAD *': bench =>
    expectRefused(bench, {
      'GET *': 'GET * HTTP/1.1\r\nHost: a\r\nprobe-key: {key}\r\n\r\n',
      'POST *': 'POST * HTTP/1.1\r\nHost: a\r\nprobe-key: {key}\r\nContent-Length: 0\r\n\r\n',
    }),
})
