import { expectEqual, expectThat, fail, skip } from '../failure.ts'
import type { Exchange } from '../report.ts'
import type { ProbeDirectory, ProbeEvent } from './probe-directory.ts'
import type { ProxyField } from './proxy-fields.ts'
import { type ProbeRequest, probeRequest, type RequestOptions } from './request.ts'
import { type Reachable, ServerProcess, type StartOptions } from './server-process.ts'
import { expectAlive } from './shared-process.ts'
import { Connection } from './wire/connection.ts'
import { type ReceivedResponse, type ResponseHead, saysClose } from './wire/response.ts'
import type { TlsClient } from './wire/secure-socket.ts'

/** Round trips that stand for "time enough": whatever the server would have done by itself, it had the turn to do. */
const QUIET_ROUND_TRIPS = 3

/** Milliseconds that absence takes at least, where only absence can be shown. */
const QUIET_TIME = 25

/** Why a case that starts servers, or looks at their output, has nothing to judge. */
const NOT_STARTED = 'the server under test was not started by this suite: it needs a command'

/** What the whole suite knows about the server under test. */
export interface Server {
  /** The running server, started at first need and again where it died. */
  shared(): Promise<Reachable>
  /** Another one, which all who give the same options get. */
  sharedWith(options: StartOptions): Promise<ServerProcess>
  /** How to start others; `undefined` where the server was started by someone else. */
  readonly start: ((options: Partial<StartOptions>) => StartOptions) | undefined
  /** The command for a UNIX socket, if there is one. */
  readonly unixCommand: string | undefined
  /** The command for a server with a limit on bodies, if there is one. */
  readonly limitCommand: string | undefined
  /** The command for a server that believes a proxy on 127.0.0.1, if there is one, and through which fields it does. */
  readonly proxyCommand: string | undefined
  readonly proxyFields: readonly ProxyField[]
  /** The command for a server whose application is mounted, if there is one. */
  readonly mountCommand: string | undefined
  /** The signal that makes the server reload, if it has one. */
  readonly reloadSignal: NodeJS.Signals | undefined
  /** Milliseconds without a byte or an event that is due after which a wait fails. */
  readonly patience: number
  /** Inputs that are cut in two are cut at every so manieth offset. */
  readonly cutEvery: number
}

/** How a case connects. */
export interface ConnectOptions {
  /** Nothing is read before `resume`. */
  readonly paused?: boolean
  /** The address to connect from. */
  readonly from?: string
  /** Milliseconds without a byte after which a wait fails; the patience of the suite where absent. */
  readonly silence?: number
  /** How it speaks TLS to a server that does; `null`: not at all. */
  readonly tls?: TlsClient | null | undefined
}

/** What one case gets: connections to the server, servers of its own, the application's events. All of it goes with the case. */
export class Bench {
  readonly signal: AbortSignal
  readonly server: Server
  readonly #main: Reachable
  readonly #connections: Connection[] = []
  readonly #processes: ServerProcess[] = []
  /** Those that it has in common with other cases, but for the main one. */
  readonly #shared = new Set<ServerProcess>()

  constructor(server: Server, { main, signal }: { readonly main: Reachable; readonly signal: AbortSignal }) {
    this.server = server
    this.signal = signal
    this.#main = main
  }

  /** The shared server's events and gates. */
  get probe(): ProbeDirectory {
    return this.#main.probe
  }

  /** Opens a connection, to the shared server unless another is named; with TLS where that speaks it. */
  async connect(to: Reachable = this.#main, options: ConnectOptions = {}): Promise<Connection> {
    const connection = await this.#open(to, { name: `connection ${this.#connections.length + 1}`, ...options })
    this.#connections.push(connection)
    return connection
  }

  #open(
    { where, secure }: Reachable,
    { tls, silence = this.server.patience, ...options }: ConnectOptions & { readonly name: string },
  ): Promise<Connection> {
    const client = secure && tls !== null ? (tls ?? {}) : undefined
    return Connection.open({ where, signal: this.signal, silence, tls: client, ...options })
  }

  /** Sends one request on a connection of its own and reads its response. */
  async exchange(options: RequestOptions = {}, how: ConnectOptions = {}): Promise<ExchangeResult> {
    const request = probeRequest(options)
    const connection = await this.connect(undefined, how)
    const response = await connection.request(request).response()
    return { connection, response, request, key: request.key }
  }

  /** Waits for an event of the shared server. */
  event(key: string, type: string, count = 1): Promise<ProbeEvent> {
    return this.probe.event(key, { type, count, signal: this.signal })
  }

  /** The report of the call that a request led to. Fails unless there was exactly one. */
  async call(key: string): Promise<ProbeEvent> {
    const call = await this.event(key, 'call')
    expectEqual(this.probe.of(key, 'call').length, 1, 'calls of the application')
    return call
  }

  /** Lets the application pass a gate. */
  open(key: string, gate: string): void {
    this.probe.open(key, gate)
  }

  /** Starts a server for this case alone and waits until it answers; skips where the suite cannot start one. */
  async start(options: Partial<StartOptions> = {}): Promise<ServerProcess> {
    const server = await this.launch(options)
    await server.answers(this.signal)
    return server
  }

  /** Starts a server and does not wait for it. */
  async launch(options: Partial<StartOptions> = {}): Promise<ServerProcess> {
    const server = await ServerProcess.launch(this.#startWith(options))
    this.#processes.push(server)
    return server
  }

  /** The server that the cases share which ask for these options, for those that leave it as it was; skips where the suite cannot start one. */
  async shared(options: Partial<StartOptions>): Promise<ServerProcess> {
    const server = await this.server.sharedWith(this.#startWith(options))
    this.#shared.add(server)
    return server
  }

  /** The shared server as a process; skips where the suite did not start it. */
  get started(): ServerProcess {
    return this.#main instanceof ServerProcess ? this.#main : skip(NOT_STARTED)
  }

  #startWith(options: Partial<StartOptions>): StartOptions {
    return (this.server.start ?? skip(NOT_STARTED))(options)
  }

  /** The second verdict: the connection is either closed, as it was announced, or answers another request as it should. */
  async followUp(connection: Connection, response: ResponseHead & Partial<ReceivedResponse>): Promise<void> {
    const { framing, version } = response
    if (saysClose(response) || framing === 'close' || version === 'HTTP/1.0') return connection.end()
    return this.ping(connection)
  }

  /** One more request on a connection, with the answer that belongs to it. */
  async ping(connection: Connection): Promise<void> {
    const request = probeRequest()
    const response = await connection.request(request).response()
    expectProbe(response, request)
  }

  /** Fails unless the server, asked on a new connection, answers. */
  async alive(): Promise<void> {
    await this.ping(await this.connect())
  }

  /** Lets time pass in which nothing should happen: round trips on another connection, and a little more. */
  async quiet(): Promise<void> {
    const started = performance.now()
    const connection = await this.#open(this.#main, { name: 'aside' })
    try {
      for (let count = 0; count < QUIET_ROUND_TRIPS; count += 1) await this.ping(connection)
      const left = QUIET_TIME - (performance.now() - started)
      if (left > 0) await new Promise(resolve => setTimeout(resolve, left))
    } finally {
      connection.close()
    }
  }

  /** Waits for a text in the output of the shared server; skips where the suite did not start it. */
  logged(text: string): Promise<void> {
    return this.started.printed(text, this.signal)
  }

  /** What went over the connections of this case. */
  transcript(): readonly Exchange[] {
    const own = [...this.#processes, ...this.#shared]
    const output = own.map(({ output: bytes }) => ({ on: 'server', direction: 'note' as const, bytes }))
    return [...this.#connections.flatMap(connection => connection.transcript()), ...output]
  }

  /** Takes everything away. Fails where a server that others use as well has not survived. */
  async close(): Promise<void> {
    for (const connection of this.#connections) connection.dispose()
    await Promise.all(this.#processes.map(server => server.dispose()))
    for (const server of [this.#main, ...this.#shared]) expectAlive(server)
  }
}

/** What came of one request. */
export interface ExchangeResult {
  readonly connection: Connection
  readonly response: ReceivedResponse
  readonly request: ProbeRequest
  readonly key: string
}

/** Fails unless this is the probe's plain answer to that request. */
export function expectProbe(response: ReceivedResponse, { key }: Pick<ProbeRequest, 'key'>): void {
  expectEqual(response.status, 200, 'the status')
  expectThat(response.body.toString('latin1') === `probe ${key}\n`, 'this is the answer to another request', {
    expected: `probe ${key}\n`,
    seen: response.body,
  })
}

/** Fails unless the status is one of these. */
export function expectStatus(response: { readonly status: number }, ...allowed: readonly number[]): void {
  if (!allowed.includes(response.status)) {
    fail(`the status is ${response.status}, not ${allowed.join(' or ')}`)
  }
}
