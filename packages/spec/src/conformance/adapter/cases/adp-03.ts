import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type AdapterBench, settle } from '../bench.ts'

export const adp03: readonly ConformanceCase<AdapterBench>[] = defineCases('ADP-03', {
  'gives close without finish where the client is lost in the middle of a body': async bench => {
    const exchange = bench.open('GET /hang')
    const held = await exchange.response()
    expectEqual(Buffer.from((await held.next()) ?? []).toString(), 'begun', 'the first piece')
    held.next().catch(() => undefined)
    await exchange.lose()
    await exchange.until('close')
    await settle()
    expectEqual(exchange.ending, ['close'], 'events after the loss')
  },

  'gives close without finish where the client is lost before there is a response': async bench => {
    const exchange = bench.open('GET /silent')
    await exchange.until('called')
    await exchange.lose()
    await exchange.until('close')
    await settle()
    expectEqual(exchange.ending, ['close'], 'events after the loss')
  },
})
