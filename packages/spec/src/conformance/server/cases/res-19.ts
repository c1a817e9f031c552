import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectStatus } from '../bench.ts'
import type { BodySource, Value } from '../probe/script.ts'
import { valueOf } from '../wire/response.ts'

const BODIES: readonly (Value | BodySource)[] = [null, 'text', { $: 'async', steps: [{ yield: 'a' }] }]

export const res19: readonly ConformanceCase<Bench>[] = defineCases('RES-19', {
  'sends a 304 without content, whatever the body is': async bench => {
    for (const body of BODIES) {
      const { response, connection, key } = await bench.exchange({
        script: { response: { status: 304, headers: {}, body } },
      })
      expectStatus(response, 304)
      await bench.followUp(connection, response)
      expectEqual(bench.probe.of(key, 'next').length, 0, 'calls of next()')
      expectEqual((await bench.event(key, 'finished'))['error'], null, 'the error of finished')
    }
  },

  'keeps a content-length that the application gave: it is that of GET': async bench => {
    const script = { response: { status: 304, headers: { 'content-length': '5' }, body: null } }
    const { response, connection } = await bench.exchange({ script })
    expectStatus(response, 304)
    expectEqual(valueOf(response, 'content-length'), '5', 'content-length')
    await bench.followUp(connection, response)
  },
})
