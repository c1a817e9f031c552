// A gateway server on a socket of its own, for tests that need real bytes on real connections.
import type { ClientSessionOptions, SecureClientSessionOptions } from 'node:http2'
import type { ConnectionOptions } from 'node:tls'
import type { Application } from '@nsgi/spec'
import { createContext } from '@nsgi/spec/testing'
import type { ExchangeRecord, GatewayServer, GatewayServerOptions } from '../../src/transport/gateway-server.ts'
import { createGatewayServer } from '../../src/transport/serve.ts'
import { certificate } from './certificates.ts'
import { Http2Client } from './http2-client.ts'
import { freePort, RawClient } from './raw-client.ts'

/** How the server is made, where that matters. */
export type GatewayOptions = Omit<GatewayServerOptions, 'application' | 'context' | 'log' | 'onExchange'>

/** A server that listens, what it recorded, and its clients. */
export class Gateway {
  readonly server: GatewayServer
  readonly where: { readonly port: number; readonly host: string }
  readonly records: ExchangeRecord[] = []
  readonly logged: string[] = []
  /** What the lines of the log came with, or the lines themselves. */
  readonly notes: (string | object)[] = []
  private readonly clients: RawClient[] = []
  private readonly http2Clients: Http2Client[] = []
  private readonly scheme: 'http' | 'https'

  private constructor(application: Application, port: number, options: GatewayOptions) {
    this.scheme = options.tls === undefined ? 'http' : 'https'
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

  /** A client of HTTP/2. */
  async http2Client(options: ClientSessionOptions | SecureClientSessionOptions = {}): Promise<Http2Client> {
    const client = await Http2Client.open(this.origin, options)
    this.http2Clients.push(client)
    return client
  }

  /** `http://127.0.0.1:port`, `https:` with TLS. */
  get origin(): string {
    return `${this.scheme}://${this.where.host}:${this.where.port}`
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
    for (const client of this.http2Clients) client.destroy()
    await stopped
  }
}
