// Requests that come in the same round of the event loop reach the application together: what they have in common runs for one of them
// behind the other, while its code is in the processor's caches. First all are read and parsed, then their handlers run, then the ticks
// and promise jobs that these have set off, step by step. Called one by one from the reads, each request fetches all of that again.
//
// Larus and Parkes, "Using Cohort Scheduling to Enhance Server Performance" (USENIX 2002). What it brings: docs/performance.md.
import { AsyncResource } from 'node:async_hooks'
import { type EventLoopUtilization, performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers'
import type { Beginning } from '../exchange/exchange.ts'

/** Requests that run together at most: with more, nothing is gained that would be worth the memory of their bodies and the wait of the first. */
const LARGEST = 16

/**
 * Milliseconds that a cohort takes at most, by what requests have cost of late: the first to be ready is answered that much later. Where one
 * takes longer than that by itself, each is called as it is read: an instruction cache gains nothing there.
 */
const LONGEST = 4

/**
 * How many requests that together keep the event loop busy for so many milliseconds may be in one cohort: 1 to {@link LARGEST}.
 */
export function sizeOfCohort(busy: number, requests: number): number {
  const longest = Math.floor((LONGEST * requests) / busy)
  return longest > 1 ? Math.min(longest, LARGEST) : 1
}

/** A request in an asynchronous context of its own: what its handler sets with `AsyncLocalStorage.enterWith` is for no other one. Costs 0.1 µs. */
class Member extends AsyncResource {
  readonly #beginning: Beginning

  constructor(beginning: Beginning) {
    super('kirin.request', { requireManualDestroy: true })
    this.#beginning = beginning
  }

  begin(): void {
    try {
      this.runInAsyncScope(this.#beginning.run, this.#beginning)
    } finally {
      this.emitDestroy()
    }
  }
}

/** Those of one server. */
export class Cohort {
  #members: Member[] = []
  #size = LARGEST
  /** How many were admitted since the load was looked at. */
  #admitted = 0
  #load: EventLoopUtilization | undefined
  readonly #run = (): void => this.#runAll()

  /** Runs it: at once, or with those that are read in this round of the event loop, before anything is read in the next one. */
  admit(beginning: Beginning, withOthers: boolean): void {
    const member = new Member(beginning)
    if (++this.#admitted >= LARGEST) this.#look()
    if (!withOthers || this.#size === 1) {
      member.begin()
      return
    }
    const count = this.#members.push(member)
    if (count >= this.#size) this.#runAll()
    else if (count === 1) setImmediate(this.#run)
  }

  /** Runs none of those that wait: their connections end now. */
  dismiss(): void {
    for (const member of this.#members.splice(0)) member.emitDestroy()
  }

  #runAll(): void {
    const members = this.#members
    this.#members = []
    let at = 0
    try {
      while (at < members.length) members[at++]?.begin()
    } finally {
      // Nothing should be thrown here; if something is, the others are not to suffer for it.
      if (at < members.length) {
        this.#members.unshift(...members.slice(at))
        setImmediate(this.#run)
      }
    }
  }

  #look(): void {
    const load = performance.eventLoopUtilization()
    if (this.#load !== undefined) this.#size = sizeOfCohort(load.active - this.#load.active, this.#admitted)
    this.#load = load
    this.#admitted = 0
  }
}
