// The clock and the queues of the process as they were at the start: programs and their tests put others in their place (fake
// timers), which node's own server does not notice either.
import { clearInterval, setInterval } from 'node:timers'

export { clearInterval, setInterval }

/** Milliseconds on a clock that nobody sets. */
export const now: () => number = performance.now.bind(performance)

/** `process.nextTick` */
export const nextTick: typeof process.nextTick = process.nextTick.bind(process)

const queueJob = queueMicrotask

/** Calls back behind the promise jobs and ticks that are due. */
export function afterJobs(callback: () => void): void {
  queueJob(() => nextTick(callback))
}
