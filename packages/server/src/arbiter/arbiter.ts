// Carries out what state.ts decides: processes, signals, sockets, the one timer.
import { closeSync, openSync } from 'node:fs'
import type { Logger } from 'pino'
import type { HookError } from '../hooks/hook-runner.ts'
import { exitCodes } from '../ipc/exit-codes.ts'
import { heartbeatInterval } from '../ipc/heartbeat.ts'
import type { FromWorker, TlsMaterial, ToWorker, WantedAddress } from '../ipc/messages.ts'
import { describeThrown } from '../log/describe-thrown.ts'
import type { BoundSocket } from '../transport/bind.ts'
import { isServing } from './draft.ts'
import { callHooksAfter, callHooksAtNotice, callHooksBefore } from './hook-calls.ts'
import type { ArbiterEvent, ArbiterState, Command, MasterSignal, Notice } from './model.ts'
import { describeNotice, type NoticeSubject } from './notices.ts'
import { usesReading } from './reloading.ts'
import { type Setup, Setups } from './setups.ts'
import { initialState, nextDeadline, step } from './state.ts'
import { type ArbiterStatus, statusOf } from './status.ts'
import { Upgrade, type UpgradeOptions } from './upgrade.ts'
import { WantedSockets } from './wanted-sockets.ts'
import { type Program, startWorker, type WorkerHandle } from './worker-handle.ts'

/** What an arbiter runs. */
export interface ArbiterOptions {
  /** What it begins with; its sockets are closed when nobody needs them any more. */
  readonly setup: Setup
  /** Reads the configuration again, and prepares (with the sockets that are there already) what it asks for, or tells what is wrong with it. Never rejects. */
  readonly renew: (present: readonly BoundSocket[]) => Promise<Setup | { readonly problems: readonly string[] }>
  /** The module of a worker process. */
  readonly workerModule: string
  /** The program that a worker runs which is started now, where there is one; throws when there is none any more. */
  readonly program?: (() => Program) | undefined
  /** Binds where the program wants to listen; where there are `sockets`, its first server gets those. */
  readonly bindWanted?: ((wanted: WantedAddress) => Promise<BoundSocket>) | undefined
  /** What workers need to speak TLS, if they are to. */
  readonly certificates?: CertificateSource | undefined
  /** What a worker has as standard output and error; the master's own where there is none. */
  readonly output?: (() => number | undefined) | undefined
  readonly log: Logger
  /** Told of all that the operator is told, and what the notices' words need. */
  readonly observe?: (notice: Notice, subject: NoticeSubject) => void
  /** Called at SIGUSR1 for the master's own logs. */
  readonly reopenLogs: () => void
  /** Calls back whenever something has changed that a reload is to take up; the text names it. */
  readonly watch?: ((changed: (what: string) => void) => void) | undefined
  /** What another master is started with at SIGUSR2. */
  readonly upgrade: UpgradeOptions
  /** Called at the start, with what tells at any moment how things stand. */
  readonly expose?: ((status: () => ArbiterStatus) => void) | undefined
}

/** Where certificates come from. */
export interface CertificateSource {
  /** What is to be used now. */
  readonly material: TlsMaterial
  /** Has `changed` called with what is to be used instead, whenever that changes. */
  watch(changed: (material: TlsMaterial) => void): void
  /** Looks for other certificates, and tells the log what came of it. */
  renew(): void
}

/** Milliseconds that the hook onExit may take: a supervisor that stops us does not wait for ever either. */
const EXIT_HOOK_TIMEOUT = 5_000

/** Milliseconds that the hook preExec may take: one that waits for ever would keep every later upgrade from being made. */
const PRE_EXEC_TIMEOUT = 60_000

/** The signals that are listened to, so that none of them ends the process by default. */
const SIGNALS: readonly MasterSignal[] = [
  'SIGTERM',
  'SIGINT',
  'SIGQUIT',
  'SIGHUP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGUSR1',
  'SIGUSR2',
]

/** A terminal sends it to everybody in front of it whenever its size changes, and nobody means to stop workers by that. */
const WITHOUT_TERMINAL: MasterSignal = 'SIGWINCH'

/**
 * Runs workers until told to stop.
 *
 * @returns the exit code for the process, when every worker has gone
 */
export function runArbiter(options: ArbiterOptions): Promise<number> {
  return new Promise(resolve => {
    new Arbiter(options, resolve).start()
  })
}

class Arbiter {
  readonly #options: ArbiterOptions
  readonly #over: (code: number) => void
  readonly #workers = new Map<number, WorkerHandle>()
  readonly #onSignal = (signal: string): void => this.#dispatch({ type: 'signal', signal: signal as MasterSignal })
  readonly #wanted: WantedSockets
  readonly #since = performance.now()
  readonly #setups: Setups
  readonly #upgrade: Upgrade
  #state
  #timer: NodeJS.Timeout | undefined
  #pulse: NodeJS.Timeout | undefined

  constructor(options: ArbiterOptions, over: (code: number) => void) {
    this.#options = options
    this.#over = over
    this.#upgrade = new Upgrade(options.upgrade)
    this.#setups = new Setups(options.setup, this.#upgrade.shares)
    this.#wanted = new WantedSockets(options.setup.sockets, options.bindWanted)
    this.#state = initialState(options.setup.policy)
  }

  start(): void {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal)
    if (!hasTerminal()) process.on(WITHOUT_TERMINAL, this.#onSignal)
    this.#options.certificates?.watch(tls => this.#broadcast({ type: 'renew-tls', tls }))
    this.#options.watch?.(what => {
      this.#options.log.info(`${what} has changed`)
      this.#dispatch({ type: 'signal', signal: 'SIGHUP' })
    })
    this.#options.expose?.(() => this.#status())
    this.#setups.current.hooks.call('nworkersChanged', this.#state.target, null)
    this.#dispatch({ type: 'launch' })
    this.#pulseSoon()
  }

  #status(): ArbiterStatus {
    const pidOf = (id: number): number | undefined => this.#workers.get(id)?.pid
    return statusOf(this.#state, { pid: process.pid, pidOf, now: performance.now(), since: this.#since })
  }

  /** Its timer keeps a master alive that has no workers for now (SIGWINCH). */
  #pulseSoon(): void {
    const before = performance.now()
    const pulse = (): void => {
      const elapsed = performance.now() - before
      this.#pulseSoon()
      // What workers said while this process was stopped is heard first.
      afterPending(() => this.#dispatch({ type: 'pulse', elapsed }))
    }
    this.#pulse = setTimeout(pulse, heartbeatInterval(this.#state.policy.timeout))
  }

  #dispatch(event: ArbiterEvent): void {
    const before = this.#state
    const { state, commands } = step(before, event, { now: performance.now(), random: Math.random() })
    this.#state = state
    callHooksBefore(this.#setups.current.hooks, before, state)
    for (const command of commands) this.#carryOut(command)
    callHooksAfter(this.#setups.current.hooks, before, state)
    if (event.type === 'exited') this.#workers.delete(event.id)
    this.#closeUnneeded()
    if (event.type === 'ready' && isComplete(state)) this.#upgrade.tellReady()
    this.#setTimer()
  }

  #setTimer(): void {
    clearTimeout(this.#timer)
    const deadline = nextDeadline(this.#state)
    if (deadline === undefined) return
    // Rounded up: a tick that comes early finds nothing due.
    const delay = Math.max(0, Math.ceil(deadline - performance.now()))
    this.#timer = setTimeout(() => {
      // A master that was suspended finds its timer due before it has heard what its workers said in time.
      afterPending(() => this.#dispatch({ type: 'tick' }))
    }, delay)
  }

  #carryOut(command: Command): void {
    switch (command.type) {
      case 'spawn':
        return this.#spawn(command.id, command.slot)
      case 'kill':
        return this.#kill(command)
      case 'trace':
        return this.#workers.get(command.id)?.trace(stack => this.#dispatch({ type: 'traced', id: command.id, stack }))
      case 'close-sockets':
        return this.#closeSockets()
      case 'reopen-logs':
        this.#options.reopenLogs()
        return this.#broadcast({ type: 'reopen-logs' })
      case 'enter-directory':
        this.#setups.current.apply()
        this.#setups.current.hooks.call('onReload')
        return
      case 'reread':
        void this.#reread()
        return
      case 'revert':
        this.#setups.revert()
        return this.#setups.current.apply()
      case 'prepare-upgrade':
        void this.#prepareUpgrade()
        return
      case 'upgrade':
        return this.#beginUpgrade()
      case 'renew-certificates':
        return this.#options.certificates?.renew()
      case 'notice':
        return this.#tell(command.notice)
      case 'exit':
        return this.#end(command.code)
    }
  }

  #kill({ id, signal }: Extract<Command, { type: 'kill' }>): void {
    const worker = this.#workers.get(id)
    if (signal === 'SIGTERM' && (isServing(this.#state) || this.#upgrade.isShared)) worker?.send({ type: 'linger' })
    worker?.kill(signal)
  }

  #spawn(id: number, slot: number): void {
    const place = this.#state.workers.find(worker => worker.id === id)?.place ?? slot
    try {
      this.#start(id, { slot, place })
    } catch (error) {
      // A socket of its own that cannot be bound, a program that is not there.
      this.#failToSpawn(id, error as Error)
    }
  }

  #start(id: number, { slot, place }: { readonly slot: number; readonly place: number }): void {
    const { workerModule, program, certificates } = this.#options
    const { setup, sockets } = this.#setups.assign(id, place)
    const { order, titleOf } = setup
    const refusal = setup.hooks.call('preFork', { worker: slot, pid: undefined })
    if (refusal !== undefined) return this.#failToSpawn(id, refusal)
    const handle = startWorker({
      module: workerModule,
      program: program?.(),
      place,
      sockets: sockets.map(({ fd }) => fd),
      output: this.#options.output?.(),
      order: { ...order, slot, title: titleOf(slot), tls: certificates?.material ?? null },
      onMessage: message => this.#heard(id, message),
      onExit: ({ text, ...ending }) => {
        this.#setups.current.hooks.call('childExit', { worker: slot, pid: handle.pid }, ending)
        this.#dispatch({ type: 'exited', id, ending: text })
      },
      onFailure: ({ message }) => this.#failToSpawn(id, { message: `a worker ${message}` }),
    })
    this.#workers.set(id, handle)
  }

  /** A boot that failed before there was a process. */
  #failToSpawn(id: number, { message }: Pick<Error, 'message'>): void {
    const failure = { message, detail: null, exitCode: exitCodes.bootFailed }
    // Not within the step that wanted the worker.
    setImmediate(() => {
      this.#dispatch({ type: 'failed', id, failure })
      this.#dispatch({ type: 'exited', id, ending: 'was not started' })
    })
  }

  #broadcast(message: ToWorker): void {
    for (const worker of this.#workers.values()) worker.send(message)
  }

  #heard(id: number, message: FromWorker): void {
    if (message.type === 'bind') {
      void this.#bindFor(id, message)
      return
    }
    const event: ArbiterEvent = { ...message, id }
    if (event.type === 'stopping') afterPending(() => this.#dispatch(event))
    else this.#dispatch(event)
  }

  async #bindFor(id: number, { number, wanted }: Extract<FromWorker, { type: 'bind' }>): Promise<void> {
    const { answer, handle } = await this.#wanted.answer(wanted)
    this.#workers.get(id)?.send({ type: 'bound', number, answer }, handle)
  }

  #tell(notice: Notice): void {
    const subject = { pidOf: (id: number) => this.#workers.get(id)?.pid, urls: this.#urls }
    const { level, message, detail, stack } = describeNotice(notice, subject)
    const { log, observe } = this.#options
    if (stack === null || stack === undefined) log[level](message)
    else log[level]({ err: { stack } }, message)
    observe?.(notice, subject)
    callHooksAtNotice(this.#setups.current.hooks, notice, subject.pidOf)
    if (detail !== null && detail !== undefined) log.debug({ err: { stack: detail } }, 'Where it failed:')
  }

  #closeSockets(): void {
    this.#setups.closeAll()
    this.#wanted.close(this.#upgrade.shares)
  }

  async #prepareUpgrade(): Promise<void> {
    try {
      await this.#setups.current.hooks.runWithin(PRE_EXEC_TIMEOUT, 'preExec')
    } catch (error) {
      this.#options.log.error((error as HookError).message)
      return this.#dispatch({ type: 'upgrade-ended', ending: 'was not started' })
    }
    this.#dispatch({ type: 'upgrade-prepared' })
  }

  /** Where clients come in, as far as it is current. */
  get #urls(): readonly string[] {
    return [...this.#setups.current.sockets.map(({ url }) => url), ...this.#wanted.urls]
  }

  #closeUnneeded(): void {
    const { workers, vacancies, fallback, isPaused } = this.#state
    const staying = new Set(workers.flatMap(({ id, phase }) => (phase === 'leaving' ? [] : [id])))
    this.#setups.closeUnneeded(staying, { mayRevert: fallback !== null, mayRefill: vacancies.length > 0 || isPaused })
    this.#wanted.release(this.#upgrade.shares)
  }

  async #reread(): Promise<void> {
    const before = this.#urls.join(', ')
    const { present } = this.#setups
    const renewed = await this.#renew(present)
    if ('problems' in renewed) {
      this.#dispatch({ type: 'misread', problems: renewed.problems })
      return
    }
    // Nobody is to be started with what does not count.
    if (!usesReading(this.#state)) {
      this.#setups.drop(renewed, present)
      this.#dispatch({ type: 'reread', policy: renewed.policy })
      return
    }
    // A reload has ended meanwhile, and with it went sockets that this was to take over.
    if (this.#setups.lacks(renewed, present)) {
      this.#setups.drop(renewed, present)
      return this.#reread()
    }
    this.#setups.adopt(renewed)
    const now = this.#urls.join(', ')
    if (now !== before) this.#options.log.info(`New workers listen at ${now}, instead of ${before}`)
    this.#dispatch({ type: 'reread', policy: renewed.policy })
  }

  /** What throws unforeseen must not end a master that serves. */
  async #renew(present: readonly BoundSocket[]): ReturnType<ArbiterOptions['renew']> {
    try {
      return await this.#options.renew(present)
    } catch (error) {
      return { problems: [describeThrown(error)] }
    }
  }

  #beginUpgrade(): void {
    this.#upgrade.begin([...this.#setups.sockets, ...this.#wanted.open], {
      ready: () => this.#dispatch({ type: 'upgrade-ready' }),
      ended: ending => this.#dispatch({ type: 'upgrade-ended', ending }),
    })
  }

  /** The signals stay listened to: a late one must not turn a clean exit into a death by signal. */
  #end(code: number): void {
    clearTimeout(this.#pulse)
    this.#closeSockets()
    const over = (): void => this.#over(code)
    if (!this.#setups.current.hooks.has('onExit')) return over()
    const timer = setTimeout(over, EXIT_HOOK_TIMEOUT)
    void this.#setups.current.hooks
      .run('onExit', code)
      .catch((error: HookError) => this.#options.log.error(error.message))
      .finally(() => {
        clearTimeout(timer)
        over()
      })
  }
}

/** Whether all workers that there should be are ready. */
function isComplete({ workers, target }: ArbiterState): boolean {
  return workers.filter(({ phase }) => phase === 'ready').length >= target
}

/** Whether this process has a terminal that could send it signals of its own accord. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}

/**
 * Calls back when every signal, message and exit that was delivered before this moment has been handled.
 *
 * A signal to the whole process group (^C in a terminal, a supervisor's TERM) makes workers say that they stop, and on a
 * busy machine the master hears that before its own signal: libuv learns of a signal through a pipe, which may become
 * readable only after this turn's events were collected. The next turn of the loop has it; the one after that is safe.
 */
function afterPending(callback: () => void): void {
  setImmediate(() => setImmediate(callback))
}
