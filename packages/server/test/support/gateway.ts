// A gateway server on a socket of its own, for tests that need real bytes on real connections.
import type { ConnectionOptions } from 'node:tls'
import type { Application } from '@nsgi/spec'
import { createContext } from '@nsgi/spec/testing'
import type { ExchangeRecord, GatewayServer, GatewayServerOptions } from '../../src/transport/gateway-server.ts'
import { createGatewayServer } from '../../src/transport/serve.ts'
import { certificate } from './certificates.ts'
import { freePort, RawClient } from './raw-client.ts'

/** How the server is made, where that matters. */
export type GatewayOptions = Pick<
  GatewayServerOptions,
  'limits' | 'timeouts' | 'maxConnections' | 'tls' | 'handshakeTimeout' | 'proxyProtocol' | 'forwarding'
>

/** A server that listens, what it recorded, and its clients. */
export class Gateway {
  readonly server: GatewayServer
  readonly where: { readonly port: number; readonly host: string }
  readonly records: ExchangeRecord[] = []
  readonly logged: string[] = []
  /** What the lines of the log came with, or the lines themselves. */
  readonly notes: (string | object)[] = []
  private readonly clients: RawClient[] = []

  private constructor(application: Application, port: number, options: GatewayOptions) {
    this.where = { port, host: '127.0.0.1' }
    const note = (first: string | object, message?: string): void => {
      this.logged.push(typeof first === 'string' ? first : (message ?? ''))
      this.notes.push(first)
    }
    const log = { error: note, warn: note, info: note, debug: note }
    this.server = createGatewayServer({
      application,
      context: createContext({ log }),
      log,
      ...options,
      onExchange: record => this.records.push(record),
    })
  }

  static async start(application: Application, options: GatewayOptions = {}): Promise<Gateway> {
    const gateway = new Gateway(application, await freePort(), options)
    await gateway.server.listen(gateway.where)
    return gateway
  }

  async client(): Promise<RawClient> {
    const client = await RawClient.open(this.where)
    this.clients.push(client)
    return client
  }

  /** A client that speaks TLS, and has done its handshake. */
  async secureClient(options: ConnectionOptions = {}): Promise<RawClient> {
    const client = await RawClient.openSecure({ ca: certificate('authority'), ...this.where, ...options })
    this.clients.push(client)
    return client
  }

  /** A client that does not read before it is told to. */
  async slowClient(): Promise<RawClient> {
    const client = await RawClient.openPaused(this.where)
    this.clients.push(client)
    return client
  }

  /** Drops all connections and waits until the server has seen it. */
  async close(): Promise<void> {
    const stopped = this.server.stop()
    this.server.destroy()
    for (const client of this.clients) client.socket.destroy()
    await stopped
  }
}
