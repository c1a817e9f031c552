// What a configuration file can have called at the turns of a master's and a worker's life. docs/hooks.md has them in their order.
import type { GatewayRequest, Logger } from '@nsgi/spec'
import type { Settings } from '../config/settings.ts'

/** What hooks that run in the master are told of it. */
export interface MasterSubject {
  readonly pid: number
  /** The log of the server itself. */
  readonly log: Logger
  /** What it runs with; after a reload, what it runs with now. */
  readonly settings: Settings
}

/** What hooks that run in the master are told of a worker. */
export interface WorkerPlace {
  /** The worker's number: the application has it as `context.worker`. */
  readonly worker: number
  /** `undefined` before its process has been started. */
  readonly pid: number | undefined
}

/** How a worker's process ended: one of the two is `null`. */
export interface WorkerEnding {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** What hooks that run in a worker are told of it. */
export interface WorkerSubject {
  /** The worker's number: the application has it as `context.worker`. */
  readonly worker: number
  readonly pid: number
  /** The log of the server itself. */
  readonly log: Logger
}

/** What is known of a request when it is over. */
export interface RequestOutcome {
  /** The status sent; 0 when the client was lost before a head was sent. */
  readonly status: number
  /** Bytes of body sent, without framing. */
  readonly bytes: number
  /** From the whole head of the request to the last byte handed to the transport: milliseconds, fractional. */
  readonly duration: number
  /** Why it failed, if it did. */
  readonly error: unknown
}

type Awaited = void | Promise<void>

/** Hooks that run in the master. Only those that may return a promise are waited for. */
export interface MasterHooks {
  /** Before anything is bound. A throw ends the start. */
  readonly onStarting?: (server: MasterSubject) => Awaited
  /** At HUP, when the configuration has been read again, before new workers start. These are the hooks of the new file. */
  readonly onReload?: (server: MasterSubject) => void
  /** The first worker is ready: requests are answered from now on. */
  readonly whenReady?: (server: MasterSubject) => void
  /** Before a worker's process is started. A throw counts as a failed boot of that worker. */
  readonly preFork?: (server: MasterSubject, worker: WorkerPlace) => void
  /** A worker's process has ended, in whatever way. */
  readonly childExit?: (server: MasterSubject, worker: WorkerPlace, ending: WorkerEnding) => void
  /** There are to be more or fewer workers; `before` is `null` at the start. */
  readonly nworkersChanged?: (server: MasterSubject, now: number, before: number | null) => void
  /** Before a second master is started (USR2). A throw calls that off. */
  readonly preExec?: (server: MasterSubject) => Awaited
  /** A worker did not turn its loop for `--timeout` seconds and is about to be killed. `stack` is where it is stuck, if that could be found. */
  readonly workerAbort?: (server: MasterSubject, worker: WorkerPlace, stack: string | undefined) => void
  /** A stop of everything begins. */
  readonly onStopping?: (server: MasterSubject) => void
  /** Every worker has gone, the master is about to exit with that code. */
  readonly onExit?: (server: MasterSubject, code: number) => Awaited
}

/** Hooks that run in each worker, which loads the configuration file for them. */
export interface WorkerHooks {
  /** The process has begun; nothing of the application is loaded. A throw is a failed boot. */
  readonly postFork?: (worker: WorkerSubject) => Awaited
  /** The application is loaded and its startup is over; nothing is accepted yet. A throw is a failed boot. */
  readonly postWorkerInit?: (worker: WorkerSubject) => Awaited
  /** Connections are accepted. */
  readonly workerReady?: (worker: WorkerSubject) => void
  /** INT or QUIT came. */
  readonly workerInt?: (worker: WorkerSubject) => void
  /** The last thing before the process exits; it gets a second. */
  readonly workerExit?: (worker: WorkerSubject) => Awaited
  /** Before the application is called. */
  readonly preRequest?: (worker: WorkerSubject, request: GatewayRequest) => void
  /** The request is over: its response was sent, or could not be. */
  readonly postRequest?: (worker: WorkerSubject, request: GatewayRequest, outcome: RequestOutcome) => void
}

/** Every hook. */
export interface Hooks extends MasterHooks, WorkerHooks {}

type NamesOf<H> = { readonly [Name in keyof Required<H>]: true }

const masterHooks: NamesOf<MasterHooks> = {
  onStarting: true,
  onReload: true,
  whenReady: true,
  preFork: true,
  childExit: true,
  nworkersChanged: true,
  preExec: true,
  workerAbort: true,
  onStopping: true,
  onExit: true,
}

const workerHooks: NamesOf<WorkerHooks> = {
  postFork: true,
  postWorkerInit: true,
  workerReady: true,
  workerInt: true,
  workerExit: true,
  preRequest: true,
  postRequest: true,
}

/** The names of the hooks that run in the master. */
export const masterHookNames: readonly (keyof MasterHooks)[] = Object.keys(masterHooks) as (keyof MasterHooks)[]

/** The names of the hooks that run in workers. */
export const workerHookNames: readonly (keyof WorkerHooks)[] = Object.keys(workerHooks) as (keyof WorkerHooks)[]
