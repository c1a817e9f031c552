import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { AdapterBench } from '../bench.ts'
import { expectAsNatively } from '../natively.ts'

const ROUTES = ['GET /write-head', 'GET /write-head-stream']

export const adp05: readonly ConformanceCase<AdapterBench>[] = defineCases('ADP-05', {
  'makes an implicit head through the writeHead that stands on the response': async bench => {
    for (const route of ROUTES) {
      const { response, text } = await bench.open(route).deliver()
      expectEqual(response.headers?.['x-late'], 'yes', `${route}: x-late`)
      expectEqual(text, 'text', `${route}: the body`)
    }
  },

  'does so as the framework’s own server does': bench =>
    expectAsNatively(
      bench,
      ROUTES.map(route => ({ route })),
    ),
})
