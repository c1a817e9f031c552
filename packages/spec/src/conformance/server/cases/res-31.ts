import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import type { Step } from '../probe/script.ts'
import { probeRequest } from '../request.ts'
import { valuesOf } from '../wire/response.ts'

const HINTS: Step = { inform: [103, { link: ['</a.css>; rel=preload', '</b.js>; rel=preload'] }] }

/** What there is to say where the request has no `inform`. */
const ABSENT = 'the server offers no inform'

export const res31: readonly ConformanceCase<Bench>[] = defineCases('RES-31', {
  'sends informational responses before the head': async bench => {
    const request = probeRequest({ script: { before: [HINTS, HINTS, { gate: 'answer' }] } })
    const connection = await bench.connect()
    connection.request(request)
    if ((await bench.call(request.key))['inform'] === 'undefined') return ABSENT
    for (const time of ['the first', 'the second']) {
      const head = await connection.head()
      expectEqual(head.status, 103, `the status of ${time}`)
      expectEqual(valuesOf(head, 'link'), ['</a.css>; rel=preload', '</b.js>; rel=preload'], 'link')
    }
    bench.open(request.key, 'answer')
    const response = await connection.response()
    expectProbe(response, request)
    await bench.followUp(connection, response)
  },

  'does nothing after the head, nor to HTTP/1.0': async bench => {
    const body = { $: 'async', steps: [{ yield: 'a' }, HINTS, { yield: 'b' }] } as const
    const later = await bench.exchange({ script: { response: { body } } })
    if ((await bench.call(later.key))['inform'] === 'undefined') return ABSENT
    expectEqual(later.response.body.toString('latin1'), 'ab', 'the body')
    expectEqual(bench.probe.of(later.key, 'informed').length, 1, 'calls of inform that did not throw')
    const old = await bench.exchange({ version: 'HTTP/1.0', script: { before: [HINTS] } })
    expectProbe(old.response, old.request)
    expectEqual(bench.probe.of(old.key, 'inform-threw').length, 0, 'calls of inform that threw')
  },

  'throws for another status and for invalid fields': async bench => {
    const wrong: readonly Step[] = [
      { inform: [101] },
      { inform: [200] },
      { inform: [99] },
      { inform: [103, { 'x-a': 'b\r\nc' }] },
      { inform: [103, { 'X y': 'b' }] },
    ]
    const { response, request, key } = await bench.exchange({ script: { before: wrong } })
    if ((await bench.call(key))['inform'] === 'undefined') return ABSENT
    expectProbe(response, request)
    expectEqual(bench.probe.of(key, 'inform-threw').length, wrong.length, 'calls of inform that threw')
  },
})
