import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'

export const lif09: readonly ConformanceCase<Bench>[] = defineCases('LIF-09', {
  'leaves out what it does not offer: inform is a function that works, or absent': async bench => {
    const request = probeRequest({ script: { before: [{ inform: [103, { link: '</a>' }] }] } })
    const connection = await bench.connect()
    const head = await connection.request(request).head()
    const { inform } = await bench.call(request.key)
    expectThat(inform === 'undefined' || inform === 'function', 'inform is neither absent nor a function', {
      seen: String(inform),
    })
    if (inform === 'function') expectThat(head.status === 103, 'inform is there and sends nothing')
  },

  'offers no upgrade to a client that asks for none': async bench => {
    for (const fields of [[], ['Connection: close'], ['Upgrade: websocket']]) {
      const { key } = await bench.exchange({ fields })
      const { upgrade } = await bench.call(key)
      expectThat(upgrade === null, 'upgrade is not undefined', { seen: String(upgrade) })
    }
  },
})
