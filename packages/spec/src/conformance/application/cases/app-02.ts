import { headersFault } from '../../../testing/check-response.ts'
import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import type { ApplicationBench } from '../bench.ts'

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])

export const app02: readonly ConformanceCase<ApplicationBench>[] = defineCases('APP-02', {
  'gives no hop-by-hop fields': bench =>
    bench.forEach(({ response, label }) => {
      for (const [name, value] of Object.entries(response.headers ?? {})) {
        const isClose = name.toLowerCase() === 'connection' && String(value).toLowerCase() === 'close'
        const isAllowed = value === undefined || isClose || !HOP_BY_HOP.has(name.toLowerCase())
        expectThat(isAllowed, `${label}: the response has ${name}`, { seen: `${name}: ${String(value)}` })
      }
    }),

  'gives fields that a server can send': {
    also: ['RES-06', 'RES-07'],
    run: bench =>
      bench.forEach(({ response, label }) => {
        const fault = headersFault(response.headers)
        expectThat(fault === undefined, `${label}: ${fault?.detail} (${fault?.requirement}): a server answers 500`)
      }),
  },
})
