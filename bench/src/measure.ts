// One round of measurement: a fresh process for each target on a core of their own, warmed up, then loaded in turn.
import { applyLoad, type Load } from './load.ts'
import { processorTime } from './process-tree.ts'
import { servingAll } from './serving.ts'
import type { Target } from './targets.ts'
import { inTurns } from './turns.ts'

/** Microseconds of processor time a request. */
export interface Cost {
  readonly user: number
  readonly system: number
  readonly total: number
  readonly requests: number
}

/** Until the compilers are through with what is hot: with one second a framework's POST was still half interpreted on a slow machine. */
const WARM_UP_SECONDS = 4

/** wrk opens its connections anew each time. So many more take another share of the time, so that what is measured is requests. */
const CONNECTIONS_A_SHARE = 2000

/**
 * One round: all targets start, are warmed up, and then take turns of a second, since a machine's speed changes from one to the next; `seconds`
 * turns for each.
 */
export function measure(targets: readonly Target[], load: Load, seconds: number): Promise<readonly Cost[]> {
  const shares = 1 + Math.floor(load.connections / CONNECTIONS_A_SHARE)
  return servingAll(targets, load.tls, running => {
    for (const { port } of running) applyLoad(port, load, WARM_UP_SECONDS * shares)
    const spent = running.map(target => ({ target, user: 0, system: 0, requests: 0 }))
    for (const account of inTurns(spent, seconds)) {
      const { pid, port } = account.target
      const before = processorTime(pid)
      account.requests += applyLoad(port, load, shares)
      const after = processorTime(pid)
      account.user += after.user - before.user
      account.system += after.system - before.system
    }
    return spent.map(costOf)
  })
}

function costOf(spent: { readonly user: number; readonly system: number; readonly requests: number }): Cost {
  const user = (spent.user / spent.requests) * 1e6
  const system = (spent.system / spent.requests) * 1e6
  return { user, system, total: user + system, requests: spent.requests }
}
