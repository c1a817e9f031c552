// What a worker tells of itself again and again: that its event loop goes round, and what it is at.
import { performance } from 'node:perf_hooks'
import type { WorkerStats } from '../ipc/messages.ts'

/** The part of it that the service knows. */
export type ServiceStats = Pick<WorkerStats, 'requests' | 'active' | 'connections'>

/** How it is sent. */
export interface HeartbeatOptions {
  /** Milliseconds between two of them. */
  readonly interval: number
  readonly stats: () => ServiceStats
  /** Hands one to the channel; `sent` is called when the channel has taken it. */
  readonly tell: (stats: WorkerStats, sent: () => void) => void
}

/**
 * Begins with one at once; does not keep the process alive.
 *
 * @returns tells once more, between two of them
 */
export function startHeartbeat({ interval, stats, tell }: HeartbeatOptions): () => void {
  let before = performance.eventLoopUtilization()
  let isWaiting = false
  const beat = (): void => {
    // A master that was stopped reads nothing: one message may wait for it, not one for each second of the night.
    if (isWaiting) return
    isWaiting = true
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    tell({ ...stats(), rss: process.memoryUsage.rss(), busyness: utilization }, () => {
      isWaiting = false
    })
  }
  beat()
  setInterval(beat, interval).unref()
  return beat
}
