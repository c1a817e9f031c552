import { type ConformanceCase, defineCases } from '../../case.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'

const PARTS = { before: [{ read: 1 }] } as const

export const bod08: readonly ConformanceCase<Bench>[] = defineCases('BOD-08', {
  'delivers the response where the application stops reading early': async bench => {
    const body = 'x'.repeat(300_000)
    const messages = [
      { fields: [`Content-Length: ${body.length}`], body },
      { fields: ['Transfer-Encoding: chunked'], body: `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` },
    ]
    for (const message of messages) {
      const { request, response, connection } = await bench.exchange({ method: 'POST', ...message, script: PARTS })
      expectProbe(response, request)
      await bench.followUp(connection, response)
    }
  },

  'delivers it while the client still sends': async bench => {
    const request = probeRequest({ method: 'POST', fields: ['Content-Length: 1000000'], body: 'abc', script: PARTS })
    const connection = await bench.connect()
    expectProbe(await connection.request(request).response(), request)
  },
})
