// Every decision of the arbiter: (state, event, instant) -> state and commands. No clock, no process, no signal here.
import { exitCodes } from '../ipc/exit-codes.ts'
import type { BootFailure } from '../ipc/messages.ts'
import { totalOf } from '../metrics/traffic.ts'
import { backOff, HEALTHY_AFTER } from './back-off.ts'
import { crashed } from './crashes.ts'
import { type Draft, freeSlot, isServing, leaveBy, leaves, notice, update } from './draft.ts'
import { countSilence, heard, killOverdue, traced } from './liveness.ts'
import type {
  ArbiterEvent,
  ArbiterState,
  Command,
  Instant,
  MasterSignal,
  Policy,
  Vacancy,
  WorkerRecord,
} from './model.ts'
import { askForConfiguration, configured, diedYoung, misread } from './reloading.ts'
import { freePlace, isOutdated, nextRelief, placesOf, settle, successorFailed, wanted, wantsSuccessor } from './roll.ts'
import { scale, UNKNOWN_LOAD, withinBounds } from './scaling.ts'
import { signalActions } from './signal-actions.ts'
import { nextLifeEnd, noteStats, spend, spendOld } from './spending.ts'
import { announceStop, end, endIfStopped, hurry, stop, stopDue, stopIfDue } from './stopping.ts'
import { beginUpgrade, pause, resume, upgradeEnded, upgradePrepared, upgradeReady } from './upgrading.ts'

/** A worker that has said why it cannot boot should be gone at once. */
const FAILED_EXIT_TIMEOUT = 2_000

/** What a step gives. */
export interface Step {
  readonly state: ArbiterState
  /** To be carried out in this order. */
  readonly commands: readonly Command[]
}

/** The state before anything was started; a `launch` event starts the workers. */
export function initialState(policy: Policy): ArbiterState {
  return {
    policy,
    phase: 'starting',
    target: withinBounds(policy),
    isPaused: false,
    upgrade: null,
    load: UNKNOWN_LOAD,
    crashes: [],
    fallback: null,
    rereading: 'no',
    nextId: 1,
    generation: 1,
    reloadTo: null,
    surplus: { failures: 0, dueAt: 0 },
    workers: [],
    vacancies: [],
    lastReload: { kind: 'none' },
    stoppedAt: null,
    endings: { left: 0, killed: 0 },
    pastRequests: 0,
    pastTraffic: null,
  }
}

/** Decides what to do about one event. Events of workers that are gone are ignored. */
export function step(state: ArbiterState, event: ArbiterEvent, at: Instant): Step {
  if (state.phase === 'gone') return { state, commands: [] }
  const draft: Draft = { ...state, commands: [] }
  handle(draft, event, at)
  endIfStopped(draft, at)
  if (draft.phase === 'starting' || isServing(draft)) settle(draft, at)
  fillVacancies(draft, at)
  const { commands, ...next } = draft
  return { state: next, commands }
}

/** When the state next needs a `tick`, on the clock of {@link Instant}; `undefined` when only events matter. */
export function nextDeadline(state: ArbiterState): number | undefined {
  const kills = state.workers.flatMap(worker => (worker.killAt === null ? [] : [worker.killAt]))
  const starts = state.vacancies.filter(vacancy => mayStart(state, vacancy)).map(vacancy => vacancy.dueAt)
  const successors = wantsSuccessor(state) ? [state.surplus.dueAt] : []
  const ends = [stopDue(state), nextLifeEnd(state), nextRelief(state)].filter(due => due !== undefined)
  const times = [...kills, ...starts, ...successors, ...ends]
  return times.length === 0 ? undefined : Math.min(...times)
}

function handle(draft: Draft, event: ArbiterEvent, at: Instant): void {
  switch (event.type) {
    case 'launch':
      return
    case 'tick':
      killOverdue(draft, at)
      spendOld(draft, at)
      return stopIfDue(draft, at)
    case 'pulse':
      countSilence(draft, event.elapsed, at)
      return scale(draft, event.elapsed)
    case 'signal':
      return signalled(draft, event.signal, at)
    case 'exited':
      return exited(draft, event, at)
    case 'reread':
      return configured(draft, event.policy, at)
    case 'misread':
      return misread(draft, event.problems, at)
    case 'upgrade-prepared':
      return upgradePrepared(draft)
    case 'upgrade-ready':
      return upgradeReady(draft, at)
    case 'upgrade-ended':
      return upgradeEnded(draft, event.ending)
    case 'ready':
    case 'failed':
    case 'spent':
    case 'beat':
    case 'traced':
    case 'stopping': {
      const worker = draft.workers.find(({ id }) => id === event.id)
      if (worker !== undefined) workerSaid(draft, { worker, event }, at)
    }
  }
}

type SaidByWorker = 'ready' | 'failed' | 'spent' | 'beat' | 'traced' | 'stopping'

function workerSaid(
  draft: Draft,
  { worker, event }: { worker: WorkerRecord; event: Extract<ArbiterEvent, { type: SaidByWorker }> },
  at: Instant,
): void {
  switch (event.type) {
    case 'ready':
      if (worker.phase === 'booting') becameReady(draft, worker, at)
      return
    case 'failed':
      // A boot that has succeeded cannot fail any more, whatever is said over a channel that the application shares.
      if (worker.phase === 'ready') return
      update(draft, worker, { verdict: event.failure, killAt: at.now + FAILED_EXIT_TIMEOUT })
      return
    case 'spent':
      return spend(draft, worker, event.reason)
    case 'beat':
      return noteStats(draft, heard(draft, worker), { stats: event.stats, at })
    case 'traced':
      return traced(draft, worker, event.stack)
    case 'stopping':
      if (worker.phase !== 'ready') return
      notice(draft, { kind: 'retiring', id: worker.id, slot: worker.slot, reason: event.reason })
      if (event.isFault === true) diedYoung(draft, worker, { ending: `stopped after an ${event.reason}`, at })
      if (event.isFault === true) crashed(draft, at)
      replace(draft, worker, at)
      leaves(draft, worker, leaveBy(draft, at))
  }
}

function becameReady(draft: Draft, worker: WorkerRecord, at: Instant): void {
  update(draft, worker, { phase: 'ready', readyAt: at.now, killAt: null, condemned: null, silence: 0 })
  notice(draft, { kind: 'ready', id: worker.id, slot: worker.slot })
  draft.surplus = { ...draft.surplus, failures: 0 }
  if (draft.phase !== 'starting') return
  draft.phase = 'serving'
  notice(draft, { kind: 'serving' })
  // Failures were held back while all could still have failed alike, which is told once.
  draft.vacancies = draft.vacancies.map(vacancy => {
    const { slot, unreported: failure } = vacancy
    if (failure !== null)
      notice(draft, { kind: 'boot-failed', slot, failure, retryIn: Math.max(0, vacancy.dueAt - at.now) })
    return { ...vacancy, unreported: null }
  })
}

function exited(draft: Draft, event: Extract<ArbiterEvent, { type: 'exited' }>, at: Instant): void {
  const worker = draft.workers.find(({ id }) => id === event.id)
  if (worker === undefined) return
  draft.workers = draft.workers.filter(other => other !== worker)
  draft.pastRequests += worker.stats?.requests ?? 0
  draft.pastTraffic = totalOf([draft.pastTraffic, worker.stats?.traffic ?? null])
  switch (worker.phase) {
    case 'booting':
      bootFailed(draft, worker, { at, ending: event.ending })
      break
    case 'ready': {
      diedYoung(draft, worker, { ending: event.ending, at })
      crashed(draft, at)
      const { dueAt } = replace(draft, worker, at)
      const { id, slot } = worker
      notice(draft, { kind: 'died', id, slot, ending: event.ending, retryIn: dueAt - at.now })
      break
    }
    case 'leaving':
      draft.endings = { ...draft.endings, left: draft.endings.left + 1 }
      notice(draft, { kind: 'left', id: worker.id, slot: worker.slot, ending: event.ending })
  }
  endIfHopeless(draft)
}

function bootFailed(draft: Draft, worker: WorkerRecord, { at, ending }: { at: Instant; ending: string }): void {
  const failure: BootFailure = worker.verdict ?? {
    message: `a worker ${ending} before it was ready`,
    detail: null,
    exitCode: exitCodes.bootFailed,
  }
  const { slot } = worker
  // What an older generation was started with is no more: the place is tried again with what there is now.
  const wasOutdated = isOutdated(draft, worker)
  const untilNext = wasOutdated ? 0 : successorFailed(draft, failure, at)
  if (placesOf(draft) >= wanted(draft)) {
    if (untilNext !== null) notice(draft, { kind: 'boot-failed', slot, failure, retryIn: untilNext })
    return
  }
  const failures = wasOutdated ? 0 : worker.failures + 1
  const retryIn = backOff(failures, at.random)
  const holdBack = draft.phase === 'starting' && !wasOutdated
  const vacancy = { slot, failures, dueAt: at.now + retryIn, unreported: holdBack ? failure : null }
  draft.vacancies = [...draft.vacancies, vacancy]
  if (!holdBack) notice(draft, { kind: 'boot-failed', slot, failure, retryIn })
}

/** Leaves a vacancy for a worker that was ready: due at once, unless workers in this place keep dying young. */
function replace(draft: Draft, worker: WorkerRecord, at: Instant): Vacancy {
  const healthy = worker.readyAt !== null && at.now - worker.readyAt >= HEALTHY_AFTER
  const failures = healthy ? 0 : worker.failures + 1
  const dueAt = at.now + backOff(failures - 1, at.random)
  const vacancy = { slot: worker.slot, failures, dueAt, unreported: null }
  draft.vacancies = [...draft.vacancies, vacancy]
  return vacancy
}

function endIfHopeless(draft: Draft): void {
  if (
    draft.workers.length > 0 ||
    draft.phase !== 'starting' ||
    draft.vacancies.some(vacancy => mayStart(draft, vacancy))
  )
    return
  const failure = draft.vacancies.find(({ unreported }) => unreported !== null)?.unreported
  if (failure === undefined || failure === null) return
  notice(draft, { kind: 'hopeless', failure, workers: draft.vacancies.length })
  end(draft, failure.exitCode)
}

function signalled(draft: Draft, signal: MasterSignal, at: Instant): void {
  if (draft.phase === 'gone') return
  const action = signalActions[signal][draft.phase]
  switch (action) {
    case 'stop':
      return stop(draft, 'stopping', at)
    case 'announce':
      return announceStop(draft, at)
    case 'hurry':
      return hurry(draft, at)
    case 'quit':
      return stop(draft, 'quitting', at)
    case 'more':
      if (draft.isPaused) return resume(draft)
      draft.target++
      return notice(draft, { kind: 'target', target: draft.target })
    case 'fewer':
      if (draft.target === 1) return notice(draft, { kind: 'one-is-least' })
      draft.target--
      return notice(draft, { kind: 'target', target: draft.target })
    case 'reopen':
      notice(draft, { kind: 'reopening' })
      draft.commands.push({ type: 'reopen-logs' })
      return
    case 'reload':
      return askForConfiguration(draft)
    case 'upgrade':
      return beginUpgrade(draft)
    case 'pause':
      return pause(draft, at)
    case 'ignore':
  }
}

/** What is known of a worker before it has done anything. */
const UNBORN = {
  phase: 'booting',
  readyAt: null,
  firstRss: null,
  stats: null,
  silence: 0,
  condemned: null,
  spent: false,
  verdict: null,
} as const

function fillVacancies(draft: Draft, at: Instant): void {
  const due = draft.vacancies.filter(vacancy => mayStart(draft, vacancy) && vacancy.dueAt <= at.now)
  draft.vacancies = draft.vacancies.filter(vacancy => !due.includes(vacancy))
  for (const vacancy of due) {
    const id = draft.nextId++
    // The former worker of this place may still be finishing: then its number is not free yet.
    const slot = draft.workers.some(worker => worker.slot === vacancy.slot) ? freeSlot(draft) : vacancy.slot
    const killAt = at.now + draft.policy.bootTimeout
    const { failures } = vacancy
    const { generation } = draft
    draft.workers = [
      ...draft.workers,
      {
        ...UNBORN,
        place: freePlace(draft),
        id,
        slot,
        generation,
        failures,
        startedAt: at.now,
        killAt,
        timeout: draft.policy.timeout,
      },
    ]
    draft.commands.push({ type: 'spawn', id, slot })
    notice(draft, { kind: 'booting', id, slot })
  }
}

/** While nothing has ever been ready, nobody gets a second try: if all fail, the reason is told once and that is the end. */
function mayStart(state: Pick<ArbiterState, 'phase'>, vacancy: Vacancy): boolean {
  return isServing(state) || (state.phase === 'starting' && vacancy.failures === 0)
}
