// A worker's life: told what to do, boot, ready, stop. Signals, messages and faults end up here.

import { exitCodes } from '../ipc/exit-codes.ts'
import { heartbeatInterval } from '../ipc/heartbeat.ts'
import {
  type BootFailure,
  type BootOrder,
  envelop,
  type FromWorker,
  readToWorker,
  type TlsMaterial,
} from '../ipc/messages.ts'
import { describeThrown } from '../log/describe-thrown.ts'
import { keepTickMap } from '../transport/tick-map.ts'
import { becomeAccount } from './become-account.ts'
import { BootError, toBootFailure } from './boot-error.ts'
import { completeOrder } from './boot-order.ts'
import { watchDescriptors } from './descriptor-watch.ts'
import { startHeartbeat } from './heartbeat.ts'
import type { Program } from './program.ts'
import { bootProgram, bootService, type Service, type Surroundings } from './service.ts'
import { settledWithin } from './settled-within.ts'
import { startTracer } from './tracer.ts'
import { loadWorkerHooks, runBootHook, type WorkerHookRunner } from './worker-hooks.ts'
import { openWorkerLogs, type WorkerLogs } from './worker-logs.ts'

/** Milliseconds that the logs may take to get out at the end. A reader that stopped reading must not hold the process. */
const FLUSH_TIMEOUT = 1_000

/** Milliseconds for the hook workerExit, within what the master allows before it kills. */
const EXIT_HOOK_TIMEOUT = 1_000

/** Runs one worker in this process. */
export class WorkerProcess {
  /** Aborts when a stop must not wait any longer. */
  readonly #hurry = new AbortController()
  /** Aborts when a stop was asked for, however gentle. */
  readonly #leave = new AbortController()
  #logs: WorkerLogs | undefined
  #hooks: WorkerHookRunner | undefined
  #service: Service | undefined
  /** What came before there was a service to use it. */
  #renewed: TlsMaterial | undefined
  /** Resolves when all is in place that a program must find. */
  readonly prepared: Promise<void>
  #prepare: () => void = () => undefined
  #program: Program | undefined
  #beat: (() => void) | undefined
  #ordered = false
  #ending = false

  constructor() {
    this.prepared = new Promise(resolve => {
      this.#prepare = resolve
    })
  }

  /** Listens to the master, to signals and to faults. The rest follows from what they say. */
  start(): void {
    keepTickMap()
    process.on('SIGTERM', () => this.#stop('SIGTERM'))
    process.on('SIGINT', () => this.#quit('SIGINT'))
    process.on('SIGQUIT', () => this.#quit('SIGQUIT'))
    process.on('SIGABRT', () => this.#abort())
    process.on('SIGUSR1', () => this.#logs?.reopen())
    process.on('uncaughtException', error => this.#fault('uncaught exception', error))
    process.on('unhandledRejection', reason => this.#fault('unhandled rejection', reason))
    process.on('disconnect', () => this.#orphaned())
    process.on('message', (received, handle) => this.#received(received, handle))
    // A reader of the application's own output that goes away (kirin app.js | head) is no fault of the application.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
    // The master may have died before the listeners were there.
    if (!process.connected) this.#orphaned()
  }

  #received(received: unknown, handle: unknown): void {
    const message = readToWorker(received)
    switch (message?.type) {
      case 'boot':
        if (this.#ordered) return
        this.#ordered = true
        void this.#boot(message.order)
        return
      case 'reopen-logs':
        this.#logs?.reopen()
        return
      case 'renew-tls':
        if (this.#service === undefined) this.#renewed = message.tls
        else this.#service.renewTls(message.tls)
        return
      case 'linger':
        this.#service?.linger()
        return
      case 'bound':
        this.#program?.answered(message, handle)
        return
      case undefined:
    }
  }

  async #boot(told: BootOrder): Promise<void> {
    process.title = told.title
    try {
      const order = await completeOrder(told)
      if (order.account) becomeAccount(order.account)
      this.#logs = await openWorkerLogs(order)
      if (order.settings.timeout > 0) startTracer(this.#logs.logger)
      this.#hooks = await loadWorkerHooks(order, this.#logs.logger)
      await runBootHook(this.#hooks, 'postFork')
      const service = await this.#bootService(order, { logs: this.#logs, hooks: this.#hooks })
      if (service === undefined) return this.#exit(exitCodes.ok)
      this.#service = service
      // Asked for while it began to listen.
      if (this.#leave.signal.aborted) return await this.#end('told to stop', exitCodes.ok)
      if (this.#renewed !== undefined) service.renewTls(this.#renewed)
      watchDescriptors(this.#logs.logger)
      this.#tell({ type: 'ready' })
      this.#beat = startHeartbeat({
        interval: heartbeatInterval(order.settings.timeout * 1000),
        stats: () => service.stats,
        tell: (stats, sent) => this.#tell({ type: 'beat', stats }, sent),
      })
      this.#hooks.call('workerReady')
    } catch (error) {
      this.#failBoot(error)
    }
  }

  async #bootService(order: BootOrder, means: Pick<Surroundings, 'logs' | 'hooks'>): Promise<Service | undefined> {
    const leave = this.#leave.signal
    const spent = (reason: string): void => this.#tell({ type: 'spent', reason })
    if (order.isProgram !== true) return bootService(order, { ...means, leave, spent })
    const { Program } = await import('./program.ts')
    this.#program = new Program({
      name: order.application,
      ask: (number, wanted) => this.#tell({ type: 'bind', number, wanted }),
      refuse: error => this.#refuse(error),
      closed: () => this.#stop('the program has closed its server'),
    })
    this.#prepare()
    return bootProgram(order, { ...means, leave, spent, program: this.#program })
  }

  #refuse(error: BootError): void {
    if (this.#service === undefined) this.#failBoot(error)
    else this.#logs?.logger.error(error.message)
  }

  #failBoot(error: unknown): void {
    if (this.#ending) return
    this.#ending = true
    const failure: BootFailure =
      error instanceof BootError
        ? toBootFailure(error)
        : toBootFailure(new BootError(describeThrown(error), exitCodes.bootFailed, error))
    this.#tell({ type: 'failed', failure }, () => process.exit(failure.exitCode))
  }

  /** The application's own bug reached the top: what it left behind is unknown, so this worker ends, gently. */
  #fault(what: string, error: unknown): void {
    if (this.#service === undefined) {
      this.#failBoot(new BootError(`${what} during boot: ${describeThrown(error)}`, exitCodes.bootFailed, error))
      return
    }
    this.#logFault(`${what}: ${describeThrown(error)}`, error)
    if (!this.#leave.signal.aborted) void this.#end(what, exitCodes.failure)
  }

  /** A thrown string has no stack, and one made here would point at this file. */
  #logFault(line: string, error: unknown): void {
    try {
      this.#logs?.logger.error(error instanceof Error ? { err: error } : {}, line)
    } catch {
      this.#logs?.logger.error(line)
    }
  }

  #stop(why: string): void {
    if (!this.#leave.signal.aborted) void this.#end(why, exitCodes.ok)
  }

  #quit(why: string): void {
    this.#hooks?.call('workerInt')
    this.#hurry.abort()
    if (this.#service === undefined) void this.#exit(exitCodes.ok)
    else this.#stop(why)
  }

  /** Quick, and tells what it was at. Where its event loop stands still it does not get here: that is for --timeout. */
  #abort(): void {
    const { active, connections } = this.#service?.stats ?? { active: 0, connections: 0 }
    const resources = process.getActiveResourcesInfo().join(', ')
    this.#logs?.logger.error({ requests: active, connections, resources }, 'SIGABRT: stopping at once')
    this.#quit('SIGABRT')
  }

  #orphaned(): void {
    this.#logs?.logger.warn('The master is gone: this worker finishes what runs and exits')
    if (this.#service === undefined) process.exit(exitCodes.failure)
    this.#stop('the master is gone')
  }

  async #end(why: string, exitCode: number): Promise<void> {
    this.#leave.abort()
    // Still booting: the signal is seen at the next step.
    if (this.#service === undefined) return
    this.#tell({ type: 'stopping', reason: why, isFault: exitCode !== exitCodes.ok })
    await this.#service.stop(this.#hurry.signal)
    await this.#exit(exitCode)
  }

  async #exit(code: number): Promise<void> {
    if (this.#ending) return
    this.#ending = true
    // What was served since the last heartbeat counts, too.
    this.#beat?.()
    if (this.#hooks?.has('workerExit') === true) await this.#runExitHook(this.#hooks)
    await this.#logs?.flush(FLUSH_TIMEOUT)
    process.exit(code)
  }

  async #runExitHook(hooks: WorkerHookRunner): Promise<void> {
    const done = hooks.run('workerExit').catch((error: Error) => this.#logs?.logger.error(error.message))
    if (!(await settledWithin(done, EXIT_HOOK_TIMEOUT)))
      this.#logs?.logger.warn('the hook workerExit took too long and was not waited for')
  }

  #tell(message: FromWorker, told?: () => void): void {
    if (process.connected) process.send?.(envelop(message), undefined, undefined, () => told?.())
    else told?.()
  }
}
