// Which workers have not done in time what they should: become ready, leave, answer. Before one of them is killed it is asked
// where it stands still.
import { exitCodes } from '../ipc/exit-codes.ts'
import { heartbeatInterval } from '../ipc/heartbeat.ts'
import { type Draft, notice, update } from './draft.ts'
import type { Instant, Sentence, WorkerRecord } from './model.ts'

/**
 * How many intervals one look may add to a worker's silence. A master that was stopped itself (a suspended machine, SIGSTOP, no
 * processor to be had) finds that much time has passed and nothing heard: that is no worker's fault.
 */
const MOST_PER_PULSE = 2

/** Milliseconds that a worker's own thread gets to find out where the worker stands still. */
const TRACE_WAIT = 2_000

/** Counts for how long workers have been silent, and condemns those that were for too long. */
export function countSilence(draft: Draft, elapsed: number, at: Instant): void {
  for (const worker of draft.workers) {
    const { timeout } = worker
    if (timeout === 0 || worker.phase !== 'ready') continue
    const silence = worker.silence + Math.min(elapsed, MOST_PER_PULSE * heartbeatInterval(timeout))
    const counted = update(draft, worker, { silence })
    if (silence >= timeout && counted.condemned === null) condemn(draft, counted, { sentence: 'silent', at })
  }
}

/** A sign of life. A worker that was about to be killed for its silence goes on. */
export function heard(draft: Draft, worker: WorkerRecord): WorkerRecord {
  const pardon = worker.condemned === 'silent' ? { condemned: null, killAt: null } : {}
  return update(draft, worker, { silence: 0, ...pardon })
}

/** Kills what is due to be killed: at once where it has been asked already, or cannot be. */
export function killOverdue(draft: Draft, at: Instant): void {
  for (const worker of draft.workers) {
    if (worker.killAt === null || worker.killAt > at.now) continue
    const sentence = worker.phase === 'leaving' ? 'overdue' : 'late'
    if (worker.condemned !== null) execute(draft, worker, { sentence: worker.condemned, stack: null })
    else condemn(draft, worker, { sentence, at })
  }
}

/** It answered where it stands still. */
export function traced(draft: Draft, worker: WorkerRecord, stack: string | null): void {
  if (worker.condemned !== null && worker.killAt !== null) execute(draft, worker, { sentence: worker.condemned, stack })
}

function condemn(
  draft: Draft,
  worker: WorkerRecord,
  { sentence, at }: { readonly sentence: Sentence; readonly at: Instant },
): void {
  // Workers have a thread for that only where their liveness is watched. One that said why it fails has nothing to add.
  if (worker.timeout === 0 || worker.verdict !== null) {
    execute(draft, worker, { sentence, stack: null })
    return
  }
  update(draft, worker, { condemned: sentence, killAt: at.now + TRACE_WAIT })
  draft.commands.push({ type: 'trace', id: worker.id })
}

function execute(
  draft: Draft,
  worker: WorkerRecord,
  { sentence, stack }: { readonly sentence: Sentence; readonly stack: string | null },
): void {
  const { id, slot } = worker
  const { policy } = draft
  if (sentence === 'late') {
    const where = stack === null ? '' : `: it stands still ${firstFrame(stack)}`
    const message = `a worker was not ready within ${policy.bootTimeout / 1000} s (--boot-timeout)${where}`
    const verdict = worker.verdict ?? { message, detail: stack, exitCode: exitCodes.bootFailed }
    update(draft, worker, { killAt: null, verdict })
  } else {
    const limit = sentence === 'silent' ? worker.timeout : policy.gracefulTimeout
    notice(draft, { kind: sentence, id, slot, limit, stack })
    update(draft, worker, { killAt: null })
    draft.endings = { ...draft.endings, killed: draft.endings.killed + 1 }
  }
  draft.commands.push({ type: 'kill', id, signal: 'SIGKILL' })
}

/** The innermost frame of a stack that is not Node's own, if there is one: `at busyLoop (/srv/app.js:12:58)`. */
export function firstFrame(stack: string): string {
  const frames = stack.split('\n').map(frame => frame.trim())
  return frames.find(frame => !frame.includes('(node:')) ?? frames[0] ?? ''
}
