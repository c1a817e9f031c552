import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { AdapterBench } from '../bench.ts'

export const adp07: readonly ConformanceCase<AdapterBench>[] = defineCases('ADP-07', {
  'works on after the prototypes of request and response were replaced': async bench => {
    const exchange = bench.open('POST /prototype', { body: ['to ', 'and ', 'fro'] })
    expectEqual((await exchange.deliver()).text, 'to and fro', 'the body')
    await exchange.until('close')
    expectEqual(exchange.ending, ['finish', 'close'], 'events')
  },
})
