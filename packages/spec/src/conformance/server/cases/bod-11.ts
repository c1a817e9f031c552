import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'

export const bod11: readonly ConformanceCase<Bench>[] = defineCases('BOD-11', {
  'sends back each piece of a body before the next one is sent': async bench => {
    const request = probeRequest({
      method: 'POST',
      fields: ['Transfer-Encoding: chunked'],
      script: { response: { body: { $: 'echo' } } },
    })
    const connection = await bench.connect()
    connection.request(request)
    const head = await connection.head()
    expectEqual(head.status, 200, 'the status')
    for (const piece of ['one', 'two', 'three']) {
      connection.send(`${piece.length.toString(16)}\r\n${piece}\r\n`)
      expectEqual((await connection.chunk()).toString('latin1'), piece, 'the chunk')
    }
    connection.send('0\r\n\r\n')
    const rest = await connection.body(head)
    expectEqual(rest.body.length, 0, 'bytes behind the last piece')
    await bench.followUp(connection, head)
  },
})
