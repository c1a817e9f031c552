import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'
import type { Connection } from '../wire/connection.ts'
import { saysClose } from '../wire/response.ts'

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\nprobe-key: {key}-smuggled\r\n\r\n'

/** The length of {@link SMUGGLED} with a key in it is found by making one. */
const lengthOf = (key: string): number => SMUGGLED.replaceAll('{key}', key).length

export const bod09: readonly ConformanceCase<Bench>[] = defineCases('BOD-09', {
  'never takes the bytes of an unread body for a request': async bench => {
    for (const framing of ['length', 'chunked'] as const) {
      for (const late of [false, true]) {
        const { key } = probeRequest()
        const length = lengthOf(key)
        const smuggled = SMUGGLED.replaceAll('{key}', key)
        const chunked = framing === 'chunked'
        const body = chunked ? `${length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n` : smuggled
        const fields = [chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`]
        const request = probeRequest({ method: 'POST', fields })
        const connection = await bench.connect()
        connection.expect('POST').send(late ? request.bytes : Buffer.concat([request.bytes, Buffer.from(body)]))
        const response = await connection.response()
        expectProbe(response, request)
        if (late) connection.send(body)
        if (saysClose(response)) await connection.end()
        else await endOrPing(connection)
        bench.probe.expectNoCall(`${key}-smuggled`)
      }
    }
  },
})

/** The connection may be closed without a word here, too: the client was still sending. */
async function endOrPing(connection: Connection): Promise<void> {
  const next = probeRequest()
  connection.request(next)
  await connection.reader.some('an answer or the end').catch(() => undefined)
  if (connection.reader.waiting.length > 0) expectProbe(await connection.response(), next)
  else expectThat(connection.reader.state !== 'open', 'the connection neither answers nor ends')
}
