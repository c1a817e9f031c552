import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { valueOf } from '../wire/response.ts'

export const res11: readonly ConformanceCase<Bench>[] = defineCases('RES-11', {
  'adds content-length where the body is known at once': async bench => {
    const bodies = [
      [null, '0'],
      ['', '0'],
      ['é', '2'],
      [{ $: 'bytes', hex: '000102' }, '3'],
      [{ $: 'fill', text: 'x', times: 300_000 }, '300000'],
    ] as const
    for (const [body, length] of bodies) {
      for (const status of [200, 404, 500]) {
        const { response, connection } = await bench.exchange({ script: { response: { status, body } } })
        expectEqual(valueOf(response, 'content-length'), length, 'content-length')
        await bench.followUp(connection, response)
      }
    }
  },
})
