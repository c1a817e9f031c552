import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'

export const req01: readonly ConformanceCase<Bench>[] = defineCases('REQ-01', {
  'calls the application once for each of twenty pipelined requests': async bench => {
    const requests = Array.from({ length: 20 }, () => probeRequest())
    const connection = await bench.connect()
    for (const request of requests) connection.expect(request.method)
    connection.send(Buffer.concat(requests.map(({ bytes }) => bytes)))
    for (const request of requests) expectProbe(await connection.response(), request)
    for (const { key } of requests) expectEqual(bench.probe.of(key, 'call').length, 1, 'calls of the application')
  },

  'does not call it for what is no HTTP at all': async bench => {
    const connection = await bench.connect()
    const { key } = probeRequest()
    connection.send(`${key} HELO\r\nprobe-key: ${key}\r\n\r\n`)
    await connection.reader.toClose('the end of the connection')
    bench.probe.expectNoCall(key)
    await bench.alive()
  },
})
