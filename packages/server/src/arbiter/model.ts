// The words that the arbiter's decisions are made of: what it knows, what can happen, what it can have done.
import type { BootFailure, WorkerStats } from '../ipc/messages.ts'
import type { Traffic } from '../metrics/traffic.ts'
import type { Load } from './scaling.ts'

/** The signals that a master reacts to. */
export type MasterSignal =
  | 'SIGTERM'
  | 'SIGINT'
  | 'SIGQUIT'
  | 'SIGHUP'
  | 'SIGTTIN'
  | 'SIGTTOU'
  | 'SIGUSR1'
  | 'SIGUSR2'
  | 'SIGWINCH'

/** What the operator configured; milliseconds. */
export interface Policy {
  readonly workers: number
  readonly bootTimeout: number
  readonly gracefulTimeout: number
  /** How long workers serve on after TERM. */
  readonly preStopDelay: number
  /** How long a worker's event loop may stand still; 0: for ever. */
  readonly timeout: number
  /** Resident size in bytes beyond which a worker is replaced; 0: never. */
  readonly maxMemory: number
  /** How long a worker serves before it is replaced; 0: for ever. */
  readonly maxLifetime: number
  /** Between which numbers the number of workers follows their busyness; `null` where it is fixed. */
  readonly scaling: { readonly min: number; readonly max: number } | null
  /** How many crashes within how long have all workers replaced; `null` for none. */
  readonly emergency: { readonly threshold: number; readonly interval: number } | null
  /** How long the first new worker of a reload must have served before old ones go. */
  readonly healthWindow: number
  /** Whether this master retires when the one of an upgrade has its workers ready. */
  readonly upgradeAuto: boolean
  /** Whether there are certificates that HUP can have read again. */
  readonly certificates?: boolean
}

/** What was configured, and how many workers that led to. */
export interface Footing {
  readonly policy: Policy
  readonly target: number
}

/** When something happens: a monotonic clock in milliseconds, and a number from 0 to 1 for jitter. */
export interface Instant {
  readonly now: number
  readonly random: number
}

/** One worker process, from its start to its exit. */
export interface WorkerRecord {
  /** Counts up: the lowest is the oldest. */
  readonly id: number
  /** The worker's number, unique among those alive. */
  readonly slot: number
  /**
   * Which of the places it has, from 0: of those that stay each has one, and a successor has that of the worker that will go for it.
   * So a place is never empty for long, as a number may be.
   */
  readonly place: number
  /** Which reload it belongs to: what it loaded is as new as that. */
  readonly generation: number
  readonly phase: 'booting' | 'ready' | 'leaving'
  readonly startedAt: number
  readonly readyAt: number | null
  /** Resident size in bytes when it began to serve. */
  readonly firstRss: number | null
  /** What it said of itself last. */
  readonly stats: WorkerStats | null
  /** Milliseconds that it has been silent for, as far as the arbiter was awake to listen. */
  readonly silence: number
  /** How long it may be silent for, as was configured when it was started; 0: for ever. */
  readonly timeout: number
  /** Why it is to be killed, once it has been asked where it stands still. */
  readonly condemned: Sentence | null
  /** Whether it has served as much as it should, and waits for its successor. */
  readonly spent: boolean
  /** Failures in a row in this place before this worker. */
  readonly failures: number
  /** When to kill it, unless it is where it should be by then. */
  readonly killAt: number | null
  /** What it said of its own boot, or what the arbiter found. */
  readonly verdict: BootFailure | null
}

/** What a worker did not do in time: get ready, leave when it was told to, answer. */
export type Sentence = 'late' | 'overdue' | 'silent'

/** A place without a worker. */
export interface Vacancy {
  readonly slot: number
  readonly failures: number
  readonly dueAt: number
  /** The boot failure that nobody has been told of yet. */
  readonly unreported: BootFailure | null
}

/**
 * `starting`: no worker has been ready yet. `serving`: one has. `announced`: told to stop, and serves on for the pre-stop
 * delay. `stopping`, `quitting`: on the way out, gracefully or not. `gone`: over.
 */
export type ArbiterPhase = 'starting' | 'serving' | 'announced' | 'stopping' | 'quitting' | 'gone'

/** How the last reload ended, or that it is under way. */
export type ReloadOutcome =
  | { readonly kind: 'none' }
  /** `cut`: ended before it was done, and not for a fault of what it was to bring. */
  | { readonly kind: 'running' | 'done' | 'cut'; readonly at: number }
  | { readonly kind: 'failed'; readonly at: number; readonly reason: string }

/** How workers ended since the stop began. */
export interface Endings {
  readonly left: number
  readonly killed: number
}

/** All that the arbiter knows. */
export interface ArbiterState {
  readonly policy: Policy
  readonly phase: ArbiterPhase
  /** How many workers there should be. */
  readonly target: number
  readonly nextId: number
  /** Whether there should be none for now (SIGWINCH). */
  readonly isPaused: boolean
  /** The new master that SIGUSR2 has started, while it runs; before that, `preparing`: the hook preExec is waited for. */
  readonly upgrade: 'preparing' | 'booting' | 'ready' | null
  /** Counts reloads, from 1 on; what is started belongs to it. */
  readonly generation: number
  /** How busy workers have been lately. */
  readonly load: Load
  /** When workers crashed lately. */
  readonly crashes: readonly number[]
  /** What to go back to if the reload that is under way fails. */
  readonly fallback: Footing | null
  /** Whether the configuration is being read again, and once more after that. */
  readonly rereading: 'no' | 'once' | 'again'
  /** While a reload is under way: workers of earlier generations are to be replaced. */
  readonly reloadTo: number | null
  /** When a successor for a worker that still serves may next be started, after so many failures in a row. */
  readonly surplus: { readonly failures: number; readonly dueAt: number }
  readonly workers: readonly WorkerRecord[]
  readonly vacancies: readonly Vacancy[]
  readonly lastReload: ReloadOutcome
  /** When a stop was asked for. */
  readonly stoppedAt: number | null
  readonly endings: Endings
  /** Requests that began in workers which have gone, as far as those told. */
  readonly pastRequests: number
  /** What came of those; `null` where nobody counts. */
  readonly pastTraffic: Traffic | null
}

/** What can happen to an arbiter. */
export type ArbiterEvent =
  | { readonly type: 'launch' }
  | { readonly type: 'tick' }
  | { readonly type: 'signal'; readonly signal: MasterSignal }
  | { readonly type: 'ready'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly failure: BootFailure }
  | { readonly type: 'spent'; readonly id: number; readonly reason: string }
  /** `isFault`: for a bug of the application's. */
  | { readonly type: 'stopping'; readonly id: number; readonly reason: string; readonly isFault?: boolean | undefined }
  | { readonly type: 'beat'; readonly id: number; readonly stats: WorkerStats }
  /** Where a worker stands still that was asked for that; `null` when it could not tell. */
  | { readonly type: 'traced'; readonly id: number; readonly stack: string | null }
  /** The configuration was read again, and all that it asks for is there. */
  | { readonly type: 'reread'; readonly policy: Policy }
  /** It was read again, and something is wrong with it; a line for each mistake. */
  | { readonly type: 'misread'; readonly problems: readonly string[] }
  /** Nothing keeps a new master from being started any more, that was asked for. */
  | { readonly type: 'upgrade-prepared' }
  /** The workers of the new master are ready. */
  | { readonly type: 'upgrade-ready' }
  /** The new master has gone, or could not be started; `ending` completes the sentence "the new master …". */
  | { readonly type: 'upgrade-ended'; readonly ending: string }
  /** Comes regularly; `elapsed` milliseconds after the last one. */
  | { readonly type: 'pulse'; readonly elapsed: number }
  /** `ending` completes the sentence "the worker …": `exited with code 1`. */
  | { readonly type: 'exited'; readonly id: number; readonly ending: string }

/** What an arbiter can have done. */
export type Command =
  | { readonly type: 'spawn'; readonly id: number; readonly slot: number }
  | { readonly type: 'kill'; readonly id: number; readonly signal: 'SIGTERM' | 'SIGQUIT' | 'SIGKILL' }
  /** Asks a worker where its event loop stands still, over a channel of its own; `traced` is the answer. */
  | { readonly type: 'trace'; readonly id: number }
  /** The master's own descriptors keep the sockets open: they go first when all is to stop. */
  | { readonly type: 'close-sockets' }
  | { readonly type: 'reopen-logs' }
  /** Reads the configuration again; `reread` or `misread` is the answer. */
  | { readonly type: 'reread' }
  /** What was configured before counts again: for workers that are started from now on. */
  | { readonly type: 'revert' }
  /** Calls the hook that comes before another master; `upgrade-prepared` or `upgrade-ended` is the answer. */
  | { readonly type: 'prepare-upgrade' }
  /** Starts another master with the same command and the same sockets. */
  | { readonly type: 'upgrade' }
  /** What its path leads to may be another one by now. */
  | { readonly type: 'enter-directory' }
  | { readonly type: 'renew-certificates' }
  | { readonly type: 'notice'; readonly notice: Notice }
  | { readonly type: 'exit'; readonly code: number }

interface Killed {
  readonly id: number
  readonly slot: number
  /** How long it had. */
  readonly limit: number
  /** Where its event loop stands still, if that could be found out. */
  readonly stack: string | null
}

/** What the operator is told. Times are in milliseconds. */
export type Notice =
  | { readonly kind: 'booting'; readonly id: number; readonly slot: number }
  | { readonly kind: 'ready'; readonly id: number; readonly slot: number }
  | { readonly kind: 'serving' }
  | { readonly kind: 'boot-failed'; readonly slot: number; readonly failure: BootFailure; readonly retryIn: number }
  | { readonly kind: 'hopeless'; readonly failure: BootFailure; readonly workers: number }
  | {
      readonly kind: 'died'
      readonly id: number
      readonly slot: number
      readonly ending: string
      readonly retryIn: number
    }
  | { readonly kind: 'spent'; readonly id: number; readonly slot: number; readonly reason: string }
  | { readonly kind: 'retiring'; readonly id: number; readonly slot: number; readonly reason: string }
  | { readonly kind: 'left'; readonly id: number; readonly slot: number; readonly ending: string }
  | ({ readonly kind: 'overdue' } & Killed)
  | ({ readonly kind: 'silent' } & Killed)
  | {
      readonly kind: 'born-large'
      readonly id: number
      readonly slot: number
      /** Bytes. */
      readonly rss: number
      readonly maxMemory: number
    }
  | { readonly kind: 'announced'; readonly delay: number }
  | { readonly kind: 'target'; readonly target: number }
  | { readonly kind: 'one-is-least' }
  | { readonly kind: 'stopping'; readonly graceful: boolean; readonly workers: number }
  | { readonly kind: 'stopped'; readonly endings: Endings; readonly took: number }
  | { readonly kind: 'reopening' }
  | { readonly kind: 'reloading'; readonly workers: number }
  | { readonly kind: 'reloaded'; readonly workers: number }
  | { readonly kind: 'reload-failed'; readonly failure: BootFailure; readonly workers: number }
  /** Those that it was to replace go all at once (SIGWINCH). */
  | { readonly kind: 'reload-cut' }
  /** `busyness` from 0 to 1, on average. */
  | { readonly kind: 'scaled'; readonly target: number; readonly busyness: number }
  | { readonly kind: 'emergency'; readonly crashes: number; readonly interval: number }
  | { readonly kind: 'misread'; readonly problems: readonly string[]; readonly workers: number }
  | { readonly kind: 'upgrading' }
  /** `isPrepared`: the new master has been started. */
  | { readonly kind: 'upgrade-pending'; readonly isPrepared: boolean }
  | { readonly kind: 'upgrade-dropped' }
  | { readonly kind: 'upgrade-ready'; readonly auto: boolean }
  /** `goesOn`: nobody has told this master to stop. */
  | {
      readonly kind: 'upgrade-ended'
      readonly ending: string
      readonly wasReady: boolean
      readonly goesOn: boolean
    }
  | { readonly kind: 'paused'; readonly workers: number }
  | { readonly kind: 'resumed'; readonly workers: number }
