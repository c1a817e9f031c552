// The way out: announced, graceful, quick, gone.
import { exitCodes } from '../ipc/exit-codes.ts'
import { type Draft, leaveBy, leaves, notice } from './draft.ts'
import type { Instant } from './model.ts'

/** A quick stop waits this long before it kills: enough for `shutdown` and for the logs to be flushed. */
const QUICK_TIMEOUT = 5_000

/**
 * A second TERM means "hurry" only when it comes this much later. A supervisor that signals a whole group while npm or a
 * shell passes the signal on delivers two at the same moment, and nobody meant that as impatience.
 */
const REPEAT_WINDOW = 500

/** Told to stop: workers serve on for the pre-stop delay, if there is one. */
export function announceStop(draft: Draft, at: Instant): void {
  const { preStopDelay } = draft.policy
  if (preStopDelay === 0) return stop(draft, 'stopping', at)
  draft.phase = 'announced'
  draft.stoppedAt = at.now
  notice(draft, { kind: 'announced', delay: preStopDelay })
}

/** The pre-stop delay may be over. */
export function stopIfDue(draft: Draft, at: Instant): void {
  const due = stopDue(draft)
  if (due !== undefined && due <= at.now) stop(draft, 'stopping', at)
}

/** When the pre-stop delay is over; `undefined` outside of it. */
export function stopDue({
  phase,
  stoppedAt,
  policy,
}: Pick<Draft, 'phase' | 'stoppedAt' | 'policy'>): number | undefined {
  return phase === 'announced' ? (stoppedAt ?? 0) + policy.preStopDelay : undefined
}

/** Told to stop once more: what is waited for is cut short. */
export function hurry(draft: Draft, at: Instant): void {
  if (draft.stoppedAt !== null && at.now - draft.stoppedAt < REPEAT_WINDOW) return
  stop(draft, draft.phase === 'announced' ? 'stopping' : 'quitting', at)
}

/** Has all workers go, gracefully or not. */
export function stop(draft: Draft, phase: 'stopping' | 'quitting', at: Instant): void {
  const graceful = phase === 'stopping'
  if (draft.phase !== 'stopping') draft.endings = { left: 0, killed: 0 }
  draft.phase = phase
  draft.stoppedAt = at.now
  draft.vacancies = []
  draft.commands.push({ type: 'close-sockets' })
  notice(draft, { kind: 'stopping', graceful, workers: draft.workers.length })
  for (const worker of draft.workers) {
    const killAt = graceful ? leaveBy(draft, at) : at.now + QUICK_TIMEOUT
    leaves(draft, worker, worker.phase === 'leaving' ? Math.min(worker.killAt ?? killAt, killAt) : killAt)
    draft.commands.push({ type: 'kill', id: worker.id, signal: graceful ? 'SIGTERM' : 'SIGQUIT' })
  }
}

/** When the last worker has gone, so has the master. */
export function endIfStopped(draft: Draft, at: Instant): void {
  if (draft.workers.length > 0 || (draft.phase !== 'stopping' && draft.phase !== 'quitting')) return
  notice(draft, { kind: 'stopped', endings: draft.endings, took: at.now - (draft.stoppedAt ?? at.now) })
  end(draft, exitCodes.ok)
}

/** The master exits with that code. */
export function end(draft: Draft, code: number): void {
  draft.phase = 'gone'
  draft.vacancies = []
  draft.commands.push({ type: 'exit', code })
}
