import { type ConformanceCase, defineCases } from '../../case.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'

export const exp03: readonly ConformanceCase<Bench>[] = defineCases('EXP-03', {
  'sends no 100 Continue to an HTTP/1.0 client': async bench => {
    const request = probeRequest({
      method: 'POST',
      version: 'HTTP/1.0',
      fields: ['Content-Length: 3', 'Expect: 100-continue'],
      script: { before: [{ read: 'all' }] },
    })
    const connection = await bench.connect()
    connection.request(request)
    await bench.event(request.key, 'call')
    await bench.quiet()
    connection.expectNothing('before the body was sent')
    expectProbe(await connection.send('abc').response(), request)
  },
})
