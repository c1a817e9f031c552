import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import { type Bench, expectStatus } from '../bench.ts'
import { probeRequest } from '../request.ts'

export const res13: readonly ConformanceCase<Bench>[] = defineCases('RES-13', {
  'sends no byte beyond the declared length, stops the body and closes': async bench => {
    for (const yields of [
      ['abc', 'def', 'ghi'],
      ['abcdef', 'ghi'],
    ]) {
      const steps = yields.map(text => ({ yield: text }))
      const request = probeRequest({
        script: { response: { headers: { 'content-length': '5' }, body: { $: 'async', steps } } },
      })
      const connection = await bench.connect()
      const head = await connection.request(request).head()
      // A server that knows of the failure before it has sent the head may answer 500 instead (RES-32).
      if (head.status === 500) await bench.followUp(connection, await connection.body(head))
      else {
        expectStatus(head, 200)
        const { rest } = await connection.reader.toClose('the end of the connection')
        expectThat('abcde'.startsWith(rest.toString('latin1')), 'more was sent than was declared', { seen: rest })
      }
      const { error } = await bench.event(request.key, 'finished')
      expectThat(typeof error === 'string', 'finished got no error')
      await bench.event(request.key, 'return')
    }
  },
})
