// What a worker tells of itself again and again: that its event loop goes round, and what it is at.
import { performance } from 'node:perf_hooks'
import type { WorkerStats } from '../ipc/messages.ts'
import { residentSize } from '../metrics/resident-size.ts'

/** The part of it that the service knows. */
export interface ServiceStats extends Pick<WorkerStats, 'requests' | 'active' | 'connections' | 'traffic'> {
  /** Milliseconds since its start for which the one request that it may have at a time was there; 0 where it may have more. */
  readonly occupied: number
}

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
  let occupiedBefore = 0
  let isWaiting = false
  const beat = (): void => {
    // A master that was stopped reads nothing: one message may wait for it, not one for each second of the night.
    if (isWaiting) return
    isWaiting = true
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    const { occupied, ...told } = stats()
    const span = now.active + now.idle - before.active - before.idle
    const occupancy = span > 0 ? Math.min(1, (occupied - occupiedBefore) / span) : 0
    before = now
    occupiedBefore = occupied
    tell({ ...told, rss: residentSize(), busyness: Math.max(utilization, occupancy) }, () => {
      isWaiting = false
    })
  }
  beat()
  setInterval(beat, interval).unref()
  return beat
}
