import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Application, Logger } from '@nsgi/spec'
import { type GatewayListener, toNode } from '../../src/index.ts'
import { parseResponses, RawClient, type RawResponse } from './raw-client.ts'

/** A gateway application under node:http, to be spoken to in bytes. */
export interface Bridge {
  readonly listener: GatewayListener
  readonly port: number
  /** What the application's failures were logged as. */
  readonly logged: readonly unknown[]
  /** Sends a request on a connection of its own that ends with it. */
  ask(request?: string): Promise<RawResponse[]>
  stop(): Promise<void>
}

/** Starts an application under node:http. */
export async function startBridge(application: Application): Promise<Bridge> {
  const logged: unknown[] = []
  const keep = (fields: unknown): void => {
    logged.push(fields)
  }
  const log: Logger = { error: keep, warn: keep, info: keep, debug: keep }
  const listener = toNode(application, { log })
  const server = createServer()
  listener.attach(server)
  await listener.startup()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    listener,
    port,
    logged,
    async ask(request = get('/')) {
      const client = await RawClient.connect(port)
      client.send(request)
      return parseResponses(await client.toEnd(), [request.split(' ')[0] as string])
    },
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** The bytes of a request that ends its connection. */
export function get(target: string, { method = 'GET', fields = '', body = '' } = {}): string {
  return `${method} ${target} HTTP/1.1\r\nHost: test:80\r\nConnection: close\r\n${fields}\r\n${body}`
}
