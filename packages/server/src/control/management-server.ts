// The master's own small HTTP server, for operators: pages on a port (`--metrics-bind`), and orders as well on a UNIX socket
// (`--control-socket`). It is node's, and has nothing to do with the application's sockets (docs/decisions/0019).
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Notice } from '../arbiter/model.ts'
import { type BindAddress, formatBindAddress } from '../config/bind-address.ts'
import { socketFileAt } from '../transport/bind.ts'
import { ReloadWaiters, STOPS } from './reload-waiters.ts'
import { type Managed, type ManagementAnswer, ORDERS, type Order, orderFor, pageFor, STARTING } from './routes.ts'
import { claimSocketFile } from './socket-file.ts'

/** A few scrapers and operators; whoever else comes is closed at once. The master is to stay small. */
const MOST_CONNECTIONS = 32

/** Milliseconds for a whole request, and that a connection may idle: a scraper that comes every minute opens a new one. */
const PATIENCE = 5_000

/** How a server is opened. */
export interface ManagementOptions {
  readonly address: BindAddress
  /** Whether whoever comes may give orders. */
  readonly takesOrders: boolean
  readonly managed: Managed
}

export class ManagementServer {
  readonly #options: ManagementOptions
  readonly #server: Server
  readonly #waiters = new ReloadWaiters()

  private constructor(options: ManagementOptions) {
    this.#options = options
    this.#server = createServer({
      requestTimeout: PATIENCE,
      headersTimeout: PATIENCE,
      keepAliveTimeout: PATIENCE,
      // How often it is looked whose time is over: half a minute by default, for which who says nothing could keep everybody out.
      connectionsCheckingInterval: PATIENCE,
    })
    this.#server.maxConnections = MOST_CONNECTIONS
    this.#server.on('request', (request, response) => this.#serve(request, response))
  }

  /**
   * Listens.
   *
   * @throws Error with the system's code when the address cannot be had
   */
  static async open(options: ManagementOptions): Promise<ManagementServer> {
    const management = new ManagementServer(options)
    await management.#listen()
    return management
  }

  /** Where it is, with the port that the system chose for port 0. */
  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') return formatBindAddress(this.#options.address)
    return `http://${formatBindAddress({ type: 'tcp', host: address.address, port: address.port })}`
  }

  /** Hears how reloads end. */
  observe(notice: Notice): void {
    this.#waiters.observe(notice)
  }

  /** Ends at once; nobody's request is worth waiting for then. */
  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #listen(): Promise<void> {
    const { address } = this.#options
    if (address.type === 'unix') await claimSocketFile(address.path)
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      const listening = (): void => {
        this.#server.removeListener('error', reject)
        resolve()
      }
      if (address.type === 'tcp') this.#server.listen(address.port, address.host, listening)
      else if (address.type === 'fd') this.#server.listen({ fd: address.fd }, listening)
      else withMask(0o177, () => this.#server.listen(socketFileAt(address.path), listening))
    })
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url = '/' } = request
    const [path = '/'] = url.split('?', 1)
    request.resume()
    if (method === 'GET' || method === 'HEAD') return send(response, pageFor(path, this.#options.managed))
    const order = method === 'POST' && this.#options.takesOrders ? orderFor(path) : undefined
    if (order === undefined) {
      const allow = this.#options.takesOrders ? 'GET, HEAD, POST' : 'GET, HEAD'
      const status = method === 'POST' && this.#options.takesOrders ? 404 : 405
      return send(response, { status, type: 'text/plain', body: 'there is no such order here\n', allow })
    }
    this.#obey(order, response)
  }

  #obey(order: Order, response: ServerResponse): void {
    // Nobody is there yet who could obey.
    if (this.#options.managed.status() === undefined) return send(response, STARTING)
    if (order === 'reload') {
      // Behind the arbiter's own listener: whatever it says before is not of this order.
      process.once(ORDERS.reload, () => this.#waitForReload(response))
    }
    // Through the signal's own listener, like everybody's: an order has no way of its own.
    process.kill(process.pid, ORDERS[order])
    if (order !== 'reload') send(response, json(202, { order }))
  }

  #waitForReload(response: ServerResponse): void {
    const phase = this.#options.managed.status()?.phase
    // A master that has been told to stop reads nothing again.
    if (phase !== 'starting' && phase !== 'serving') return send(response, json(200, STOPS))
    this.#waiters.add(answer => send(response, json(200, answer)))
  }
}

function json(status: number, value: unknown): ManagementAnswer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` }
}

function send(response: ServerResponse, { status, type, body, allow }: ManagementAnswer): void {
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' }
  response.writeHead(status, allow === undefined ? headers : { ...headers, allow }).end(body)
}

/** A socket file gets its permissions when it is made: changing them afterwards would leave a moment for others. */
function withMask(mask: number, call: () => void): void {
  const before = process.umask(mask)
  try {
    call()
  } finally {
    process.umask(before)
  }
}
