import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { AdapterBench } from '../bench.ts'
import { expectAsNatively } from '../natively.ts'

/** Fields that came twice, and what Node makes of them (`message.headers` in its documentation). */
const TWICE: readonly (readonly [name: string, seen: unknown])[] = [
  ['Accept', 'one, two'],
  ['X-Other', 'one, two'],
  ['Cookie', 'one; two'],
  ['Set-Cookie', ['one', 'two']],
  ['Age', 'one'],
  ['Authorization', 'one'],
  ['Content-Type', 'one'],
  ['If-Modified-Since', 'one'],
  ['Referer', 'one'],
  ['User-Agent', 'one'],
]

const FIELDS = TWICE.flatMap(([name]) => [name, 'one', name.toUpperCase(), 'two'])

interface Seen {
  readonly headers: Readonly<Record<string, unknown>>
  readonly rawHeaders: readonly string[]
}

export const adp06: readonly ConformanceCase<AdapterBench>[] = defineCases('ADP-06', {
  'shows duplicate fields as Node does': async bench => {
    const rawHeaders = ['Host', 'localhost', ...FIELDS]
    const exchange = bench.open('GET /headers', { rawHeaders })
    const { headers, rawHeaders: raw } = JSON.parse((await exchange.deliver()).text) as Seen
    for (const [name, seen] of TWICE) expectEqual(headers[name.toLowerCase()], seen, name)
    expectEqual(raw, [...rawHeaders, 'Fixture-Id', exchange.id], 'rawHeaders')
  },

  'shows fields as the framework’s own server does': bench =>
    expectAsNatively(bench, [{ route: 'GET /headers', fields: FIELDS }]),
})
