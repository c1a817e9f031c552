import { type ConformanceCase, defineCases } from '../../case.ts'
import { type Bench, expectProbe } from '../bench.ts'

export const end08: readonly ConformanceCase<Bench>[] = defineCases('END-08', {
  'outlives a throw in finished, on the same connection': async bench => {
    for (const body of ['text', 'stream'] as const) {
      const source = body === 'text' ? {} : { body: { $: 'async', steps: [{ yield: 'a' }] } as const }
      const { connection, response, key } = await bench.exchange({
        script: { response: { ...source, finished: 'throw' } },
      })
      if (body === 'text') expectProbe(response, { key })
      await bench.event(key, 'finished')
      await bench.followUp(connection, response)
    }
  },

  'logs what finished threw': async bench => {
    const { key } = await bench.exchange({ script: { response: { finished: 'throw' } } })
    await bench.logged(`finished() fails for ${key}`)
  },
})
