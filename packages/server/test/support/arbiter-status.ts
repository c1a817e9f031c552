// A status as a master tells it.
import type { ArbiterStatus, WorkerStatus } from '../../src/arbiter/status.ts'

/** A worker that has served 1,000 requests in an hour, but for the changes. */
export function workerStatus(changes: Partial<WorkerStatus> = {}): WorkerStatus {
  return {
    number: 0,
    place: 0,
    pid: 71,
    state: 'ready',
    age: 3_600_000,
    generation: 2,
    stats: { requests: 1000, active: 3, connections: 40, rss: 104_857_600, busyness: 0.125, traffic: null },
    silence: 250,
    ...changes,
  }
}

/** A master of two workers, one of them booting; it has been reloaded once. */
export function arbiterStatus(changes: Partial<ArbiterStatus> = {}): ArbiterStatus {
  return {
    pid: 70,
    phase: 'serving',
    isReady: true,
    age: 7_300_000,
    target: 2,
    requests: 4321,
    traffic: null,
    generation: 2,
    lastReload: { outcome: 'done', ago: 3_600_000 },
    crashLoop: null,
    workers: [
      workerStatus(),
      workerStatus({ number: 1, place: 1, pid: 72, state: 'booting', age: 400, stats: null, silence: 0 }),
    ],
    vacancies: [],
    ...changes,
  }
}
