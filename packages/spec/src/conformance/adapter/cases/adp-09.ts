import type { Duplex } from 'node:stream'
import { createDuplexPair } from '../../../testing/duplex-pair.ts'
import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { AdapterBench } from '../bench.ts'
import { expectAsNatively } from '../natively.ts'

const OFFER = { headers: { connection: 'Upgrade', upgrade: 'echo' }, upgrade: 'echo' }

export const adp09: readonly ConformanceCase<AdapterBench>[] = defineCases('ADP-09', {
  'sends trailers': async bench => {
    const { held, body } = await bench.open('GET /trailers').read()
    expectEqual(body.toString(), 'text', 'the body')
    const trailers = held.response.trailers?.call(held.response)
    expectEqual(trailers?.['x-sum'], '1', 'the trailer x-sum')
  },

  'sends early hints': async bench => {
    const exchange = bench.open('GET /early-hints')
    expectEqual((await exchange.deliver()).text, 'text', 'the body')
    const [hints, ...more] = exchange.informational
    expectEqual([hints?.status, more.length], [103, 0], 'the status of what was sent before, and what came after it')
    expectThat(String(hints?.headers['link']).includes('/style.css'), 'the link is not among its fields')
  },

  'hands an upgraded connection over': async bench => {
    const { response } = await bench.open('GET /upgrade', OFFER).response()
    expectEqual(response.status, 101, 'the status')
    const [server, client] = createDuplexPair()
    response.upgrade?.call(response, server)
    client.end('hello')
    expectEqual(await textOf(client), 'hello', 'what came back over the connection')
  },

  'sends trailers and early hints as the framework’s own server does': bench =>
    expectAsNatively(bench, [{ route: 'GET /trailers' }, { route: 'GET /early-hints' }]),
})

async function textOf(stream: Duplex): Promise<string> {
  let text = ''
  for await (const piece of stream) text += String(piece)
  return text
}
