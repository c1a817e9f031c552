import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const req27: readonly ConformanceCase<Bench>[] = defineCases('REQ-27', {
  'has a mount that is empty or a path, and mount + path is the whole path': async bench => {
    const targets = { '/': '/', '/a/b': '/a/b', '//a': '//a', '/a/?b': '/a/', 'http://a/b/c': '/b/c' }
    for (const [target, whole] of Object.entries(targets)) {
      const { key } = await bench.exchange({ target })
      const { mount, path } = await bench.call(key)
      expectThat(typeof mount === 'string' && /^(?:\/.*[^/])?$/.test(mount), 'mount has the wrong form', {
        seen: String(mount),
      })
      expectEqual(`${mount}${String(path)}`, whole, `mount + path of ${target}`)
    }
  },
})
