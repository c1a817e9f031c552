import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

/** Method, target, path. */
const PATHS = [
  ['GET', '/', '/'],
  ['GET', '/a%2Fb', '/a%2Fb'],
  ['GET', '//a//b/', '//a//b/'],
  ['GET', '/a/./b/../c', '/a/./b/../c'],
  ['GET', '/%61%zz%', '/%61%zz%'],
  ['GET', '/..%2f..%2fetc', '/..%2f..%2fetc'],
  ['GET', '/a;b=c?/d', '/a;b=c'],
  ['GET', 'http://example.com/a%20b?c', '/a%20b'],
  ['GET', 'http://example.com', '/'],
  ['GET', 'http://example.com?a=b', '/'],
  ['OPTIONS', 'http://example.com', '*'],
  ['OPTIONS', 'http://example.com/', '/'],
  ['OPTIONS', '*', '*'],
] as const

export const req04: readonly ConformanceCase<Bench>[] = defineCases('REQ-04', {
  'neither decodes nor normalises the path': async bench => {
    for (const [method, target, path] of PATHS) {
      const { key, connection, response } = await bench.exchange({ method, target })
      expectEqual((await bench.call(key))['path'], path, `path of ${method} ${target}`)
      await bench.followUp(connection, response)
    }
  },
})
