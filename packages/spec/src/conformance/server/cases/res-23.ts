import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { valueOf } from '../wire/response.ts'

const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/

/** Milliseconds that the clocks of both sides may differ: a cached date, a machine that stutters. */
const TOLERANCE = 60_000

export const res23: readonly ConformanceCase<Bench>[] = defineCases('RES-23', {
  'adds a date, the present one, in the form of RFC 9110 §5.6.7': async bench => {
    const { response } = await bench.exchange()
    const date = valueOf(response, 'date') ?? ''
    expectThat(IMF_FIXDATE.test(date), 'this is no date', { seen: date })
    expectThat(Math.abs(Date.parse(date) - Date.now()) < TOLERANCE, 'the date is not the present one', { seen: date })
  },

  'keeps the date of the application': async bench => {
    const date = 'Sun, 06 Nov 1994 08:49:37 GMT'
    const { response } = await bench.exchange({ script: { response: { headers: { date } } } })
    expectEqual(valueOf(response, 'date'), date, 'date')
  },
})
