import { types } from 'node:util'
import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { AdapterBench } from '../bench.ts'

export const adp10: readonly ConformanceCase<AdapterBench>[] = defineCases('ADP-10', {
  'makes a body of one piece of what the response was ended with': async bench => {
    const exchange = bench.open('GET /text')
    const { body } = (await exchange.response()).response
    const isOnePiece = typeof body === 'string' || types.isUint8Array(body)
    expectThat(isOnePiece, 'the body is no string and no Uint8Array, though all of it was known at once')
    const { response, text } = await exchange.deliver()
    expectEqual(text, 'text', 'the body')
    expectEqual(response.headers?.['set-cookie'], ['a=1', 'b=2'], 'set-cookie')
  },
})
