// The HTTP engine over listening sockets: what `GatewayServer` promises.
import { createServer, type Server, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { KirinError } from '../exchange/errors.ts'
import type { EndpointPair, Exchange } from '../exchange/exchange.ts'
import type { ForwardedFields } from '../exchange/forwarding.ts'
import { DEFAULT_LIMITS, type RequestLimits } from '../exchange/limits.ts'
import { peerName } from '../exchange/peer-name.ts'
import type { Rejection } from '../exchange/rejections.ts'
import { Connection } from '../http1/connection.ts'
import type { ConnectionHost } from '../http1/connection-host.ts'
import { Http2Connections } from '../http2/http2-connections.ts'
import type { TlsMaterial } from '../ipc/messages.ts'
import { forwardedFields } from '../proxy/forwarded/forwarded-fields.ts'
import { whenQueueIsEmpty } from './accept-queue.ts'
import { Cohort } from './cohort.ts'
import { dateLine } from './date-line.ts'
import { directHandleOf } from './direct-write.ts'
import { endpointsOf } from './endpoints.ts'
import type { ExchangeRecord, GatewayServer, GatewayServerOptions } from './gateway-server.ts'
import { keepHeapTop } from './heap-top.ts'
import { oneATurn, type Wait, waitFor } from './last-call.ts'
import { Places } from './places.ts'
import { firstBytes } from './preface.ts'
import { ProxyAcceptor } from './proxy-acceptor.ts'
import { type ReadCallback, readAsStream, readEvents, readInto } from './socket-reads.ts'
import { attach, SocketWire } from './socket-wire.ts'
import { Sweep, type Swept, type SweptConnection } from './sweep.ts'
import { DEFAULT_TIMEOUTS, LAST_CALL, LONG_LAST_CALL, RECENT } from './timeouts.ts'
import { HANDSHAKE_TIMEOUT, SecureAcceptor } from './tls/secure-acceptor.ts'

/** Makes a server for one worker. It listens nowhere yet. */
export function createGatewayServer(options: GatewayServerOptions): GatewayServer {
  keepHeapTop()
  return new Engine(options)
}

class Engine implements GatewayServer, ConnectionHost {
  readonly application: GatewayServerOptions['application']
  readonly context: GatewayServerOptions['context']
  readonly log: GatewayServerOptions['log']
  readonly limits: RequestLimits
  readonly forwarded: ForwardedFields | undefined
  readonly mount: string | undefined
  readonly dateLine: () => string = dateLine
  readonly cohort: Cohort = new Cohort()
  readonly began: ConnectionHost['began']
  readonly ended: ConnectionHost['ended']
  isDraining = false
  private isCrowded = false

  private readonly servers: Server[] = []
  private readonly places: Places
  private readonly live = new Set<LiveConnection>()
  private readonly sweep: Sweep<LiveConnection>
  private readonly proxied: ProxyAcceptor | undefined
  private readonly secure: SecureAcceptor | undefined
  private readonly http2: Http2Connections | undefined
  /** What connections go through before they are live. */
  private readonly preludes: readonly Prelude[]
  private accepted = 0
  private stopping: Promise<void> | undefined
  private onEmpty: (() => void) | undefined
  private lastCall: Wait | undefined
  private patience: number = LAST_CALL

  constructor(options: GatewayServerOptions) {
    this.application = options.application
    this.context = options.context
    this.log = options.log
    this.places = new Places(options.maxConnections ?? Number.POSITIVE_INFINITY, options.log)
    this.limits = { ...DEFAULT_LIMITS, ...definedOnly(options.limits) }
    const timeouts = { ...DEFAULT_TIMEOUTS, ...definedOnly(options.timeouts) }
    this.sweep = new Sweep(this.live, timeouts, () => this.isFull)
    this.mount = options.mount === '' ? undefined : options.mount
    this.forwarded = options.forwarding && forwardedFields(options.forwarding)
    this.proxied = options.proxyProtocol && new ProxyAcceptor(options.proxyProtocol, options.log)
    this.secure = makeSecure(options)
    this.preludes = [this.proxied, this.secure].filter(prelude => prelude !== undefined)
    for (const prelude of this.preludes) this.sweep.alsoLookAt(prelude)
    this.http2 = options.http2 && new Http2Connections(this, { settings: options.http2, timeouts })
    if (this.http2 !== undefined) this.sweep.alsoLookAt(this.http2)
    const { onExchange, measure } = options
    if (onExchange === undefined && measure === undefined) return
    this.began = exchange => {
      exchange.startedAt = performance.now()
    }
    this.ended = (exchange, error) => {
      try {
        measure?.(exchange.status, performance.now() - exchange.startedAt)
        onExchange?.(recordOf(exchange, error))
      } catch (thrown) {
        // The members of responses and errors are the application's. What is told of a request must not change how it ends.
        this.log.error({ err: thrown }, 'a request that is over could not be recorded')
      }
    }
  }

  get counts(): GatewayServer['counts'] {
    let active = 0
    for (const { connection } of this.live) if (connection.isBusy) active++
    return { connections: this.open, active: active + (this.http2?.active ?? 0) }
  }

  get isFull(): boolean {
    return this.places.isFull || this.isCrowded
  }

  private get open(): number {
    return this.preludes.reduce((sum, { size }) => sum + size, this.live.size + (this.http2?.size ?? 0))
  }

  listen(where: Parameters<GatewayServer['listen']>[0]): Promise<number | undefined> {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true })
    let secure: SecureAcceptor | undefined
    server.on('connection', socket => this.accept(socket, secure))
    this.servers.push(server)
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      // With a descriptor, node takes the backlog from this argument only.
      server.listen(where, where.backlog, () => {
        if (isTcp(server)) secure = this.secure
        this.places.add(server)
        server.removeListener('error', reject)
        server.on('error', error => this.log.error({ err: error }, 'a listening socket failed'))
        const address = server.address()
        resolve(typeof address === 'object' ? address?.port : undefined)
      })
    })
  }

  regulate({ isAccepting, isCrowded }: Parameters<GatewayServer['regulate']>[0]): void {
    this.isCrowded = isCrowded
    // Who waits at the end is accepted in any case.
    if (!this.isDraining) this.places.hold(!isAccepting)
  }

  stop(): Promise<void> {
    this.stopping ??= new Promise(resolve => {
      this.isDraining = true
      this.places.hold(false)
      // Meanwhile requests that are in the kernel's buffers are read, too, before what is idle is closed.
      whenQueueIsEmpty(
        () => this.accepted,
        () => {
          for (const server of this.servers) server.close()
          this.onEmpty = resolve
          this.closeQuiet()
        },
      )
      this.callLast()
    })
    return this.stopping
  }

  linger(): void {
    this.patience = LONG_LAST_CALL
    if (this.lastCall !== undefined) this.callLast()
  }

  private callLast(): void {
    this.lastCall?.cancel()
    this.lastCall = waitFor(this.patience, () => this.closeIdle())
  }

  destroy(): void {
    this.lastCall?.cancel()
    for (const server of this.servers) server.close()
    this.cohort.dismiss()
    for (const live of this.live) cutOff(live)
    for (const prelude of this.preludes) prelude.destroy()
    this.http2?.destroy()
  }

  renewTls(material: TlsMaterial): void {
    this.secure?.renew(material)
  }

  refused(refused: Rejection, connection: { readonly endpoints: EndpointPair }): void {
    const { code, status, reason } = refused
    this.log.warn({ peer: peerName(connection.endpoints.remote), status, code }, `refused a request: ${reason}`)
  }

  dropped({ code, message }: KirinError, connection: { readonly endpoints: EndpointPair }): void {
    this.log.warn({ peer: peerName(connection.endpoints.remote), code }, `dropped a connection: ${message}`)
  }

  promised(connection: Connection): void {
    this.drainSoon(() => connection.drain())
  }

  private accept(accepted: Socket, secure: SecureAcceptor | undefined): void {
    this.accepted++
    if (this.places.isFull) {
      // A socket that this process bound itself cannot be kept from accepting.
      accepted.destroy()
      return
    }
    const endpoints = endpointsOf(accepted)
    this.sweep.start()
    if (this.proxied === undefined) this.begin(accepted, endpoints, secure)
    else {
      this.proxied.accept(accepted, endpoints, {
        stripped: proxied => this.begin(accepted, proxied, secure),
        closed: () => this.checkEmpty(),
      })
    }
    this.places.update(this.open, now)
  }

  private begin(accepted: Socket, endpoints: EndpointPair, secure: SecureAcceptor | undefined): void {
    if (secure === undefined) {
      this.enter(endpoints, onRead => ({ socket: readInto(accepted, onRead) }))
      return
    }
    secure.accept(accepted, peerName(endpoints.remote), {
      secured: ({ socket, raw, tls }) => {
        const secured = { ...endpoints, tls }
        if (tls.alpn === 'h2') this.enterHttp2(socket, secured)
        else {
          this.enter(secured, onRead => {
            readEvents(socket, onRead)
            return { socket, raw }
          })
        }
      },
      closed: () => this.checkEmpty(),
    })
  }

  private enter(endpoints: EndpointPair, open: OpenSocket): void {
    const connection = this.serve(endpoints, open)
    this.drainSoon(() => connection.drain())
  }

  private enterHttp2(socket: Socket, endpoints: EndpointPair): void {
    const connection = this.http2?.accept(socket, endpoints, () => this.checkEmpty())
    this.drainSoon(() => connection?.finish())
  }

  /** For what was accepted before the stop, and could not be read until now. */
  private drainSoon(drain: () => void): void {
    if (this.isDraining) waitFor(this.patience, drain)
  }

  private serve(endpoints: EndpointPair, open: OpenSocket): Connection {
    let held: Buffer | undefined
    const { socket, raw } = open((input, end, isOwn) => {
      // Only the first bytes can tell HTTP/2, and over TLS it was agreed on before.
      if (connection.activity > 0 || this.http2 === undefined || raw !== undefined) {
        return connection.receive(input, end, isOwn)
      }
      const first = held === undefined ? input.subarray(0, end) : Buffer.concat([held, input.subarray(0, end)])
      switch (firstBytes(first)) {
        case 'http1':
          connection.receive(first, first.length)
          break
        case 'unsure':
          held = Buffer.from(first)
          break
        case 'http2':
          this.changeToHttp2(entry, Buffer.from(first))
      }
      return false
    })
    const wire = new SocketWire(socket, raw, raw === undefined ? directHandleOf(socket) : undefined)
    const connection = new Connection(wire, endpoints, this)
    const detach = attach(wire, connection, () => {
      this.live.delete(entry)
      this.checkEmpty()
    })
    const entry: LiveConnection = { socket, wire, connection, detach, isLate: this.isDraining, seen: -1, since: 0 }
    this.live.add(entry)
    return connection
  }

  /** The client speaks HTTP/2 by prior knowledge; `first` is what it began with. */
  private changeToHttp2(entry: LiveConnection, first: Buffer): void {
    const { socket, connection } = entry
    entry.detach()
    this.live.delete(entry)
    connection.lost(undefined)
    readAsStream(socket)
    socket.unshift(first)
    this.enterHttp2(socket, connection.endpoints)
  }

  /** Closes what has been idle for a while. Of others the next request may be under way, and its answer is their end. */
  private closeQuiet(): void {
    const at = now()
    this.sweep.look(at)
    const quiet = [...this.live].filter(({ since }) => at - since >= RECENT)
    oneATurn(
      quiet,
      ({ connection }) => connection.drain(),
      () => {
        this.http2?.finish()
        this.checkEmpty()
      },
    )
  }

  private closeIdle(): void {
    oneATurn(
      [...this.live].filter(({ isLate }) => !isLate),
      ({ connection }) => connection.drain(),
      () => {
        for (const prelude of this.preludes) prelude.closeSilent()
        this.checkEmpty()
      },
    )
  }

  private checkEmpty(): void {
    const { open } = this
    this.places.update(open, now)
    if (open > 0) return
    this.sweep.stop()
    this.onEmpty?.()
  }
}

const now = (): number => performance.now()

/** Opens the socket of a connection, with what it has read for the callback. */
type OpenSocket = (onRead: ReadCallback) => { socket: Socket; raw?: Socket }

/** Whoever holds accepted sockets that are not live connections yet. */
interface Prelude extends Swept {
  readonly size: number
  /** Ends those over which nothing has come. */
  closeSilent(): void
  destroy(): void
}

interface LiveConnection extends SweptConnection {
  readonly socket: Socket
  /** Tells the connection no more of its socket. */
  readonly detach: () => void
  /** Whether it was accepted when the stop had begun: its last call is one of its own. */
  readonly isLate: boolean
}

function definedOnly<Options extends object>(given: Partial<Options> | undefined): Partial<Options> {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined)) as Partial<Options>
}

function makeSecure({
  tls,
  log,
  http2,
  handshakeTimeout = HANDSHAKE_TIMEOUT,
}: GatewayServerOptions): SecureAcceptor | undefined {
  return tls && new SecureAcceptor(tls, { log, protocols: [...(http2 ? ['h2'] : []), 'http/1.1'], handshakeTimeout })
}

/** Ends a connection now. What of a response is missing then must be missed (NSGI RES-33). */
function cutOff({ connection, wire, socket }: LiveConnection): void {
  if (connection.looksWhole || (wire.isEnding && wire.backlog > 0)) wire.reset()
  else socket.destroy()
}

/** An inherited UNIX socket has no address, one of ours the path. */
function isTcp(server: Server): boolean {
  const address = server.address()
  return typeof address === 'object' && address !== null
}

function recordOf(exchange: Exchange, error: unknown): ExchangeRecord {
  const duration = performance.now() - exchange.startedAt
  return {
    request: exchange.request,
    status: exchange.status,
    responseHeaders: exchange.responseHeaders ?? {},
    bytes: exchange.bytes,
    startedAt: Date.now() - duration,
    duration,
    error,
  }
}
