import { type ConformanceCase, defineCases } from '../../case.ts'
import type { Bench } from '../bench.ts'
import { expectRefused } from '../splits.ts'

export const req08: readonly ConformanceCase<Bench>[] = defineCases('REQ-08', {
  'answers 400 to the authority form with another method than CONNECT': bench =>
    expectRefused(bench, {
      'GET host:port': 'GET a:80 HTTP/1.1\r\nHost: a\r\nprobe-key: {key}\r\n\r\n',
      'GET host': 'GET {key} HTTP/1.1\r\nHost: a\r\nprobe-key: {key}\r\n\r\n',
      'OPTIONS host:port': 'OPTIONS a:80 HTTP/1.1\r\nHost: a\r\nprobe-key: {key}\r\n\r\n',
    }),

  'answers 400 to CONNECT with another form': bench =>
    expectRefused(bench, {
      'CONNECT /path': 'CONNECT /{key} HTTP/1.1\r\nHost: a\r\n\r\n',
      'CONNECT http://': 'CONNECT http://a/{key} HTTP/1.1\r\nHost: a\r\n\r\n',
      'CONNECT *': 'CONNECT * HTTP/1.1\r\nHost: a\r\nprobe-key: {key}\r\n\r\n',
      'CONNECT without a port': 'CONNECT a HTTP/1.1\r\nHost: a\r\nprobe-key: {key}\r\n\r\n',
    }),
})
