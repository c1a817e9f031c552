// What a worker serves: the application between its startup and its shutdown, behind the HTTP engine.
import type { Application, Context } from '@nsgi/spec'
import type { Logger } from 'pino'
import { exitCodes } from '../ipc/exit-codes.ts'
import type { BootOrder, TlsMaterial, WorkerSettings } from '../ipc/messages.ts'
import { describeThrown } from '../log/describe-thrown.ts'
import { TrafficMeter } from '../metrics/traffic.ts'
import type {
  ConnectionTimeouts,
  GatewayServer,
  GatewayServerOptions,
  Http2Settings,
  ProxyProtocolRules,
  RequestLimits,
} from '../transport/gateway-server.ts'
import { createGatewayServer } from '../transport/serve.ts'
import { type LoadedApplication, loadApplication } from './application.ts'
import { BootError } from './boot-error.ts'
import { createContext } from './context.ts'
import { connectionsWithinDescriptors } from './descriptor-limit.ts'
import type { ServiceStats } from './heartbeat.ts'
import type { Program } from './program.ts'
import { type CountedApplication, countedCalls, requestAllowance } from './request-count.ts'
import { settledWithin } from './settled-within.ts'
import { Turns } from './turns.ts'
import { runBootHook, type WorkerHookRunner, withPostRequest, withPreRequest } from './worker-hooks.ts'
import type { WorkerLogs } from './worker-logs.ts'

/** Milliseconds for the application's `shutdown`, within what the master allows before it kills. */
const SHUTDOWN_TIMEOUT = 1_500

/** A service that accepts connections. */
export interface Service {
  /**
   * Stops: no more connections, running responses finish within the graceful timeout, then `shutdown`. Once.
   *
   * @param hurry cuts the wait short
   */
  stop(hurry: AbortSignal): Promise<void>
  /** Others serve on: a stop may take its time, so that no request crosses it. */
  linger(): void
  /** Serves on one more inherited socket. */
  listenAlso(fd: number): Promise<void>
  /** Uses other certificates for connections from now on. */
  renewTls(material: TlsMaterial): void
  /** What it is at, for the heartbeat. */
  readonly stats: ServiceStats
}

/** What a service tells its worker, and is told by it, besides its order. */
export interface Surroundings {
  readonly logs: WorkerLogs
  /**
   * Aborts when the worker is to stop before it is ready: loading is given up, but a startup that has begun is finished, and
   * followed by shutdown instead of service.
   */
  readonly leave: AbortSignal
  /** As many requests were served as should be; the text completes "the worker …". */
  readonly spent: (reason: string) => void
  readonly hooks: WorkerHookRunner
}

/**
 * Loads the application, awaits its startup and begins to accept.
 *
 * @returns the service, or `undefined` when it was asked to leave
 * @throws BootError for whatever is wrong with the application
 */
export async function bootService(order: BootOrder, surroundings: Surroundings): Promise<Service | undefined> {
  const loading = loadApplication(order.application, workingDirectory())
  const loaded = await Promise.race([loading, aborted(surroundings.leave)])
  return loaded && serve(loaded, order, surroundings)
}

/**
 * The same for a program that listens by itself, as soon as it does.
 *
 * @param program on the sockets that came with it, or on those of the order
 */
export async function bootProgram(
  order: BootOrder,
  { program, ...surroundings }: Surroundings & { readonly program: Program },
): Promise<Service | undefined> {
  const taken = await Promise.race([program.taken, aborted(surroundings.leave)])
  if (taken === undefined) return undefined
  const descriptors = [...order.descriptors, ...taken.descriptors]
  const service = await serve(taken.loaded, { ...order, descriptors }, surroundings)
  if (service !== undefined) program.serves(service)
  return service
}

async function serve(
  loaded: LoadedApplication,
  order: BootOrder,
  { logs, leave, spent, hooks }: Surroundings,
): Promise<Service | undefined> {
  const { logger } = logs
  const { adapted } = loaded
  if (adapted !== null) logger[order.slot === 0 ? 'info' : 'debug'](adapted)
  const application = order.settings.lint ? await linted(loaded.application, order.slot, logger) : loaded.application
  const draining = new AbortController()
  const context = createContext({ worker: order.slot, draining: draining.signal, log: logger })
  await startUp(application, context, order.application)
  const lifespan = { application, context, draining, logger }
  if (!leave.aborted) await runBootHook(hooks, 'postWorkerInit')
  if (leave.aborted) {
    // Nobody was served, but what `startup` began is told of the stop in the order of every other one (LIF-05).
    draining.abort()
    await shutDown(lifespan)
    return undefined
  }
  const counted = withinAllowance(application, order.settings, spent)
  const record = withPostRequest(logs.record, hooks)
  const turns = order.settings.workerClass === 'sync' ? oneAtATime(() => server) : undefined
  const meter = isWatched(order.settings) ? new TrafficMeter() : undefined
  const called = withPreRequest(counted.application, hooks)
  const server = createGatewayServer({
    application: turns === undefined ? called : turns.serialize(called),
    context,
    log: logger,
    limits: limitsOf(order.settings),
    proxyProtocol: proxyProtocolOf(order.settings),
    forwarding: {
      allowIps: order.settings.forwardedAllowIps,
      fields: order.settings.forwarderHeaders,
      schemeFields: order.settings.secureSchemeHeaders,
    },
    mount: order.settings.rootPath,
    timeouts: timeoutsOf(order.settings),
    maxConnections: Math.min(order.settings.workerConnections, connectionsWithinDescriptors()),
    onExchange: turns === undefined ? record : withTurns(turns, record),
    measure: meter?.count,
    tls: order.tls ?? undefined,
    http2: http2Of(order.settings),
  })
  await listen(server, order)
  return new RunningService(server, lifespan, { settings: order.settings, counted, turns, meter })
}

function oneAtATime(server: () => GatewayServer): Turns {
  return new Turns(({ isTaken, isAwaited }) => server().regulate({ isAccepting: !isTaken, isCrowded: isAwaited }))
}

type Recorder = GatewayServerOptions['onExchange']

/** The next one has its turn whatever becomes of the record. */
function withTurns(turns: Turns, record: Recorder): Recorder {
  return exchange => {
    try {
      record?.(exchange)
    } finally {
      turns.over(exchange.request)
    }
  }
}

/** Whether anybody can ask the master what came of requests. */
function isWatched({ metricsBind, controlSocket }: WorkerSettings): boolean {
  return metricsBind.length > 0 || controlSocket !== null
}

function withinAllowance(
  application: Application,
  settings: WorkerSettings,
  spent: Surroundings['spent'],
): CountedApplication {
  const allowance = requestAllowance(settings, Math.random())
  return countedCalls(application, allowance, () => spent(`has served ${allowance} requests (--max-requests)`))
}

interface Lifespan {
  readonly application: Application
  readonly context: Context
  readonly draining: AbortController
  readonly logger: Logger
}

interface Served {
  readonly settings: WorkerSettings
  readonly counted: CountedApplication
  /** Set where there is one request at a time. */
  readonly turns: Turns | undefined
  /** Set where somebody may ask. */
  readonly meter: TrafficMeter | undefined
}

class RunningService implements Service {
  readonly #server: GatewayServer
  readonly #lifespan: Lifespan
  readonly #settings: WorkerSettings
  readonly #counted: CountedApplication
  readonly #turns: Turns | undefined
  readonly #meter: TrafficMeter | undefined

  constructor(server: GatewayServer, lifespan: Lifespan, { settings, counted, turns, meter }: Served) {
    this.#server = server
    this.#lifespan = lifespan
    this.#settings = settings
    this.#counted = counted
    this.#turns = turns
    this.#meter = meter
  }

  get stats(): ServiceStats {
    return {
      ...this.#server.counts,
      requests: this.#counted.count,
      occupied: this.#turns?.occupied ?? 0,
      traffic: this.#meter?.traffic ?? null,
    }
  }

  listenAlso(fd: number): Promise<void> {
    return listen(this.#server, { descriptors: [fd], settings: this.#settings })
  }

  async stop(hurry: AbortSignal): Promise<void> {
    const { logger } = this.#lifespan
    const began = performance.now()
    const { active: running, connections } = this.#server.counts
    const level = running === 0 ? 'debug' : 'info'
    logger[level]({ requests: running, connections }, 'Draining: accepts no more, and finishes what runs')
    this.#lifespan.draining.abort()
    const finished = await settledWithin(this.#server.stop(), this.#settings.gracefulTimeout * 1000, hurry)
    const { active: cut, connections: left } = this.#server.counts
    if (!finished && cut > 0) {
      logger.warn(
        { requests: cut },
        hurry.aborted ? 'Cut off running requests' : 'Cut off requests that ran past the graceful timeout',
      )
    }
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    logger[level]({ cut, connections: left }, `Drained after ${seconds} s`)
    this.#server.destroy()
    await shutDown(this.#lifespan)
  }

  linger(): void {
    this.#server.linger()
  }

  renewTls(material: TlsMaterial): void {
    this.#server.renewTls(material)
  }
}

/** The application with a check around it; the check is loaded only where it was asked for. */
async function linted(application: Application, slot: number, logger: Logger): Promise<Application> {
  const { lint } = await import('@nsgi/spec/lint')
  if (slot === 0) logger.warn('Checking every request and response (--lint): this is for development')
  return lint(application)
}

/** A deployment may have removed it under a running master, which did not notice. */
function workingDirectory(): string {
  try {
    return process.cwd()
  } catch (cause) {
    throw new BootError('the current directory does not exist any more', exitCodes.applicationUnusable, cause)
  }
}

/** `undefined` when the signal aborts, and never before. */
function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise(resolve => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
    if (signal.aborted) resolve(undefined)
  })
}

async function startUp(application: Application, context: Context, shown: string): Promise<void> {
  try {
    await application.startup?.(context)
  } catch (thrown) {
    throw new BootError(`startup of ${shown} failed: ${describeThrown(thrown)}`, exitCodes.bootFailed, thrown)
  }
}

async function shutDown({ application, context, logger }: Lifespan): Promise<void> {
  const report = (thrown: unknown): void => {
    logger.error({ err: thrown }, `shutdown failed: ${describeThrown(thrown)}`)
  }
  const done = (async () => application.shutdown?.(context))().catch(report)
  if (!(await settledWithin(done, SHUTDOWN_TIMEOUT))) logger.warn('shutdown took too long and was not waited for')
}

async function listen(
  server: GatewayServer,
  { descriptors, settings }: Pick<BootOrder, 'descriptors' | 'settings'>,
): Promise<void> {
  for (const fd of descriptors) {
    const where = { fd, backlog: settings.backlog }
    try {
      await server.listen(where)
    } catch (cause) {
      throw new BootError(
        `cannot listen on the inherited socket: ${describeThrown(cause)}`,
        exitCodes.addressUnavailable,
        cause,
      )
    }
  }
}

function proxyProtocolOf({ proxyProtocol, proxyAllowIps }: WorkerSettings): ProxyProtocolRules | undefined {
  return proxyProtocol === 'off' ? undefined : { protocol: proxyProtocol, allowIps: proxyAllowIps }
}

function http2Of(settings: WorkerSettings): Http2Settings | undefined {
  if (settings.httpProtocols === 'h1') return undefined
  return {
    maxConcurrentStreams: settings.http2MaxConcurrentStreams,
    initialWindowSize: settings.http2InitialWindowSize,
    maxFrameSize: settings.http2MaxFrameSize,
    extendedConnect: settings.http2ExtendedConnect,
  }
}

function limitsOf(settings: WorkerSettings): RequestLimits {
  return {
    requestLine: settings.limitRequestLine,
    fieldCount: settings.limitRequestFields,
    fieldSize: settings.limitRequestFieldSize,
    headSize: settings.limitRequestHead,
    bodySize: settings.limitRequestBody,
  }
}

function timeoutsOf(settings: WorkerSettings): ConnectionTimeouts {
  return {
    firstData: settings.firstDataTimeout * 1000,
    head: settings.clientHeaderTimeout * 1000,
    body: settings.clientBodyTimeout * 1000,
    send: settings.sendTimeout * 1000,
    idle: settings.keepAlive * 1000,
    request: settings.requestTimeout === 0 ? Number.POSITIVE_INFINITY : settings.requestTimeout * 1000,
  }
}
