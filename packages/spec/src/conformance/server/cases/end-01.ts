import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'
import type { Connection } from '../wire/connection.ts'

async function goesBefore(bench: Bench, connection: Connection): Promise<void> {
  const request = probeRequest({ script: { before: [{ watch: true }, { gate: 'never' }] } })
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
  'aborts the signal when the client goes before there is a response': async bench =>
    goesBefore(bench, await bench.connect()),
  'aborts it when the client goes in the middle of a body': goesWithin,
  'aborts it in both cases over TLS': {
    profile: 'tls',
    run: async bench => {
      const connection = await bench.connect()
      // A server may have session tickets to send behind the first request that it reads. Where a reset meets these, node tells the
      // server of it as of the end of one side: an answer shows that they are sent.
      await bench.ping(connection)
      await goesBefore(bench, connection)
      await goesWithin(bench)
    },
  },
})
