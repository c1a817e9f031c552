import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'
import { saysClose } from '../wire/response.ts'

export const exp04: readonly ConformanceCase<Bench>[] = defineCases('EXP-04', {
  'closes, or drops the body, where it was never asked for': async bench => {
    const request = probeRequest({ method: 'POST', fields: ['Content-Length: 40', 'Expect: 100-continue'] })
    const connection = await bench.connect()
    const response = await connection.request(request).response()
    expectProbe(response, request)
    if (saysClose(response)) return connection.end()
    // Not closed: then these forty bytes are the body, and no request.
    const smuggled = `GET /${request.key}-smuggled HTTP/1.1\r\n`.padEnd(40, 'x')
    const next = probeRequest()
    connection.expect('GET').send(Buffer.concat([Buffer.from(smuggled), next.bytes]))
    await connection.reader.some('an answer or the end').catch(() => undefined)
    if (connection.reader.waiting.length > 0) expectProbe(await connection.response(), next)
    else expectThat(connection.reader.state !== 'open', 'the connection neither answers nor ends')
    bench.probe.expectNoCall(`${request.key}-smuggled`)
  },
})
