import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const req23: readonly ConformanceCase<Bench>[] = defineCases('REQ-23', {
  'leaves Content-Length, Transfer-Encoding and Connection visible': async bench => {
    const messages = [
      [['Content-Length: 3', 'Connection: close'], 'abc', { 'content-length': '3', connection: 'close' }],
      [['Transfer-Encoding: chunked'], '3\r\nabc\r\n0\r\n\r\n', { 'transfer-encoding': 'chunked' }],
    ] as const
    for (const [fields, body, seen] of messages) {
      const { key } = await bench.exchange({ method: 'POST', fields, body })
      const call = await bench.call(key)
      const headers = call['headers'] as Record<string, string>
      const raw = (call['rawHeaders'] as readonly string[]).map(text => text.toLowerCase())
      for (const [name, value] of Object.entries(seen)) {
        expectEqual(headers[name], value, name)
        expectThat(raw.includes(name), `${name} is not in rawHeaders`)
      }
    }
  },
})
