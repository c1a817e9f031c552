// When a worker has served enough: its number of requests (which it counts itself), its size, its time. It then goes on until a
// successor is ready (roll.ts).
import type { WorkerStats } from '../ipc/messages.ts'
import { HEALTHY_AFTER } from './back-off.ts'
import { type Draft, isServing, notice, update } from './draft.ts'
import type { ArbiterState, Instant, WorkerRecord } from './model.ts'

/** It has served enough; the reason completes "the worker …". */
export function spend(draft: Draft, worker: WorkerRecord, reason: string): void {
  if (worker.phase === 'leaving' || worker.spent) return
  notice(draft, { kind: 'spent', id: worker.id, slot: worker.slot, reason })
  update(draft, worker, { spent: true })
}

/**
 * Takes note of what a worker tells of itself. One that has grown beyond the limit is to be replaced. One that was beyond it from
 * its first heartbeat on shows that the limit is too low for the application: that is told, and replacing it without a pause
 * would not help, so it stays for as long as a healthy one would.
 */
export function noteStats(
  draft: Draft,
  worker: WorkerRecord,
  { stats, at }: { stats: WorkerStats; at: Instant },
): void {
  if (worker.phase === 'booting') return
  const firstRss = worker.firstRss ?? stats.rss
  const noted = update(draft, worker, { stats, firstRss })
  const { maxMemory } = draft.policy
  if (maxMemory === 0 || stats.rss <= maxMemory || noted.phase !== 'ready' || noted.spent) return
  const { id, slot } = worker
  if (firstRss > maxMemory) {
    if (worker.firstRss === null) notice(draft, { kind: 'born-large', id, slot, rss: stats.rss, maxMemory })
    if (worker.readyAt === null || at.now - worker.readyAt < HEALTHY_AFTER) return
  }
  spend(draft, noted, `has grown to ${inMegabytes(stats.rss)} (--max-memory)`)
}

/** Looks who has served for long enough. */
export function spendOld(draft: Draft, at: Instant): void {
  for (const worker of draft.workers) {
    const due = lifeEnd(draft, worker)
    if (due !== undefined && due <= at.now) {
      spend(draft, worker, `has served for ${draft.policy.maxLifetime / 1000} s (--max-lifetime)`)
    }
  }
}

/** When the next worker will have served for long enough; `undefined` for never. */
export function nextLifeEnd(state: ArbiterState): number | undefined {
  const ends = state.workers.map(worker => lifeEnd(state, worker)).filter(end => end !== undefined)
  return ends.length === 0 ? undefined : Math.min(...ends)
}

function lifeEnd(state: Pick<ArbiterState, 'phase' | 'policy'>, worker: WorkerRecord): number | undefined {
  const { maxLifetime } = state.policy
  if (maxLifetime === 0 || !isServing(state) || worker.phase !== 'ready' || worker.spent) return undefined
  return (worker.readyAt ?? 0) + maxLifetime
}

/** Bytes as people write them: `512 MB`, of 2^20 bytes each, as ps and top count. */
export function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`
}
