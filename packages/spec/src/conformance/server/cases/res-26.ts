import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'

export const res26: readonly ConformanceCase<Bench>[] = defineCases('RES-26', {
  'sends each chunk before the next one is there': async bench => {
    const steps = ['one', 'two', 'three'].flatMap(text => [{ yield: text }, { gate: text }])
    const request = probeRequest({ script: { response: { body: { $: 'async', steps } } } })
    const connection = await bench.connect()
    const head = await connection.request(request).head()
    for (const text of ['one', 'two', 'three']) {
      expectEqual((await connection.chunk()).toString('latin1'), text, 'the chunk')
      await bench.quiet()
      connection.expectNothing('before the next chunk was there')
      bench.open(request.key, text)
    }
    expectEqual((await connection.body(head)).body.length, 0, 'bytes behind the last chunk')
    await bench.followUp(connection, head)
  },
})
