// `ws`, unmodified, on node:http and through the gateway: the same tests on each.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe } from '@jest/globals'
import { fromNode } from '../../src/index.ts'
import { handler, upgrade } from '../fixtures/websocket.mjs'
import { startBridge } from '../support/bridge.ts'
import { startExtendedConnectProxy } from '../support/extended-connect-proxy.ts'
import { runKirin } from '../support/servers.ts'
import { behavesAsWebSockets, type WebSocketServerUnderTest } from '../support/websocket-behaviour.ts'

async function natively(): Promise<WebSocketServerUnderTest> {
  const server = createServer(handler).on('upgrade', upgrade).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

describe('a program with ws on node:http', () => {
  behavesAsWebSockets(natively)
})

describe('a program with ws through fromNode and toNode', () => {
  behavesAsWebSockets(() => startBridge(fromNode(handler, { upgrade })))
})

describe('a program with ws through fromNode on kirin', () => {
  behavesAsWebSockets(() => runKirin(new URL('../fixtures/websocket-application.mjs', import.meta.url)))
})

async function overHttp2(): Promise<WebSocketServerUnderTest> {
  const module = new URL('../fixtures/websocket-application.mjs', import.meta.url)
  const kirin = await runKirin(module, { args: ['--http2-extended-connect'] })
  const proxy = await startExtendedConnectProxy(kirin.port)
  return {
    port: proxy.port,
    async stop() {
      await proxy.stop()
      await kirin.stop()
    },
  }
}

describe('a program with ws through fromNode on kirin, over streams of HTTP/2', () => {
  behavesAsWebSockets(overHttp2)
})
