import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'

export const res14: readonly ConformanceCase<Bench>[] = defineCases('RES-14', {
  'closes the connection where the body falls short, and counts it as failed': async bench => {
    const request = probeRequest({
      script: { response: { headers: { 'content-length': '5' }, body: { $: 'async', steps: [{ yield: 'abc' }] } } },
    })
    const connection = await bench.connect()
    const head = await connection.request(request).head()
    expectEqual(head.status, 200, 'the status')
    const { rest } = await connection.reader.toClose('the end of the connection')
    expectThat('abc'.startsWith(rest.toString('latin1')), 'something else was sent than the body', { seen: rest })
    const { error } = await bench.event(request.key, 'finished')
    expectThat(typeof error === 'string', 'finished got no error')
  },
})
