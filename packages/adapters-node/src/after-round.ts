// Jobs for when this round of the event loop is through: behind what is there already, and all that it sets off in ticks and promise jobs.
import { setImmediate } from 'node:timers'

type Job = () => void

let waiting: Job[] = []

/** Calls a job then. All that come in a round share one immediate, which costs more than most of them. */
export function afterRound(job: Job): void {
  if (waiting.push(job) === 1) setImmediate(runAll)
}

function runAll(): void {
  const jobs = waiting
  waiting = []
  let at = 0
  try {
    while (at < jobs.length) jobs[at++]?.()
  } finally {
    // What a handler's listener throws is its own failure; the others are not to suffer for it.
    for (const job of jobs.slice(at)) afterRound(job)
  }
}
