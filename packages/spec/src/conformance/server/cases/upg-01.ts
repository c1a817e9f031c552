import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectStatus } from '../bench.ts'

const ASKS = ['Connection: Upgrade', 'Upgrade: WebSocket']

export const upg01: readonly ConformanceCase<Bench>[] = defineCases('UPG-01', {
  'offers what the client asks for, in lower case, and only then': async bench => {
    const { key } = await bench.exchange({ fields: ASKS })
    expectEqual((await bench.call(key))['upgrade'], 'websocket', 'upgrade')
    const plain = await bench.exchange({ fields: ['Upgrade: websocket'] })
    expectEqual((await bench.call(plain.key))['upgrade'], null, 'upgrade without connection: upgrade')
    const old = await bench.exchange({ version: 'HTTP/1.0', fields: ASKS })
    expectEqual((await bench.call(old.key))['upgrade'], null, 'upgrade of an HTTP/1.0 request')
  },

  'offers connect to CONNECT': async bench => {
    const { key, response } = await bench.exchange({
      method: 'CONNECT',
      target: 'example.com:443',
      script: { response: { status: 403 } },
    })
    expectStatus(response, 403)
    const { upgrade, path, authority } = await bench.call(key)
    expectEqual([upgrade, path, authority], ['connect', '', 'example.com:443'], 'upgrade, path and authority')
  },

  'refuses a 101 without an upgrade, and one that was not asked for': async bench => {
    const without = await bench.exchange({ fields: ASKS, script: { response: { status: 101, body: null } } })
    expectStatus(without.response, 500)
    const unasked = await bench.exchange({ script: { response: { status: 101, body: null, upgrade: 'echo' } } })
    expectStatus(unasked.response, 500)
  },
})
