import type { GatewayRequest } from '../../../request.ts'
import { createRequest, type RequestInit } from '../../../testing/create-request.ts'
import { type ConformanceCase, defineCases } from '../../case.ts'
import { describe, expectThat, fail } from '../../failure.ts'
import type { ApplicationBench } from '../bench.ts'

/** What a browser sends to open a WebSocket (RFC 6455 §4.1). */
const WEBSOCKET = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAECAwQFBgcICQoLDA0ODw==',
}

export const app07: readonly ConformanceCase<ApplicationBench>[] = defineCases('APP-07', {
  'answers where the server offers neither inform nor extensions': async bench => {
    const { life } = bench
    for (const init of life.requests) {
      life.asked.clear()
      const { thrown, held } = await bench.attempt(bare(init))
      if (held !== undefined) continue
      const asked = [...life.asked]
      const offered = await bench.attempt(createRequest({ ...init, inform: () => {} }))
      // An application that fails in either case fails for another reason.
      if (offered.held === undefined && asked.length === 0) continue
      const what = asked.length === 0 ? 'inform' : `the extension ${asked.join(' or ')}`
      const label = `${init.method ?? 'GET'} ${init.target ?? '/'}`
      fail(`${label}: where the server does not offer ${what}, it threw ${describe(thrown)}`, { cause: thrown })
    }
  },

  'does not switch protocols where the server offers no upgrade': async bench => {
    for (const init of bench.life.requests) {
      if (init.method !== undefined && init.method !== 'GET') continue
      const headers = { ...(init.headers as Record<string, string> | undefined), ...WEBSOCKET }
      const held = await bench.ask({ ...init, headers, upgrade: undefined })
      if (held === undefined) continue
      const isSwitching = held.response.status === 101
      expectThat(!isSwitching, `${held.label}: the response is a 101, but request.upgrade was undefined`)
    }
  },
})

/** A request on which nothing that is optional stands, not even as `undefined`. */
function bare(init: RequestInit): GatewayRequest {
  const request = createRequest({ ...init, upgrade: undefined })
  Reflect.deleteProperty(request, 'inform')
  return request
}
