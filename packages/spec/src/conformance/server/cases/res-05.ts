import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { valueOf } from '../wire/response.ts'

const TEXT = 'é€😀\u0000\u00ff'
const HEX = Buffer.from(TEXT).toString('hex')

export const res05: readonly ConformanceCase<Bench>[] = defineCases('RES-05', {
  'sends strings as UTF-8, whole and in pieces': async bench => {
    const whole = await bench.exchange({ script: { response: { body: TEXT } } })
    expectEqual(whole.response.body.toString('hex'), HEX, 'the bytes of a text')
    expectEqual(valueOf(whole.response, 'content-length'), String(HEX.length / 2), 'content-length')
    const steps = [{ yield: TEXT }, { yield: '' }, { yield: TEXT }]
    const pieces = await bench.exchange({ script: { response: { body: { $: 'async', steps } } } })
    expectEqual(pieces.response.body.toString('hex'), HEX + HEX, 'the bytes of pieces')
    await bench.followUp(pieces.connection, pieces.response)
  },
})
