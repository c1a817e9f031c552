import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectStatus } from '../bench.ts'
import type { BodySource, Value } from '../probe/script.ts'
import { valueOf } from '../wire/response.ts'

const BODIES: readonly (Value | BodySource)[] = [null, 'text', { $: 'async', steps: [{ yield: 'a' }] }]

export const res20: readonly ConformanceCase<Bench>[] = defineCases('RES-20', {
  'sends a 205 with a length of zero, whatever the body is': async bench => {
    for (const body of BODIES) {
      const { response, connection, key } = await bench.exchange({ script: { response: { status: 205, body } } })
      expectStatus(response, 205)
      expectEqual(valueOf(response, 'content-length'), '0', 'content-length')
      await bench.followUp(connection, response)
      expectEqual(bench.probe.of(key, 'next').length, 0, 'calls of next()')
      expectEqual((await bench.event(key, 'finished'))['error'], null, 'the error of finished')
    }
  },
})
