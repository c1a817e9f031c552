import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import { type Bench, expectStatus } from '../bench.ts'
import type { Script } from '../probe/script.ts'
import { freshKey, probeRequest } from '../request.ts'

const SECRET = 'the-password-is-swordfish'

const FAILURES: Readonly<Record<string, Script>> = {
  'a rejection': { before: [{ throw: SECRET }] },
  'a rejected thenable': { before: [{ throw: SECRET }], returns: 'thenable' },
  'a body that throws before its first chunk': {
    response: { body: { $: 'sync', steps: [{ yield: { $: 'symbol' } }] } },
  },
  'a header that is refused': { response: { headers: { 'x-secret': `${SECRET}\n` } } },
}

export const res32: readonly ConformanceCase<Bench>[] = defineCases('RES-32', {
  'answers 500 without detail to a failure before the head': async bench => {
    for (const [name, script] of Object.entries(FAILURES)) {
      const { response, connection } = await bench.exchange({ script })
      if (name.startsWith('a body') && response.status === 200) continue
      expectStatus(response, 500)
      const shown = [response.reason, ...response.fields.flat(), response.body.toString('latin1')].join('\n')
      expectThat(!/swordfish|\bat .*:\d+:\d+|node_modules/.test(shown), `${name}: detail was told`, { seen: shown })
      await bench.followUp(connection, response)
    }
  },

  'answers 500 to a synchronous throw': async bench => {
    // A script that is no JSON makes the application throw before it returns anything.
    const request = probeRequest({ fields: ['probe-do: {'] })
    const connection = await bench.connect()
    const response = await connection.request(request).response()
    expectStatus(response, 500)
    expectEqual(bench.probe.of(request.key, 'call').length, 1, 'calls of the application')
    await bench.followUp(connection, response)
  },

  'tells the log what it does not tell the client': async bench => {
    const reason = `secret ${freshKey()}`
    const { response } = await bench.exchange({ script: { before: [{ throw: reason }] } })
    expectStatus(response, 500)
    await bench.logged(reason)
  },
})
