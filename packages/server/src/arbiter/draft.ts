// A state being written, and the few changes that several decisions share.
import type { ArbiterState, Command, Instant, Notice, WorkerRecord } from './model.ts'

/** After the graceful timeout the application's `shutdown` gets this long; then the worker is killed. Milliseconds. */
export const SHUTDOWN_ALLOWANCE = 2_000

/** The state being written: a copy, so that the caller's stays as it was. */
export type Draft = { -readonly [Key in keyof ArbiterState]: ArbiterState[Key] } & { readonly commands: Command[] }

/**
 * Changes what is known of a worker.
 *
 * @returns what is known of it now
 */
export function update(draft: Draft, worker: WorkerRecord, change: Partial<WorkerRecord>): WorkerRecord {
  const changed = { ...worker, ...change }
  draft.workers = draft.workers.map(other => (other === worker ? changed : other))
  return changed
}

/** Has the operator told. */
export function notice(draft: Draft, what: Notice): void {
  draft.commands.push({ type: 'notice', notice: what })
}

/** Asks a worker to finish what runs and to go, and gives it the graceful timeout for that. */
export function sendAway(draft: Draft, worker: WorkerRecord, at: Instant): void {
  leaves(draft, worker, leaveBy(draft, at))
  draft.commands.push({ type: 'kill', id: worker.id, signal: 'SIGTERM' })
}

/** A worker is on its way out, and killed at that time if it is still there. */
export function leaves(draft: Draft, worker: WorkerRecord, killAt: number): void {
  // One that has said why it fails is about to exit: it gets no more time by being told to.
  const by = worker.verdict === null ? killAt : Math.min(worker.killAt ?? killAt, killAt)
  update(draft, worker, { phase: 'leaving', killAt: by, condemned: null })
}

/** When a worker that leaves from now on must have gone. */
export function leaveBy({ policy }: Pick<ArbiterState, 'policy'>, at: Instant): number {
  return at.now + policy.gracefulTimeout + SHUTDOWN_ALLOWANCE
}

/** Whether workers serve, and those that end are replaced. */
export function isServing({ phase }: Pick<ArbiterState, 'phase'>): boolean {
  return phase === 'serving' || phase === 'announced'
}

/** The lowest number that no worker has and no vacancy waits for. */
export function freeSlot({ workers, vacancies }: Pick<ArbiterState, 'workers' | 'vacancies'>): number {
  const taken = new Set([...workers, ...vacancies].map(({ slot }) => slot))
  let slot = 0
  while (taken.has(slot)) slot++
  return slot
}
