import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'

export const exp01: readonly ConformanceCase<Bench>[] = defineCases('EXP-01', {
  'sends 100 Continue when the body is first read, and not before': async bench => {
    const request = probeRequest({
      method: 'POST',
      fields: ['Content-Length: 3', 'Expect: 100-continue'],
      script: { before: [{ gate: 'read' }, { read: 'all' }] },
    })
    const connection = await bench.connect()
    connection.request(request)
    await bench.event(request.key, 'call')
    await bench.quiet()
    connection.expectNothing('before the body was read')
    bench.open(request.key, 'read')
    const head = await connection.head()
    expectEqual([head.status, head.fields], [100, []], 'the status and fields of the informational response')
    const response = await connection.send('abc').response()
    expectProbe(response, request)
    expectEqual((await bench.event(request.key, 'body-end'))['length'], 3, 'bytes read')
    await bench.followUp(connection, response)
  },

  'takes the expectation in any case of letters': async bench => {
    const request = probeRequest({
      method: 'POST',
      fields: ['Content-Length: 3', 'Expect: 100-Continue'],
      script: { before: [{ read: 'all' }] },
    })
    const connection = await bench.connect()
    expectEqual((await connection.request(request).head()).status, 100, 'the status')
    expectProbe(await connection.send('abc').response(), request)
  },
})
