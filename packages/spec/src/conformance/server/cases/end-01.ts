import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'

async function goesBefore(bench: Bench): Promise<void> {
  const request = probeRequest({ script: { before: [{ watch: true }, { gate: 'never' }] } })
  const connection = await bench.connect()
  connection.request(request)
  expectEqual((await bench.event(request.key, 'watching'))['aborted'], false, 'aborted, while the client is there')
  connection.reset()
  await bench.event(request.key, 'signal')
  bench.open(request.key, 'never')
}

async function goesWithin(bench: Bench): Promise<void> {
  const request = probeRequest({
    script: {
      before: [{ watch: true }],
      response: { body: { $: 'async', steps: [{ yield: 'a' }, { gate: 'never' }] } },
    },
  })
  const connection = await bench.connect()
  await connection.request(request).head()
  await connection.chunk()
  connection.reset()
  await bench.event(request.key, 'signal')
  bench.open(request.key, 'never')
}

export const end01: readonly ConformanceCase<Bench>[] = defineCases('END-01', {
  'aborts the signal when the client goes before there is a response': goesBefore,
  'aborts it when the client goes in the middle of a body': goesWithin,
  'aborts it in both cases over TLS': {
    profile: 'tls',
    run: async bench => {
      await goesBefore(bench)
      await goesWithin(bench)
    },
  },
})
