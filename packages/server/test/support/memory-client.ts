// The engine's connection with a client in memory: bytes in, text out, and a note of everything that happened.
import type { Application, GatewayRequest, GatewayResponse, Logger } from '@nsgi/spec'
import { createContext } from '@nsgi/spec/testing'
import type { Beginning, Exchange } from '../../src/exchange/exchange.ts'
import type { ForwardedFields } from '../../src/exchange/forwarding.ts'
import { DEFAULT_LIMITS, type RequestLimits } from '../../src/exchange/limits.ts'
import type { Rejection } from '../../src/exchange/rejections.ts'
import { Connection } from '../../src/http1/connection.ts'
import type { ConnectionHost } from '../../src/http1/connection-host.ts'
import { MemoryWire } from './memory-wire.ts'

/** The date that every response has. */
export const DATE_LINE = 'date: Sun, 06 Nov 1994 08:49:37 GMT\r\n'

export interface Logged {
  readonly level: 'error' | 'warn' | 'info' | 'debug'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface MemoryClientOptions {
  readonly limits?: Partial<RequestLimits>
  /** Whether the host is told of the beginning and end of exchanges, as for an access log. */
  readonly observed?: boolean
  readonly forwarded?: ForwardedFields | undefined
  /** Whether a request that may wait for others waits until `begin` is called. */
  readonly waits?: boolean
}

class MemoryHost implements ConnectionHost {
  readonly application: Application
  readonly limits: RequestLimits
  readonly forwarded: ForwardedFields | undefined
  readonly logged: Logged[] = []
  readonly refusals: Rejection[] = []
  readonly log: Logger
  readonly context: ConnectionHost['context']
  readonly ended: ConnectionHost['ended']
  readonly cohort: ConnectionHost['cohort']
  /** Requests that wait. */
  readonly waiting: Beginning[] = []
  /** The error of each exchange that is over. */
  readonly outcomes: unknown[] = []
  isDraining = false

  constructor(application: Application, { limits, observed, forwarded, waits }: MemoryClientOptions) {
    this.application = application
    this.forwarded = forwarded
    this.limits = { ...DEFAULT_LIMITS, ...limits }
    this.log = {
      error: this.note('error'),
      warn: this.note('warn'),
      info: this.note('info'),
      debug: this.note('debug'),
    }
    this.context = createContext({ log: this.log })
    if (waits) {
      this.cohort = {
        admit: (beginning, withOthers) => (withOthers ? this.waiting.push(beginning) : beginning.run()),
      }
    }
    if (observed) this.ended = (_exchange: Exchange, error: unknown) => this.outcomes.push(error)
  }

  dateLine(): string {
    return DATE_LINE
  }

  refused(refused: Rejection): void {
    this.refusals.push(refused)
  }

  dropped(): void {
    throw new Error('only a sweep drops connections')
  }

  private note(level: Logged['level']): Logger['error'] {
    return (first: string | object, message?: string): void => {
      const fields = typeof first === 'string' ? {} : (first as Record<string, unknown>)
      this.logged.push({ level, message: typeof first === 'string' ? first : (message ?? ''), fields })
    }
  }
}

export class MemoryClient {
  readonly wire = new MemoryWire()
  readonly connection: Connection
  private readonly host: MemoryHost
  /** What was sent and not yet taken by the engine; `end` is FIN. */
  private readonly incoming: (Buffer | 'end')[] = []
  private delivering = false
  private taken = 0
  private isLost = false

  constructor(application: Application, options: MemoryClientOptions = {}) {
    this.host = new MemoryHost(application, options)
    this.connection = new Connection(this.wire, ENDPOINTS, this.host)
    this.wire.onDrained = () => this.connection.drained()
    // A socket reads on in a later turn, never within the call.
    this.wire.onResume = () => setImmediate(() => this.deliver())
  }

  get logged(): readonly Logged[] {
    return this.host.logged
  }

  get refusals(): readonly Rejection[] {
    return this.host.refusals
  }

  get outcomes(): readonly unknown[] {
    return this.host.outcomes
  }

  /** Everything received, as latin1. */
  get output(): string {
    return this.wire.bytes.toString('latin1')
  }

  /** Whether the server has ended or dropped the connection. */
  get isClosed(): boolean {
    return this.wire.isEnded || this.wire.isReset
  }

  /** Bytes sent that the engine has not taken. */
  get untaken(): number {
    return this.incoming.reduce((sum, piece) => sum + piece.length, 0)
  }

  /** What was received since the last call of this, without the date lines. */
  take(): string {
    const all = this.output
    const fresh = all.slice(this.taken)
    this.taken = all.length
    return fresh.replaceAll(DATE_LINE, '')
  }

  /** Sends text (latin1) or bytes, in as many reads as there are arguments; a read that is paused waits. */
  send(...pieces: readonly (string | Uint8Array)[]): this {
    for (const piece of pieces) {
      this.incoming.push(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : Buffer.from(piece))
    }
    this.deliver()
    return this
  }

  /** Half-closes: the client sends no more, but reads. */
  end(): this {
    this.incoming.push('end')
    this.deliver()
    return this
  }

  /** The client is gone at once, with all that was under way. */
  lose(cause: Error = new Error('read ECONNRESET')): this {
    if (this.isLost) return this
    this.isLost = true
    this.incoming.length = 0
    this.wire.fail(cause)
    this.connection.lost(cause)
    return this
  }

  /** Has the application called for the requests that wait. */
  begin(): this {
    for (const beginning of this.host.waiting.splice(0)) beginning.run()
    return this
  }

  drain(): this {
    this.host.isDraining = true
    this.connection.drain()
    return this
  }

  /** Lets everything happen that can: returns when nothing changes for several turns of the event loop. */
  async settled(): Promise<this> {
    for (let quiet = 0, before = ''; quiet < 4; ) {
      await new Promise(resolve => setImmediate(resolve))
      const now = `${this.wire.writes} ${this.untaken} ${this.connection.state} ${this.wire.backlog}`
      quiet = now === before ? quiet + 1 : 0
      before = now
    }
    return this
  }

  private deliver(): void {
    if (this.delivering) return
    this.delivering = true
    while (!this.wire.isPaused && !this.isLost) {
      const piece = this.incoming.shift()
      if (piece === undefined) break
      if (this.wire.handed !== undefined) this.wire.handed.stream.push(piece === 'end' ? null : piece)
      else if (piece === 'end') this.connection.ended()
      else this.receive(piece)
    }
    this.delivering = false
  }

  private receive(piece: Buffer): void {
    // The memory is the reader's again afterwards: whoever kept a view of it sees rubbish.
    const lent = Buffer.alloc(piece.length + 8, 0xaa)
    piece.copy(lent)
    this.connection.receive(lent, piece.length)
    lent.fill(0xee)
  }
}

const ENDPOINTS = {
  remote: { address: '192.0.2.1', port: 40_000 },
  local: { address: '192.0.2.2', port: 80 },
}

/** A client of a connection to that application. */
export function connect(application: Application, options?: MemoryClientOptions): MemoryClient {
  return new MemoryClient(application, options)
}

/** A client of an application that answers the calls as told, in order; the requests it got. */
export function connectTo(...responses: readonly unknown[]): { client: MemoryClient; requests: GatewayRequest[] } {
  const requests: GatewayRequest[] = []
  const client = connect(request => {
    requests.push(request)
    return responses[Math.min(requests.length, responses.length) - 1] as GatewayResponse
  })
  return { client, requests }
}

/** `GET / HTTP/1.1` to example.org with more field lines. */
export function get(target = '/', ...fields: readonly string[]): string {
  return message(`GET ${target} HTTP/1.1`, 'host: example.org', ...fields)
}

/** A POST with that content, of known length. */
export function post(content: string, ...fields: readonly string[]): string {
  return message('POST / HTTP/1.1', 'host: example.org', `content-length: ${content.length}`, ...fields) + content
}

/** The head of a POST whose content will be chunked. */
export function postChunked(...fields: readonly string[]): string {
  return message('POST / HTTP/1.1', 'host: example.org', 'transfer-encoding: chunked', ...fields)
}

/** A head of those lines. */
export function message(...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** One chunk of a chunked body. */
export function chunk(data: string): string {
  return `${data.length.toString(16)}\r\n${data}\r\n`
}

/** A promise and what settles it. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: unknown): void
}

export function deferred<T = void>(): Deferred<T> {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((res, rej) => {
    resolve = res
    reject = rej
  })
  return { promise, resolve, reject }
}

/** Reads a request's body to its end, as text (latin1). */
export async function read(request: GatewayRequest): Promise<string> {
  let text = ''
  if (request.body !== null) for await (const piece of request.body) text += Buffer.from(piece).toString('latin1')
  return text
}
