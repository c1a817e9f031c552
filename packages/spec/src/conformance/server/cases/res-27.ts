import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const res27: readonly ConformanceCase<Bench>[] = defineCases('RES-27', {
  'asks for one piece at a time': async bench => {
    const steps = Array.from({ length: 20 }, (_none, index) => [{ event: 'settling' }, { yield: `${index};` }]).flat()
    const { key, response } = await bench.exchange({ script: { response: { body: { $: 'async', steps } } } })
    expectEqual(
      response.body.toString('latin1'),
      Array.from({ length: 20 }, (_none, index) => `${index};`).join(''),
      'the body',
    )
    const pending = bench.probe.of(key, 'next').map(event => event['pending'])
    expectEqual(
      pending,
      pending.map(() => 1),
      'calls of next() under way at each call',
    )
    expectEqual(pending.length, 21, 'calls of next()')
  },
})
