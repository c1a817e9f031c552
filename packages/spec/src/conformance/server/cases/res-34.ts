import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import type { Script } from '../probe/script.ts'
import { probeRequest } from '../request.ts'

/** Everything that can go wrong in one request. */
const FAILURES: readonly Script[] = [
  { before: [{ throw: 'x' }] },
  { raw: null },
  { response: { finished: 'throw', body: { $: 'async', steps: [{ yield: 'a' }, { throw: 'x' }], return: 'throw' } } },
  { response: { body: { $: 'stream', steps: [{ yield: 'a' }, { throw: 'x' }] } } },
  { response: { body: { $: 'generator', steps: [{ throw: 'x' }] } } },
  { response: { status: 42, finished: 'throw', body: { $: 'async', steps: [], return: 'throw' } } },
  { response: { status: 204, finished: 'throw', body: { $: 'stream', steps: [{ throw: 'x' }] } } },
]

export const res34: readonly ConformanceCase<Bench>[] = defineCases('RES-34', {
  'goes on in the same process after requests that fail, whether their clients wait or go': async bench => {
    const before = await bench.exchange()
    const { pid } = await bench.call(before.key)
    for (const script of FAILURES) {
      for (const patient of [true, false]) {
        const request = probeRequest({ script })
        const connection = await bench.connect()
        connection.request(request)
        await bench.event(request.key, 'call')
        if (patient) await connection.reader.some('an answer')
        connection.reset()
      }
    }
    await bench.quiet()
    const after = await bench.exchange()
    expectEqual((await bench.call(after.key)).pid, pid, 'the process that answers')
  },
})
