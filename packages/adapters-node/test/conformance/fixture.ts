import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AdapterFixture, NativeServer } from '../../../spec/src/conformance/adapter/index.ts'
import { fromNode, type NodeHandler } from '../../src/index.ts'
import { handlerOf, takeUpgrade } from './routes.ts'

/** A handler on node's own server. */
export async function serveNatively(handler: NodeHandler): Promise<NativeServer> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** The fixture of `fromNode`; `adapt` may be another adapter, or a broken one. */
export function nodeFixture(adapt: typeof fromNode = fromNode): AdapterFixture {
  return {
    gateway: tell => adapt(handlerOf(tell), { upgrade: takeUpgrade }),
    native: tell => serveNatively(handlerOf(tell)),
  }
}
