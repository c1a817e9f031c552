// What a master can tell of itself and its workers at any moment, as plain data: for a control socket, for metrics, for people.
import type { WorkerStats } from '../ipc/messages.ts'
import { type Traffic, totalOf } from '../metrics/traffic.ts'
import { HEALTHY_AFTER } from './back-off.ts'
import { isServing } from './draft.ts'
import type { ArbiterPhase, ArbiterState, ReloadOutcome, WorkerRecord } from './model.ts'

/** The whole. All times are in milliseconds. */
export interface ArbiterStatus {
  /** The master's process id. */
  readonly pid: number
  readonly phase: ArbiterPhase
  /** Whether new clients are welcome: a worker serves, and nobody has asked to stop. */
  readonly isReady: boolean
  /** How long the master has been running. */
  readonly age: number
  /** How many workers there should be. */
  readonly target: number
  /** Requests that began, in workers that have gone, too. Never falls. */
  readonly requests: number
  /** What came of those that are over; `null` where nobody counts. */
  readonly traffic: Traffic | null
  /** Counts reloads, from 1 on. */
  readonly generation: number
  readonly lastReload: ReloadStatus
  readonly crashLoop: CrashLoop | null
  /** The oldest first. */
  readonly workers: readonly WorkerStatus[]
  /** Places without a worker, to be filled after a pause. */
  readonly vacancies: readonly VacancyStatus[]
}

/** One worker. */
export interface WorkerStatus {
  /** Its number, `context.worker`. */
  readonly number: number
  /** Which place it has, `KIRIN_WORKER_ID`: a successor has that of its predecessor. */
  readonly place: number
  readonly pid: number | null
  /** `spent`: it serves until its successor is ready. */
  readonly state: 'booting' | 'ready' | 'spent' | 'leaving'
  /** Since its process was started. */
  readonly age: number
  readonly generation: number
  /** What it told last; `null` before its first heartbeat. */
  readonly stats: WorkerStats | null
  /** For how long nothing was heard of it, as far as the master was awake to listen. */
  readonly silence: number
}

/** A place without a worker. */
export interface VacancyStatus {
  readonly number: number
  /** How many workers in a row failed there. */
  readonly failures: number
  /** When the next one is started, from now on. */
  readonly retryIn: number
}

/** What came of the last reload. */
export type ReloadStatus =
  | { readonly outcome: 'none' }
  /** `cut`: SIGWINCH came before it was done. */
  | { readonly outcome: 'running' | 'done' | 'cut'; readonly ago: number }
  /** A broken deployment is resisted: the old workers go on. */
  | { readonly outcome: 'failed'; readonly ago: number; readonly reason: string }

/** Workers fail again and again, and are started after growing pauses. */
export interface CrashLoop {
  /** How many places are without a healthy worker for that reason. */
  readonly places: number
  /** The longest row of failures. */
  readonly failures: number
}

/** What only the edge knows. */
export interface StatusSubject {
  readonly pid: number
  readonly pidOf: (id: number) => number | undefined
  /** The clock that the state was written with. */
  readonly now: number
  /** When the master began, on that clock. */
  readonly since: number
}

/** So many failures in a row are no accident. */
const LOOP = 3

/** Tells what a state means. */
export function statusOf(state: ArbiterState, { pid, pidOf, now, since }: StatusSubject): ArbiterStatus {
  const workers = state.workers.map(worker => workerStatus(worker, { pid: pidOf(worker.id) ?? null, now }))
  return {
    pid,
    phase: state.phase,
    isReady: isServing(state) && state.phase !== 'announced' && state.workers.some(({ phase }) => phase === 'ready'),
    age: now - since,
    target: state.target,
    requests: state.workers.reduce((sum, { stats }) => sum + (stats?.requests ?? 0), state.pastRequests),
    traffic: totalOf([state.pastTraffic, ...state.workers.map(({ stats }) => stats?.traffic ?? null)]),
    generation: state.generation,
    lastReload: reloadStatus(state.lastReload, now),
    crashLoop: crashLoop(state, now),
    workers,
    vacancies: state.vacancies.map(({ slot, failures, dueAt }) => {
      return { number: slot, failures, retryIn: Math.max(0, dueAt - now) }
    }),
  }
}

function workerStatus(worker: WorkerRecord, { pid, now }: { pid: number | null; now: number }): WorkerStatus {
  const { slot, place, phase, spent, startedAt, generation, stats, silence } = worker
  const state = phase === 'ready' && spent ? 'spent' : phase
  return { number: slot, place, pid, state, age: now - startedAt, generation, stats, silence }
}

function reloadStatus(outcome: ReloadOutcome, now: number): ReloadStatus {
  switch (outcome.kind) {
    case 'none':
      return { outcome: 'none' }
    case 'running':
    case 'done':
    case 'cut':
      return { outcome: outcome.kind, ago: now - outcome.at }
    case 'failed':
      return { outcome: 'failed', ago: now - outcome.at, reason: outcome.reason }
  }
}

/** Workers carry the failures before them: one that was started after some counts until it has been healthy for a while. */
function crashLoop({ workers, vacancies, surplus }: ArbiterState, now: number): CrashLoop | null {
  const young = workers.filter(({ readyAt }) => readyAt === null || now - readyAt < HEALTHY_AFTER)
  const failing = [...young, ...vacancies, surplus].map(({ failures }) => failures).filter(failures => failures >= LOOP)
  return failing.length === 0 ? null : { places: failing.length, failures: Math.max(...failing) }
}
