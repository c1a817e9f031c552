import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const bod01: readonly ConformanceCase<Bench>[] = defineCases('BOD-01', {
  'has null where there is no content': async bench => {
    const requests = [{ method: 'GET' }, { method: 'POST', fields: ['Content-Length: 0'] }, { method: 'DELETE' }]
    for (const options of requests) {
      const { key } = await bench.exchange(options)
      expectEqual((await bench.call(key))['body'], null, `body of ${options.method}`)
    }
  },

  'has a body with Content-Length above zero or Transfer-Encoding, whatever the method': async bench => {
    const messages = [
      { method: 'POST', fields: ['Content-Length: 1'], body: 'a' },
      { method: 'GET', fields: ['Content-Length: 1'], body: 'a' },
      { method: 'POST', fields: ['Transfer-Encoding: chunked'], body: '0\r\n\r\n' },
    ]
    for (const message of messages) {
      const { key, connection, response } = await bench.exchange({ ...message, script: { before: [{ read: 'all' }] } })
      expectEqual((await bench.call(key))['body'], 'some', 'body')
      const end = await bench.event(key, 'body-end')
      expectEqual(end['length'], message.body === 'a' ? 1 : 0, 'bytes read')
      await bench.followUp(connection, response)
    }
  },
})
