// Every decision of the arbiter: (state, event, instant) -> state and commands. No clock, no process, no signal here.
import { exitCodes } from '../ipc/exit-codes.ts'
import type { BootFailure } from '../ipc/messages.ts'
import { backOff, HEALTHY_AFTER } from './back-off.ts'
import { type Draft, freeSlot, leaveBy, notice, update } from './draft.ts'
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
import { beginReload, isOutdated, placesOf, settle, successorFailed, wantsSuccessor } from './roll.ts'
import { signalActions } from './signal-actions.ts'

/** A quick stop waits this long before it kills: enough for `shutdown` and for the logs to be flushed. */
const QUICK_TIMEOUT = 5_000

/** A worker that has said why it cannot boot should be gone at once. */
const FAILED_EXIT_TIMEOUT = 2_000

/**
 * A second TERM means "hurry" only when it comes this much later. A supervisor that signals a whole group while npm or a
 * shell passes the signal on delivers two at the same moment, and nobody meant that as impatience.
 */
const REPEAT_WINDOW = 500

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
    target: policy.workers,
    nextId: 1,
    generation: 1,
    reloadTo: null,
    surplus: { failures: 0, dueAt: 0 },
    workers: [],
    vacancies: [],
    stoppedAt: null,
  }
}

/** Decides what to do about one event. Events of workers that are gone are ignored. */
export function step(state: ArbiterState, event: ArbiterEvent, at: Instant): Step {
  if (state.phase === 'gone') return { state, commands: [] }
  const draft: Draft = { ...state, commands: [] }
  handle(draft, event, at)
  if (draft.phase === 'starting' || draft.phase === 'serving') settle(draft, at)
  fillVacancies(draft, at)
  const { commands, ...next } = draft
  return { state: next, commands }
}

/** When the state next needs a `tick`, on the clock of {@link Instant}; `undefined` when only events matter. */
export function nextDeadline(state: ArbiterState): number | undefined {
  const kills = state.workers.flatMap(worker => (worker.killAt === null ? [] : [worker.killAt]))
  const starts = state.vacancies.filter(vacancy => mayStart(state, vacancy)).map(vacancy => vacancy.dueAt)
  const successors = wantsSuccessor(state) ? [state.surplus.dueAt] : []
  const times = [...kills, ...starts, ...successors]
  return times.length === 0 ? undefined : Math.min(...times)
}

function handle(draft: Draft, event: ArbiterEvent, at: Instant): void {
  switch (event.type) {
    case 'launch':
      return
    case 'tick':
      return killOverdue(draft, at)
    case 'signal':
      return signalled(draft, event.signal, at)
    case 'exited':
      return exited(draft, event, at)
    case 'ready':
    case 'failed':
    case 'spent':
    case 'stopping': {
      const worker = draft.workers.find(({ id }) => id === event.id)
      if (worker !== undefined) workerSaid(draft, { worker, event }, at)
    }
  }
}

type SaidByWorker = 'ready' | 'failed' | 'spent' | 'stopping'

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
      if (worker.phase === 'leaving' || worker.spent) return
      notice(draft, { kind: 'spent', id: worker.id, slot: worker.slot, reason: event.reason })
      update(draft, worker, { spent: true })
      return
    case 'stopping':
      if (worker.phase !== 'ready') return
      notice(draft, { kind: 'retiring', id: worker.id, slot: worker.slot, reason: event.reason })
      replace(draft, worker, at)
      update(draft, worker, { phase: 'leaving', killAt: leaveBy(draft, at) })
  }
}

function becameReady(draft: Draft, worker: WorkerRecord, at: Instant): void {
  update(draft, worker, { phase: 'ready', readyAt: at.now, killAt: null })
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
  switch (worker.phase) {
    case 'booting':
      bootFailed(draft, worker, { at, ending: event.ending })
      break
    case 'ready': {
      const { dueAt } = replace(draft, worker, at)
      const { id, slot } = worker
      notice(draft, { kind: 'died', id, slot, ending: event.ending, retryIn: dueAt - at.now })
      break
    }
    case 'leaving':
      notice(draft, { kind: 'left', id: worker.id, slot: worker.slot, ending: event.ending })
  }
  endIfDone(draft)
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
  if (placesOf(draft) >= draft.target) {
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

function endIfDone(draft: Draft): void {
  if (draft.workers.length > 0) return
  if (draft.phase === 'stopping' || draft.phase === 'quitting') {
    notice(draft, { kind: 'stopped' })
    end(draft, exitCodes.ok)
    return
  }
  if (draft.phase !== 'starting' || draft.vacancies.some(vacancy => mayStart(draft, vacancy))) return
  const failure = draft.vacancies.find(({ unreported }) => unreported !== null)?.unreported
  if (failure === undefined || failure === null) return
  notice(draft, { kind: 'hopeless', failure, workers: draft.vacancies.length })
  end(draft, failure.exitCode)
}

function end(draft: Draft, code: number): void {
  draft.phase = 'gone'
  draft.vacancies = []
  draft.commands.push({ type: 'exit', code })
}

function signalled(draft: Draft, signal: MasterSignal, at: Instant): void {
  if (draft.phase === 'gone') return
  const action = signalActions[signal][draft.phase]
  switch (action) {
    case 'stop':
      return stop(draft, 'stopping', at)
    case 'hurry':
      if (draft.stoppedAt === null || at.now - draft.stoppedAt >= REPEAT_WINDOW) stop(draft, 'quitting', at)
      return
    case 'quit':
      return stop(draft, 'quitting', at)
    case 'more':
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
      draft.commands.push({ type: 'enter-directory' })
      // Before the new workers start, which are to have the new ones.
      if (draft.policy.certificates === true) draft.commands.push({ type: 'renew-certificates' })
      return beginReload(draft, at)
    case 'unsupported':
      return notice(draft, { kind: 'unsupported', signal })
    case 'ignore':
  }
}

function stop(draft: Draft, phase: 'stopping' | 'quitting', at: Instant): void {
  const graceful = phase === 'stopping'
  draft.phase = phase
  draft.stoppedAt = at.now
  draft.vacancies = []
  draft.commands.push({ type: 'close-sockets' })
  notice(draft, { kind: 'stopping', graceful, workers: draft.workers.length })
  for (const worker of draft.workers) {
    const killAt = graceful ? leaveBy(draft, at) : at.now + QUICK_TIMEOUT
    const earliest = worker.phase === 'leaving' ? Math.min(worker.killAt ?? killAt, killAt) : killAt
    update(draft, worker, { phase: 'leaving', killAt: earliest })
    draft.commands.push({ type: 'kill', id: worker.id, signal: graceful ? 'SIGTERM' : 'SIGQUIT' })
  }
  endIfDone(draft)
}

function killOverdue(draft: Draft, at: Instant): void {
  for (const worker of draft.workers) {
    if (worker.killAt === null || worker.killAt > at.now) continue
    const { id, slot } = worker
    if (worker.phase === 'leaving') notice(draft, { kind: 'overdue', id, slot })
    const message = `a worker was not ready within ${draft.policy.bootTimeout / 1000} s (--boot-timeout)`
    const late = { message, detail: null, exitCode: exitCodes.bootFailed }
    update(draft, worker, { killAt: null, verdict: worker.verdict ?? late })
    draft.commands.push({ type: 'kill', id, signal: 'SIGKILL' })
  }
}

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
    const fresh = { id, slot, generation, readyAt: null, spent: false, failures, killAt, verdict: null }
    draft.workers = [...draft.workers, { ...fresh, phase: 'booting' }]
    draft.commands.push({ type: 'spawn', id, slot })
    notice(draft, { kind: 'booting', id, slot })
  }
}

/** While nothing has ever been ready, nobody gets a second try: if all fail, the reason is told once and that is the end. */
function mayStart(state: Pick<ArbiterState, 'phase'>, vacancy: Vacancy): boolean {
  return state.phase === 'serving' || (state.phase === 'starting' && vacancy.failures === 0)
}
