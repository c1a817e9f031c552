// One measurement of one target: a fresh process on a core of its own, warmed up, then loaded.
import { applyLoad, type Load } from './load.ts'
import { processorTime } from './process-tree.ts'
import { serving } from './serving.ts'
import type { Target } from './targets.ts'

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

export function measure(target: Target, load: Load, seconds: number): Promise<Cost> {
  const shares = 1 + Math.floor(load.connections / CONNECTIONS_A_SHARE)
  return serving(target, load.tls, ({ pid, port }) => {
    applyLoad(port, load, WARM_UP_SECONDS * shares)
    const before = processorTime(pid)
    const requests = applyLoad(port, load, seconds * shares)
    const after = processorTime(pid)
    const user = ((after.user - before.user) / requests) * 1e6
    const system = ((after.system - before.system) / requests) * 1e6
    return { user, system, total: user + system, requests }
  })
}
