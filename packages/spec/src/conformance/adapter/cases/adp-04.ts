import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { AdapterBench } from '../bench.ts'

export const adp04: readonly ConformanceCase<AdapterBench>[] = defineCases('ADP-04', {
  'gives the response at flushHeaders, before there is anything to send': async bench => {
    const { response } = await bench.open('GET /flush').response()
    expectEqual(response.status, 200, 'the status')
    expectEqual(response.headers?.['x-flushed'], 'yes', 'x-flushed')
  },
})
