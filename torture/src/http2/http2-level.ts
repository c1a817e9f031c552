// Attacks on connections of HTTP/2 against a real kirin, by prior knowledge and over TLS, with bystanders that must notice nothing.
import { setTimeout as wait } from 'node:timers/promises'
import { Random } from '../random.ts'
import { leaksOf, type WorkerStats } from '../soak/counts.ts'
import { SoakedKirin } from '../soak/kirin.ts'
import { runAttack, type Target } from './attacker.ts'
import { planAttack } from './attacks.ts'
import { standBy } from './bystander.ts'

export interface Http2LevelOptions {
  readonly seed: number
  readonly from: number
  /** How many cases, and how long, in seconds: what comes first. */
  readonly cases: number
  readonly seconds: number
  readonly workers: number
  /** Attacks at a time. */
  readonly concurrency: number
  /** Ends it before its time when it aborts. */
  readonly signal?: AbortSignal
  readonly onProgress?: (report: Http2LevelReport) => void
}

export interface Http2LevelReport {
  readonly seed: number
  cases: number
  seconds: number
  /** Connections of bystanders, each with several requests that were verified. */
  bystanders: number
  /** Cases of each attack. */
  readonly attacks: Record<string, number>
  /** Megabytes of each worker, heap after a collection. */
  memory: readonly { readonly heap: number; readonly rss: number }[]
  readonly faults: string[]
}

/** Megabytes that a worker may have on its heap when all is over, and in all. */
const HEAP = 40
const RESIDENT = 400

const FAULT_LIMIT = 100

/** Runs the level to its end; all that is wrong stands in the report's `faults`. */
export async function runHttp2Attacks(options: Http2LevelOptions): Promise<Http2LevelReport> {
  const { seed, workers } = options
  const report: Http2LevelReport = { seed, cases: 0, seconds: 0, bystanders: 0, attacks: {}, memory: [], faults: [] }
  const kirin = await SoakedKirin.start({ workers, isSecure: true })
  try {
    const before = await kirin.stats(workers)
    await attackAll(kirin, options, report)
    inspect(before, await kirin.settledStats(workers, leaksOf), report)
  } finally {
    const code = await kirin.stop()
    if (code !== 0) report.faults.push(`kirin ended with ${code}: ${kirin.logTail.slice(-500)}`)
  }
  return report
}

async function attackAll(kirin: SoakedKirin, options: Http2LevelOptions, report: Http2LevelReport): Promise<void> {
  const started = performance.now()
  let next = options.from
  let told = started
  const over = new AbortController()
  const isDue = (): boolean =>
    options.signal?.aborted !== true &&
    next - options.from < options.cases &&
    (performance.now() - started) / 1000 < options.seconds
  const targetOf = (number: number): Target => ({ ...addressOf(kirin), isSecure: number % 3 === 0 })
  const blame = (fault: string | undefined): void => {
    if (fault !== undefined && report.faults.length < FAULT_LIMIT) report.faults.push(fault)
  }
  const attacker = async (): Promise<void> => {
    while (isDue()) {
      const number = next++
      const random = new Random(options.seed, number)
      const { name, attack } = planAttack(random, number)
      const fault = await runAttack(attack, targetOf(number), random.oneIn(4) ? 2 + random.below(40) : 1)
      report.cases++
      report.attacks[name] = (report.attacks[name] ?? 0) + 1
      blame(fault && `case ${number} of seed ${options.seed}, ${name}: ${fault}`)
      report.seconds = (performance.now() - started) / 1000
      if (performance.now() - told < 10_000) continue
      told = performance.now()
      options.onProgress?.(report)
    }
  }
  const bystander = async (isSecure: boolean): Promise<void> => {
    for (let number = 0; !over.signal.aborted; number++) {
      const began = performance.now()
      const { fault } = await standBy({ ...addressOf(kirin), isSecure }, new Random(options.seed ^ 0x62797374, number))
      blame(fault)
      report.bystanders++
      // The processors are the attackers', too.
      await wait(performance.now() - began, undefined, { signal: over.signal }).catch(() => undefined)
    }
  }
  const bystanders = [bystander(false), bystander(true)]
  await Promise.all(Array.from({ length: options.concurrency }, attacker))
  over.abort()
  await Promise.all(bystanders)
}

function addressOf({ port, socketPath }: SoakedKirin): Omit<Target, 'isSecure'> {
  return { port, socketPath }
}

function inspect(before: readonly WorkerStats[], after: readonly WorkerStats[], report: Http2LevelReport): void {
  const pids = (stats: readonly WorkerStats[]): string => stats.map(({ pid }) => pid).join(' ')
  if (pids(before) !== pids(after)) report.faults.push(`workers were ${pids(before)} and are ${pids(after)}`)
  report.memory = after.map(({ heap, rss }) => ({ heap: Math.round(heap), rss: Math.round(rss) }))
  for (const stats of after) {
    for (const leak of leaksOf(stats)) report.faults.push(`worker ${stats.worker}: ${leak}`)
    if (stats.heap > HEAP) report.faults.push(`worker ${stats.worker} has ${stats.heap} MB on its heap`)
    if (stats.rss > RESIDENT) report.faults.push(`worker ${stats.worker} has ${stats.rss} MB of memory`)
  }
}
