import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'
import { saysClose } from '../wire/response.ts'

export const res22: readonly ConformanceCase<Bench>[] = defineCases('RES-22', {
  'closes after a response that says close, and answers nothing behind it': async bench => {
    for (const close of ['close', 'Close', 'x-a, close']) {
      const request = probeRequest({ script: { response: { headers: { connection: close } } } })
      const behind = probeRequest()
      const connection = await bench.connect()
      connection.expect('GET').send(Buffer.concat([request.bytes, behind.bytes]))
      const response = await connection.response()
      expectProbe(response, request)
      expectThat(saysClose(response), 'the response does not say close')
      await connection.end()
    }
  },

  'closes where the client says close': async bench => {
    const { response, connection, request } = await bench.exchange({ fields: ['Connection: close'] })
    expectProbe(response, request)
    expectThat(saysClose(response), 'the response does not say close')
    await connection.end()
  },
})
