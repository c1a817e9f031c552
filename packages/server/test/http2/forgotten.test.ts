// Connections of HTTP/2 that have ended are neither counted nor kept in memory, however they ended.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Application } from '@nsgi/spec'
import { DEFAULT_HTTP2_SETTINGS } from '../../src/http2/session-options.ts'
import { END_HEADERS, END_STREAM, FRAME, FrameClient, GET, literals } from '../support/frame-client.ts'
import { Gateway } from '../support/gateway.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Connections of each kind. Some that end last may be held by the turn of the loop that they end in: all of them are what a leak keeps. */
const CONNECTIONS = 20
const FEW = 3

let gateway: Gateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

const { frame } = FrameClient
const SETTINGS = frame(FRAME.settings)
const REQUEST = frame(FRAME.headers, END_HEADERS | END_STREAM, 1, literals(GET))
const nextTurn = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 5))

/** What a client that never acknowledges the settings sends behind a request which the application is at; the server ends the connection. */
const broken: Readonly<Record<string, readonly Buffer[]>> = {
  'a malformed frame behind a request': [frame(FRAME.ping, 0, 0, Buffer.alloc(3))],
  'data on stream 0 behind a request': [frame(FRAME.data, 0, 0, Buffer.alloc(3))],
  'more settings than one answers': Array.from({ length: 3000 }, () => SETTINGS),
}

/** Counts what is still there of these when everything that can be collected was; takes fewer than `FEW` for none. */
async function leftOf(references: readonly WeakRef<object>[]): Promise<number> {
  for (let round = 0; ; round++) {
    // In a turn of its own: whoever has looked at a reference holds its object until the turn is over.
    await nextTurn()
    collectGarbage()
    const left = references.filter(reference => reference.deref() !== undefined).length
    if (left < FEW || round === 20) return left
  }
}

describe('a connection that has ended', () => {
  it.each(Object.keys(broken))('is forgotten: %s', async what => {
    const connections: WeakRef<object>[] = []
    // What the connection alone keeps, of all that an application sees.
    const application: Application = request => {
      connections.push(new WeakRef(request.remote))
      return new Promise(() => undefined)
    }
    gateway = await Gateway.start(application, { http2: DEFAULT_HTTP2_SETTINGS })
    const { server, where, records } = gateway
    for (let i = 0; i < CONNECTIONS; i++) {
      const client = await FrameClient.open(where.port, { behind: REQUEST })
      while (connections.length <= i) await nextTurn()
      client.socket.write(Buffer.concat(broken[what] as Buffer[]))
    }
    while (connections.length < CONNECTIONS || server.counts.connections > 0) await nextTurn()
    expect(server.counts).toEqual({ connections: 0, active: 0 })
    records.length = 0
    expect(await leftOf(connections)).toBeLessThan(FEW)
  })
})
