import type { GatewayResponse } from '../../../response.ts'
import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import { type MiddlewareBench, requestOf, settle } from '../bench.ts'
import { htmlHeaders, pieces } from '../responses.ts'

const SYMBOL = Symbol('nsgi.conformance')
const NAME = 'conformance.note'

export const mid07: readonly ConformanceCase<MiddlewareBench>[] = defineCases('MID-07', {
  'passes unknown members of the request on': async bench => {
    const request = Object.assign(requestOf(bench.request), { [SYMBOL]: 'by symbol', [NAME]: 'by name' })
    const { inner } = await bench.pass({ status: 200 }, request)
    expectEqual(Reflect.get(inner.request, NAME), 'by name', `request[${JSON.stringify(NAME)}]`)
    expectEqual(Reflect.get(inner.request, SYMBOL), 'by symbol', `request[${SYMBOL.description}], a symbol`)
  },

  'passes members of the response on that it has no business with': async bench => {
    const trailers = (): Record<string, string> => ({ 'x-sum': '1' })
    const given = { status: 200, reason: 'Fine', headers: htmlHeaders(), body: pieces(), trailers }
    const response: GatewayResponse = Object.assign(given, { [SYMBOL]: 'by symbol', [NAME]: 'by name' })
    const { outer, watched } = await bench.pass(response)
    await settle()
    if (watched.body?.isLeaked === false) return 'it answered with something else'
    const seen = outer.response
    expectEqual(Reflect.get(seen, NAME), 'by name', `response[${JSON.stringify(NAME)}]`)
    expectEqual(Reflect.get(seen, SYMBOL), 'by symbol', `response[${SYMBOL.description}], a symbol`)
    expectThat(typeof seen.trailers === 'function', 'trailers is gone')
    if (seen.status === 200) expectEqual(seen.reason, 'Fine', 'reason')
    return undefined
  },
})
