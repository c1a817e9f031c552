import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type AdapterBench, settle } from '../bench.ts'
import { expectAsNatively } from '../natively.ts'

const ROUTES = ['GET /text', 'GET /late', 'GET /stream']

export const adp02: readonly ConformanceCase<AdapterBench>[] = defineCases('ADP-02', {
  'gives finish and then close, each once, when the server reports success and not before': async bench => {
    for (const route of ROUTES) {
      const exchange = bench.open(route)
      const { held } = await exchange.read()
      await settle()
      expectEqual(exchange.ending, [], `${route}: events before the server reported`)
      await held.end()
      await exchange.until('close')
      await settle()
      expectEqual(exchange.ending, ['finish', 'close'], `${route}: events after success`)
    }
  },

  'gives close alone when the server reports a failure at the very end': async bench => {
    for (const route of ROUTES) {
      const exchange = bench.open(route)
      const { held } = await exchange.read()
      await held.end(new Error('the client was lost'))
      await exchange.until('close')
      await settle()
      expectEqual(exchange.ending, ['close'], `${route}: events after a failure`)
    }
  },

  'answers and tells as the framework’s own server does': bench =>
    expectAsNatively(bench, [
      { route: 'GET /text' },
      { route: 'GET /json' },
      { route: 'GET /late' },
      { route: 'GET /missing' },
      { route: 'POST /echo', body: 'to and fro' },
      { route: 'GET /stream' },
      { route: 'POST /prototype', body: 'to and fro' },
    ]),
})
