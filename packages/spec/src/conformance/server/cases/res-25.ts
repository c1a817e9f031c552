import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'

/** How often the same exchange is looked at: two writes may arrive as one now and then, but not every time. */
const TIMES = 20

async function headFirst(bench: Bench): Promise<void> {
  const request = probeRequest({
    script: { response: { body: { $: 'async', steps: [{ gate: 'first' }, { yield: 'event' }] } } },
  })
  const connection = await bench.connect()
  const head = await connection.request(request).head()
  expectEqual(head.status, 200, 'the status')
  connection.expectNothing('before the first chunk')
  bench.open(request.key, 'first')
  expectEqual((await connection.body(head)).body.toString('latin1'), 'event', 'the body')
  await bench.followUp(connection, head)
}

export const res25: readonly ConformanceCase<Bench>[] = defineCases('RES-25', {
  'sends the head while next() is pending': headFirst,

  'sends head and first chunk together where that settles at once': async bench => {
    for (let time = 0; time < TIMES; time += 1) {
      const steps = [{ yield: 'first' }, { gate: 'second' }, { yield: 'second' }]
      const request = probeRequest({ script: { response: { body: { $: 'async', steps } } } })
      const connection = await bench.connect()
      await connection.request(request).head()
      const [piece] = connection.reader.pieces
      expectThat(piece?.includes('first') === true, 'the head came without the first chunk', { seen: piece })
      bench.open(request.key, 'second')
    }
  },

  'sends the head while next() is pending over TLS': { profile: 'tls', run: headFirst },
})
