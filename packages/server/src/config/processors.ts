// How many processors this process may keep busy.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'

/** Reads a file of the system; `undefined` where there is none. */
export type ReadSystemFile = (path: string) => string | undefined

const read: ReadSystemFile = path => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * What `--workers auto` stands for: the processors that this process may run on (its affinity included), or as many as the quota of its
 * control group is worth, if that is less. A part of a processor does not count: two workers on one and a half take turns. At least one.
 */
export function processorsToUse(processors: number = availableParallelism(), readFile: ReadSystemFile = read): number {
  return Math.max(1, Math.floor(Math.min(processors, quotaOf(readFile))))
}

/** Processors that the control groups of this process allow, those above its own included; `Infinity` where none limits it. */
function quotaOf(readFile: ReadSystemFile): number {
  const groups = (readFile('/proc/self/cgroup') ?? '').split('\n').map(line => line.split(':'))
  const unified = groups.find(([number, controllers]) => number === '0' && controllers === '')?.[2]
  const older = groups.find(([, controllers = '']) => controllers.split(',').includes('cpu'))
  const quotas: number[] = []
  if (unified !== undefined) {
    for (const folder of ancestors(unified))
      quotas.push(unifiedQuota(readFile(join('/sys/fs/cgroup', folder, 'cpu.max'))))
  }
  if (older !== undefined) {
    const [, controllers = '', path = '/'] = older
    // In a container the group is often mounted as the root, and its path leads nowhere.
    for (const folder of ancestors(path)) quotas.push(olderQuota(join('/sys/fs/cgroup', controllers, folder), readFile))
  }
  return Math.min(Number.POSITIVE_INFINITY, ...quotas)
}

/** The path and all above it, up to the root. */
function ancestors(path: string): readonly string[] {
  return path === '/' || path === '.' || path === '' ? ['/'] : [path, ...ancestors(dirname(path))]
}

/** `max 100000`, or `150000 100000`: microseconds of processor in each period (cgroups(7), version 2). */
function unifiedQuota(text: string | undefined): number {
  const [quota, period] = (text ?? 'max').trim().split(' ')
  return quotaIn(Number(quota), Number(period))
}

/** -1 for no limit (version 1). */
function olderQuota(folder: string, readFile: ReadSystemFile): number {
  return quotaIn(
    Number(readFile(join(folder, 'cpu.cfs_quota_us')) ?? -1),
    Number(readFile(join(folder, 'cpu.cfs_period_us'))),
  )
}

function quotaIn(quota: number, period: number): number {
  return quota > 0 && period > 0 ? quota / period : Number.POSITIVE_INFINITY
}
