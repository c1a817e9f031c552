import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
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
    // A server of its own, where there can be one: what dies here is not to fail the cases beside this one.
    const server = bench.server.start === undefined ? undefined : await bench.start()
    const { probe } = server ?? bench
    const answering = async (): Promise<number> => {
      const request = probeRequest()
      expectProbe(await (await bench.connect(server)).request(request).response(), request)
      return (await probe.event(request.key, { type: 'call', signal: bench.signal })).pid
    }
    const pid = await answering()
    for (const script of FAILURES) {
      for (const patient of [true, false]) {
        const request = probeRequest({ script })
        const connection = await bench.connect(server)
        connection.request(request)
        await probe.event(request.key, { type: 'call', signal: bench.signal })
        if (patient) await connection.reader.some('an answer')
        connection.reset()
      }
    }
    await bench.quiet()
    expectEqual(await answering(), pid, 'the process that answers')
  },
})
