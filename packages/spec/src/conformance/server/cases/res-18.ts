import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectStatus } from '../bench.ts'
import type { BodySource, Value } from '../probe/script.ts'
import { valueOf } from '../wire/response.ts'

const BODIES: readonly (Value | BodySource)[] = [null, 'text', { $: 'async', steps: [{ yield: 'a' }] }]

export const res18: readonly ConformanceCase<Bench>[] = defineCases('RES-18', {
  'sends a 204 without content, whatever the body is': async bench => {
    for (const body of BODIES) {
      const { response, connection, key } = await bench.exchange({
        script: { response: { status: 204, headers: {}, body } },
      })
      expectStatus(response, 204)
      expectEqual(valueOf(response, 'transfer-encoding'), undefined, 'transfer-encoding')
      await bench.followUp(connection, response)
      expectEqual(bench.probe.of(key, 'next').length, 0, 'calls of next()')
      expectEqual((await bench.event(key, 'finished'))['error'], null, 'the error of finished')
    }
  },

  'drops a content-length that the application gave': async bench => {
    const script = { response: { status: 204, headers: { 'content-length': '5' }, body: null } }
    const { response, connection } = await bench.exchange({ script })
    expectStatus(response, 204)
    expectEqual(valueOf(response, 'content-length'), undefined, 'content-length')
    await bench.followUp(connection, response)
  },
})
