import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import { type AdapterBench, settle } from '../bench.ts'

const BLOCK = 16_384

export const adp01: readonly ConformanceCase<AdapterBench>[] = defineCases('ADP-01', {
  'makes write return false where nobody pulls, and drain follow the pulls': async bench => {
    const exchange = bench.open('GET /stream')
    await exchange.until('full')
    await settle()
    expectThat(!exchange.told.includes('drain'), '"drain" came though the server had not asked for a piece')
    const { text } = await exchange.deliver()
    expectThat(exchange.told.includes('drain'), '"drain" never came though the server read everything')
    const isWhole = text.endsWith('end') && /^x+$/.test(text.slice(0, -3)) && (text.length - 3) % BLOCK === 0
    expectThat(isWhole, `the body of ${text.length} bytes is not what was written`)
  },

  'sends a request body on to where it is read': async bench => {
    const body = 'abc'.repeat(50_000)
    const { text } = await bench.open('POST /echo', { body: [body.slice(0, 70_000), body.slice(70_000)] }).deliver()
    expectThat(text === body, `${text.length} bytes came back, and not the ${body.length} that were sent`)
  },
})
