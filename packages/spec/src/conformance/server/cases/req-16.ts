import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const req16: readonly ConformanceCase<Bench>[] = defineCases('REQ-16', {
  'says http of a connection without TLS, whatever the target says': async bench => {
    for (const target of ['/', 'http://a/', 'https://a/']) {
      const { key, response } = await bench.exchange({ target })
      if (target.startsWith('https:') && response.status >= 400) continue
      const call = await bench.call(key)
      expectEqual([call['scheme'], call['tls']], ['http', null], `scheme and tls of ${target}`)
    }
  },

  'says https of a connection with TLS, whatever the target says': {
    profile: 'tls',
    run: async bench => {
      for (const target of ['/', 'http://a/', 'https://a/']) {
        const { key, response } = await bench.exchange({ target })
        if (target.startsWith('http:') && response.status >= 400) continue
        expectEqual((await bench.call(key))['scheme'], 'https', `scheme of ${target}`)
      }
    },
  },
})
