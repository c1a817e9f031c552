// How many workers there are, where that follows from how busy they are (--workers-min, --workers-max; uWSGI's cheaper).
import { type Draft, notice } from './draft.ts'
import type { Policy, WorkerRecord } from './model.ts'

/** Busier than this on average, workers have company: above it answers begin to wait for each other noticeably. */
const BUSY = 0.75

/** If they were no busier than this with one fewer, one is too many. Far below the other, so that the number does not swing. */
const IDLE = 0.5

/** Milliseconds for which they have to be busy: a burst of a second is over before a new worker would help. */
const BUSY_FOR = 3_000

/** Milliseconds for which they have to be idle: a worker that was started in vain costs little, one that is missing a lot. */
const IDLE_FOR = 60_000

/** No look counts for more than this many milliseconds: a master that was stopped has not looked. */
const MOST_AT_ONCE = 2_000

/** For how long it has been like that; milliseconds. */
export interface Load {
  readonly busyFor: number
  readonly idleFor: number
}

/** Nothing is known yet. */
export const UNKNOWN_LOAD: Load = { busyFor: 0, idleFor: 0 }

/** Brings the number that was asked for between the bounds. */
export function withinBounds({ workers, scaling }: Policy): number {
  return scaling === null ? workers : Math.min(scaling.max, Math.max(scaling.min, workers))
}

/** Looks how busy workers are, and changes their number by one when they have been busy or idle for long enough. */
export function scale(draft: Draft, elapsed: number): void {
  const { scaling } = draft.policy
  const busyness = averageBusyness(draft)
  // What is about to change anyway is waited for.
  if (scaling === null || busyness === undefined) {
    draft.load = UNKNOWN_LOAD
    return
  }
  const more = Math.min(elapsed, MOST_AT_ONCE)
  const { target } = draft
  const load = {
    busyFor: busyness >= BUSY ? draft.load.busyFor + more : 0,
    idleFor: target > 1 && (busyness * target) / (target - 1) <= IDLE ? draft.load.idleFor + more : 0,
  }
  draft.load = load
  if (load.busyFor >= BUSY_FOR && target < scaling.max) setTarget(draft, target + 1, busyness)
  else if (load.idleFor >= IDLE_FOR && target > scaling.min) setTarget(draft, target - 1, busyness)
}

function setTarget(draft: Draft, target: number, busyness: number): void {
  draft.target = target
  draft.load = UNKNOWN_LOAD
  notice(draft, { kind: 'scaled', target, busyness })
}

/** `undefined` while not all workers that there should be serve and have told how busy they are. */
function averageBusyness({ phase, workers, vacancies, target, isPaused, reloadTo }: Draft): number | undefined {
  if (phase !== 'serving' || isPaused || reloadTo !== null || vacancies.length > 0) return undefined
  const staying = workers.filter(worker => worker.phase !== 'leaving')
  if (staying.length !== target || !staying.every(hasTold)) return undefined
  return staying.reduce((sum, { stats }) => sum + (stats?.busyness ?? 0), 0) / target
}

function hasTold({ phase, stats, spent }: WorkerRecord): boolean {
  return phase === 'ready' && stats !== null && !spent
}
