import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import type { BodyScript } from '../probe/script.ts'
import { probeRequest } from '../request.ts'

export const end10: readonly ConformanceCase<Bench>[] = defineCases('END-10', {
  'returns and finishes while next() never settles': bench =>
    lost(bench, { $: 'async', steps: [{ yield: 'a' }, { never: true }] }),

  'finishes where return() never settles, and where it fails': async bench => {
    await lost(bench, { $: 'async', steps: [{ yield: 'a' }, { never: true }], return: 'never' })
    await lost(bench, { $: 'async', steps: [{ yield: 'a' }, { never: true }], return: 'throw' })
  },

  'finishes where a generator is stuck, which cannot hear return()': async bench => {
    const request = probeRequest({
      script: { response: { body: { $: 'generator', steps: [{ yield: 'a' }, { never: true }] } } },
    })
    const connection = await bench.connect()
    await connection.request(request).head()
    connection.reset()
    await bench.event(request.key, 'finished')
    await bench.alive()
  },
})

async function lost(bench: Bench, body: BodyScript): Promise<void> {
  const request = probeRequest({ script: { response: { body } } })
  const connection = await bench.connect()
  await connection.request(request).head()
  await connection.chunk()
  await bench.event(request.key, 'next', 2)
  connection.reset()
  await bench.event(request.key, 'finished')
  expectEqual(bench.probe.of(request.key, 'return').length, 1, 'calls of return()')
  await bench.alive()
}
