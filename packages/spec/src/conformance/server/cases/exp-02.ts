import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'

const EXPECTING = { method: 'POST', fields: ['Content-Length: 6', 'Expect: 100-continue'] } as const

export const exp02: readonly ConformanceCase<Bench>[] = defineCases('EXP-02', {
  'sends it once, however the body is read': async bench => {
    const request = probeRequest({ ...EXPECTING, script: { before: [{ read: 'all' }, { read: 'all' }] } })
    const connection = await bench.connect()
    expectEqual((await connection.request(request).head()).status, 100, 'the status')
    connection.send('abc')
    await bench.event(request.key, 'chunk')
    const response = await connection.send('def').response()
    expectProbe(response, request)
    await bench.followUp(connection, response)
  },

  'sends none once the final head has gone out': async bench => {
    const request = probeRequest({
      ...EXPECTING,
      script: { response: { body: { $: 'async', steps: [{ yield: 'a' }, { gate: 'read' }, { read: 'all' }] } } },
    })
    const connection = await bench.connect()
    const head = await connection.request(request).head()
    expectEqual(head.status, 200, 'the status')
    expectEqual((await connection.chunk()).toString('latin1'), 'a', 'the first chunk')
    bench.open(request.key, 'read')
    await bench.quiet()
    // A client that sends its body without having been asked: nothing but the rest of the response may come.
    connection.send('abcdef')
    const rest = await connection.body(head)
    expectEqual(rest.body.length, 0, 'bytes in the rest of the body')
  },
})
