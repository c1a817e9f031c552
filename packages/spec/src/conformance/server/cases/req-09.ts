import { type ConformanceCase, defineCases } from '../../case.ts'
import type { Bench } from '../bench.ts'
import { expectRefused } from '../splits.ts'

const rest = 'HTTP/1.1\r\nHost: a\r\nprobe-key: {key}\r\n\r\n'

export const req09: readonly ConformanceCase<Bench>[] = defineCases('REQ-09', {
  'answers 400 to a fragment in the target': bench =>
    expectRefused(bench, {
      'a fragment': `GET /a#b ${rest}`,
      'a fragment behind the query': `GET /a?b#c ${rest}`,
      'a fragment in absolute form': `GET http://a/b#c ${rest}`,
    }),

  'answers 400 to a control character or a space in the target': bench =>
    expectRefused(bench, {
      'a space': `GET /a b ${rest}`,
      'two spaces before the target': `GET  /a ${rest}`,
      'two spaces behind the target': `GET /a  ${rest}`,
      'a tab': `GET /a\tb ${rest}`,
      'a NUL': `GET /a\0b ${rest}`,
      'a bare CR': `GET /a\rb ${rest}`,
      'an escape': `GET /a\u001bb ${rest}`,
      'a DEL': `GET /a\u007fb ${rest}`,
    }),
})
