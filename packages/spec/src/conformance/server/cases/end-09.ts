import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import type { BodyScript } from '../probe/script.ts'
import { probeRequest } from '../request.ts'
import { named } from '../splits.ts'

const UNREAD = {
  HEAD: { method: 'HEAD' },
  '204': { status: 204 },
  '205': { status: 205 },
  '304': { status: 304 },
} as const

export const end09: readonly ConformanceCase<Bench>[] = defineCases('END-09', {
  'returns an iterator once where the client is lost': async bench => {
    for (const $ of ['async', 'stream'] as const) {
      const request = probeRequest({
        script: { response: { body: { $, steps: [{ yield: 'a' }, { gate: 'never' }] } } },
      })
      const connection = await bench.connect()
      await connection.request(request).head()
      connection.reset()
      await bench.event(request.key, 'finished')
      if ($ === 'stream') await bench.event(request.key, 'destroy')
      bench.open(request.key, 'never')
      await bench.quiet()
      const closing = bench.probe.of(request.key, $ === 'stream' ? 'destroy' : 'return')
      expectEqual(closing.length, 1, `times that the body (${$}) was closed`)
    }
  },

  'does not return one that was read to its end, or that threw': async bench => {
    const bodies: readonly BodyScript[] = [
      { $: 'async', steps: [{ yield: 'a' }] },
      { $: 'sync', steps: [{ yield: 'a' }] },
      { $: 'async', steps: [{ yield: 'a' }, { throw: 'x' }] },
    ]
    for (const body of bodies) {
      const request = probeRequest({ script: { response: { body } } })
      const connection = await bench.connect()
      connection.request(request)
      await bench.event(request.key, 'finished')
      await bench.quiet()
      expectEqual(bench.probe.of(request.key, 'return').length, 0, 'calls of return()')
    }
  },

  'closes the bodies of responses without content unread': async bench => {
    for (const [name, { method = 'GET', status = 200 }] of Object.entries<{ method?: string; status?: number }>(
      UNREAD,
    )) {
      for (const $ of ['async', 'sync', 'stream'] as const) {
        const script = { response: { status, headers: {}, body: { $, steps: [{ yield: 'a' }] } } }
        const { key, connection, response } = await bench.exchange({ method, script })
        try {
          await bench.event(key, $ === 'stream' ? 'destroy' : 'return')
          expectEqual((await bench.event(key, 'finished'))['error'], null, 'the error of finished')
          if ($ !== 'stream') expectEqual(bench.probe.of(key, 'next').length, 0, 'calls of next()')
          await bench.followUp(connection, response)
        } catch (error) {
          throw named(error, `${name} with a body that is ${$}`)
        }
      }
    }
  },

  'closes the body of an invalid response': async bench => {
    const script = { response: { status: 42, body: { $: 'async', steps: [{ yield: 'a' }] } } } as const
    const { key } = await bench.exchange({ script })
    await bench.event(key, 'return')
    expectEqual(bench.probe.of(key, 'next').length, 0, 'calls of next()')
  },
})
