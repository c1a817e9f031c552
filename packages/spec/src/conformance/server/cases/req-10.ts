import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectStatus } from '../bench.ts'
import { expectRefused } from '../splits.ts'

const request = (...lines: readonly string[]): string =>
  ['GET /{key} HTTP/1.1', 'probe-key: {key}', ...lines, '', ''].join('\r\n')

export const req10: readonly ConformanceCase<Bench>[] = defineCases('REQ-10', {
  'answers 400 where Host is missing or comes twice': bench =>
    expectRefused(bench, {
      'no Host': request(),
      'two Hosts that differ': request('Host: a', 'Host: b'),
      'two Hosts that are the same': request('Host: a', 'hOST: a'),
      'no Host, with an absolute-form target': 'GET http://a/{key} HTTP/1.1\r\nprobe-key: {key}\r\n\r\n',
    }),

  'answers 400 where Host is no host': bench =>
    expectRefused(bench, {
      'a space in it': request('Host: a b'),
      'two hosts in a list': request('Host: a, b'),
      'a path in it': request('Host: a/b'),
      'user information in it': request('Host: u@a'),
      'a port that is no number': request('Host: a:b'),
      'a bracket without its fellow': request('Host: [::1'),
    }),

  'takes hosts of every kind, and an HTTP/1.0 request without one': async bench => {
    for (const host of ['a', 'A.example:80', '127.0.0.1:1', '[::1]:8000', 'a:', 'x_y.example']) {
      const { key } = await bench.exchange({ host })
      expectEqual((await bench.call(key))['authority'], host, 'authority')
    }
    const { response, key } = await bench.exchange({ version: 'HTTP/1.0', host: null })
    expectStatus(response, 200)
    await bench.call(key)
  },
})
