// How workers are replaced while they serve, and how many there are: a reload, workers that have served their number of
// requests, TTIN and TTOU. One rule holds for all: there may be one worker more than wanted while any is to be replaced, and
// one of those goes when as many others as wanted are ready. So a successor that never becomes ready costs nothing. Whoever has
// a place beyond those that there should be is to be replaced, too: so places have no gaps for longer than a boot takes.
import type { BootFailure } from '../ipc/messages.ts'
import { backOff } from './back-off.ts'
import { type Draft, freeSlot, isServing, notice, sendAway } from './draft.ts'
import type { ArbiterState, Instant, WorkerRecord } from './model.ts'

type Places = Pick<ArbiterState, 'workers' | 'vacancies' | 'reloadTo' | 'target'>

/** Begins a reload, or begins one under way anew: every worker that was started until now is to be replaced. */
export function beginReload(draft: Draft, at: Instant): void {
  draft.generation++
  draft.reloadTo = draft.generation
  draft.surplus = { failures: 0, dueAt: at.now }
  draft.lastReload = { kind: 'running', at: at.now }
  // What kept these from booting may be what the reload brings the cure for.
  draft.vacancies = draft.vacancies.map(vacancy => ({ ...vacancy, failures: 0, dueAt: at.now, unreported: null }))
  notice(draft, { kind: 'reloading', workers: placesOf(draft) })
}

/** Whether a worker was started before the reload that is under way. */
export function isOutdated({ reloadTo }: Pick<ArbiterState, 'reloadTo'>, { generation }: WorkerRecord): boolean {
  return reloadTo !== null && generation < reloadTo
}

/** How many places are taken, or about to be: those of workers that leave do not count. */
export function placesOf({ workers, vacancies }: Pick<Places, 'workers' | 'vacancies'>): number {
  return workers.filter(({ phase }) => phase !== 'leaving').length + vacancies.length
}

/** Whether a successor is to be started, now or at `surplus.dueAt`. */
export function wantsSuccessor(state: ArbiterState): boolean {
  return isServing(state) && leavable(state).length > 0 && placesOf(state) <= wanted(state)
}

/**
 * A worker of this generation could not boot: if a reload is under way, and old workers serve, that is its end.
 * Whatever they may be replaced for otherwise is tried again after a pause.
 *
 * @returns milliseconds until the next try; `null` when the operator was told that the reload failed
 */
export function successorFailed(draft: Draft, failure: BootFailure, at: Instant): number | null {
  const { failures } = draft.surplus
  const retryIn = backOff(failures + 1, at.random)
  draft.surplus = { failures: failures + 1, dueAt: at.now + retryIn }
  const old = serving(draft).filter(worker => isOutdated(draft, worker)).length
  if (old === 0) return retryIn
  failReload(draft, failure, at)
  return null
}

/** A reload is over; those that it was to replace go on, and what was configured before counts again. */
export function failReload(draft: Draft, failure: BootFailure, at: Instant): void {
  const workers = serving(draft).filter(worker => isOutdated(draft, worker)).length
  draft.reloadTo = null
  draft.lastReload = { kind: 'failed', at: at.now, reason: failure.message }
  if (draft.fallback !== null) {
    draft.policy = draft.fallback.policy
    draft.target = draft.fallback.target
    draft.fallback = null
    draft.commands.push({ type: 'revert' })
  }
  notice(draft, { kind: 'reload-failed', failure, workers })
}

/** Brings the places to the number that is wanted; vacancies that are due are filled by whoever calls this. */
export function settle(draft: Draft, at: Instant): void {
  while (placesOf(draft) < wanted(draft)) addVacancy(draft, at)
  if (!isServing(draft)) return trim(draft, at)
  relieve(draft, at)
  if (wantsSuccessor(draft) && draft.surplus.dueAt <= at.now) addVacancy(draft, at)
  trim(draft, at)
  endReload(draft, at)
}

/**
 * Whether there are workers of the new version, and none of them has served for long enough yet to let an old one go for it: a
 * version may boot, and die at its first requests.
 */
function isOnTrial(state: ArbiterState, at: Instant): boolean {
  const end = trialEnd(state)
  return end !== undefined && end > at.now
}

/** When an old worker may go for a new one, if one is to; `undefined` when nobody waits for that. */
export function nextRelief(state: ArbiterState): number | undefined {
  const { reloadTo } = state
  if (reloadTo === null || !isServing(state) || serving(state).length <= wanted(state)) return undefined
  return serving(state).some(worker => isOutdated(state, worker)) ? trialEnd(state) : undefined
}

/** When the first worker of the new version will have served for long enough; `undefined` while there is none. */
function trialEnd(state: ArbiterState): number | undefined {
  const { policy, generation } = state
  const since = serving(state).flatMap(worker => (worker.generation === generation ? [worker.readyAt ?? 0] : []))
  return since.length === 0 ? undefined : Math.min(...since) + policy.healthWindow
}

/** A worker that is to be replaced goes when there are enough without it. */
function relieve(draft: Draft, at: Instant): void {
  for (const worker of inOrderOfRelief(draft)) {
    if (serving(draft).length <= wanted(draft)) return
    if (isOutdated(draft, worker) && isOnTrial(draft, at)) return
    sendAway(draft, worker, at)
  }
}

// A place nobody is in goes first, then a worker that is still booting, of the highest place: it may never become ready, and the
// one that serves would have gone for it. Only then the oldest.
function trim(draft: Draft, at: Instant): void {
  for (;;) {
    const allowed = wanted(draft) + (isServing(draft) && leavable(draft).length > 0 ? 1 : 0)
    if (placesOf(draft) <= allowed) return
    if (draft.vacancies.length > 0) {
      draft.vacancies = draft.vacancies.slice(0, -1)
      continue
    }
    const leaver = highestBooting(draft) ?? serving(draft)[0]
    if (leaver === undefined) return
    sendAway(draft, leaver, at)
  }
}

/** Of those in the same place the newest. */
function highestBooting({ workers }: Places): WorkerRecord | undefined {
  const booting = workers.filter(({ phase }) => phase === 'booting')
  return booting.toSorted((a, b) => a.place - b.place || a.id - b.id).at(-1)
}

function endReload(draft: Draft, at: Instant): void {
  if (draft.reloadTo === null || draft.vacancies.length > 0) return
  const staying = draft.workers.filter(({ phase }) => phase !== 'leaving')
  if (staying.some(worker => worker.phase !== 'ready' || isOutdated(draft, worker))) return
  draft.reloadTo = null
  draft.fallback = null
  draft.lastReload = { kind: 'done', at: at.now }
  notice(draft, { kind: 'reloaded', workers: staying.length })
}

/** Those first whose successors are ready, or who have none to expect; then the oldest. */
function inOrderOfRelief(state: Places): readonly WorkerRecord[] {
  const leaving = leavable(state)
  const covered = new Set(serving(state).flatMap(worker => (leaving.includes(worker) ? [] : [worker.place])))
  const isFirst = ({ place }: WorkerRecord): boolean => covered.has(place) || place >= state.target
  return leaving.toSorted((a, b) => Number(isFirst(b)) - Number(isFirst(a)))
}

/**
 * The lowest place that nobody has who stays: a worker that is to be replaced leaves its own to the successor. There is one below
 * the number that is wanted, whenever somebody is to be started.
 */
export function freePlace(state: Places): number {
  const leaving = leavable(state)
  const staying = state.workers.filter(worker => worker.phase !== 'leaving' && !leaving.includes(worker))
  const taken = new Set(staying.map(({ place }) => place))
  let place = 0
  while (taken.has(place)) place++
  return place
}

/** Workers that serve and are to be replaced, the oldest first. */
function leavable(state: Places): readonly WorkerRecord[] {
  return serving(state).filter(worker => worker.spent || worker.place >= state.target || isOutdated(state, worker))
}

function serving({ workers }: Pick<ArbiterState, 'workers'>): readonly WorkerRecord[] {
  return workers.filter(({ phase }) => phase === 'ready')
}

/** How many workers there should be now. */
export function wanted({ isPaused, target }: Pick<ArbiterState, 'isPaused' | 'target'>): number {
  return isPaused ? 0 : target
}

function addVacancy(draft: Draft, at: Instant): void {
  const vacancy = { slot: freeSlot(draft), failures: 0, dueAt: at.now, unreported: null }
  draft.vacancies = [...draft.vacancies, vacancy]
}
