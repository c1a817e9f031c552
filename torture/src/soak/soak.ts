// A soak: random clients against a real kirin for a time or a number of connections, then a look at what is left.
import { standBy } from '../http2/bystander.ts'
import { Random } from '../random.ts'
import { type ClientOutcome, runClient } from './client.ts'
import { leaksOf, type WorkerStats } from './counts.ts'
import { SoakedKirin } from './kirin.ts'
import { type Manner, type OtherManner, planClient } from './plan.ts'
import { type Ports, runStream, runWebSocket } from './stream-client.ts'

export interface SoakOptions {
  readonly seed: number
  readonly from: number
  /** How long, in seconds, and how many connections: what comes first. */
  readonly seconds: number
  readonly connections: number
  /** Of each server. */
  readonly workers: number
  /** Whether clients come by TLS and HTTP/2 as well, and leave HTTP: to a second server, which speaks TLS. */
  readonly isMixed?: boolean
  /** Connections at a time. */
  readonly concurrency: number
  /** Ends it before its time when it aborts; what is left is looked at all the same. */
  readonly signal?: AbortSignal
  /** Told of progress, about every ten seconds. */
  readonly onProgress?: (report: SoakReport) => void
}

export interface MemoryMark {
  readonly connections: number
  /** Megabytes of each worker. */
  readonly heap: readonly number[]
  readonly rss: readonly number[]
}

export interface SoakReport {
  readonly seed: number
  readonly from: number
  connections: number
  seconds: number
  verified: number
  bytes: number
  readonly manners: Partial<Record<Manner | OtherManner, number>>
  readonly memory: MemoryMark[]
  /** What was wrong, the first hundred of it. */
  readonly faults: string[]
  workers: readonly WorkerStats[]
  exitCode: number | null
}

/** Connections after which memory is looked at first: caches are full and code is compiled by then. */
const WARM_UP = 3000

/** Megabytes of heap that a worker may have gained since. */
const HEAP_GROWTH = 10
/** Megabytes of resident memory: the allocator keeps some of what bursts took. */
const RSS_GROWTH = 80

const FAULT_LIMIT = 100

/** Runs a soak to its end; all that is wrong stands in the report's `faults`. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { seed, from, workers } = options
  const report: SoakReport = {
    seed,
    from,
    connections: 0,
    seconds: 0,
    verified: 0,
    bytes: 0,
    manners: {},
    memory: [],
    faults: [],
    workers: [],
    exitCode: null,
  }
  const servers = await startServers(options)
  try {
    const before = await statsOf(servers, workers)
    await drive(servers, options, report)
    report.workers = (await Promise.all(servers.map(kirin => kirin.settledStats(workers, leaksOf)))).flat()
    inspect(before, report)
  } finally {
    for (const kirin of servers) {
      const code = await kirin.stop()
      report.exitCode = report.exitCode === 0 || report.exitCode === null ? code : report.exitCode
      if (code !== 0) report.faults.push(`kirin ended with ${code}: ${kirin.logTail.slice(-500)}`)
    }
  }
  return report
}

/** The server, and one that speaks TLS where clients are mixed. */
async function startServers({ workers, isMixed = false }: SoakOptions): Promise<readonly SoakedKirin[]> {
  const plain = await SoakedKirin.start({ workers })
  if (!isMixed) return [plain]
  return [plain, await SoakedKirin.start({ workers, isSecure: true, args: ['--http2-extended-connect'] })]
}

async function statsOf(servers: readonly SoakedKirin[], workers: number): Promise<WorkerStats[]> {
  return (await Promise.all(servers.map(kirin => kirin.stats(workers)))).flat()
}

/** One client in so many is of another kind than plain HTTP/1, where clients are mixed. */
const KINDS = 12

/** Runs the client of that number. */
async function runNumber(servers: readonly SoakedKirin[], number: number, seed: number): Promise<ClientOutcome> {
  const random = new Random(seed, number)
  const [plain, secure] = servers
  const from = `127.0.0.${1 + (number % 250)}`
  const { port } = plain as SoakedKirin
  if (secure === undefined) return runClient(planClient(random), { port, from })
  const ports: Ports = { plain: port, secure: secure.port }
  switch (number % KINDS) {
    case 0:
      return runWebSocket(ports, random)
    case 1:
      return runStream(ports, random)
    case 2:
      return runHttp2(plain as SoakedKirin, false, random)
    case 3:
      return runHttp2(secure, true, random)
    case 4:
    case 5:
      return runClient(planClient(random), { port: secure.port, from, isSecure: true })
    default:
      return runClient(planClient(random), { port, from })
  }
}

async function runHttp2({ port, socketPath }: SoakedKirin, isSecure: boolean, random: Random): Promise<ClientOutcome> {
  const { fault, verified, bytes } = await standBy({ port, socketPath, isSecure }, random)
  return { manner: 'http2', verified, bytes, fault }
}

/** Keeps so many clients going until the bound. */
async function drive(servers: readonly SoakedKirin[], options: SoakOptions, report: SoakReport): Promise<void> {
  const started = performance.now()
  let next = options.from
  let told = started
  let marking: Promise<void> | undefined
  const isDue = (): boolean =>
    options.signal?.aborted !== true &&
    next - options.from < options.connections &&
    (performance.now() - started) / 1000 < options.seconds
  const one = async (): Promise<void> => {
    while (isDue()) {
      const number = next++
      const outcome = await runNumber(servers, number, options.seed)
      count(outcome, number, report)
      report.seconds = (performance.now() - started) / 1000
      const isMark = report.connections === WARM_UP
      if (!isMark && performance.now() - told < 10_000) continue
      told = performance.now()
      marking ??= mark(servers, options, report).finally(() => {
        marking = undefined
      })
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, one))
  await marking
  await mark(servers, options, report)
}

function count(outcome: ClientOutcome, number: number, report: SoakReport): void {
  report.connections++
  report.verified += outcome.verified
  report.bytes += outcome.bytes
  report.manners[outcome.manner] = (report.manners[outcome.manner] ?? 0) + 1
  if (outcome.fault === undefined || report.faults.length >= FAULT_LIMIT) return
  report.faults.push(`client ${number} of seed ${report.seed}, ${outcome.manner}: ${outcome.fault}`)
}

async function mark(servers: readonly SoakedKirin[], options: SoakOptions, report: SoakReport): Promise<void> {
  const stats = await statsOf(servers, options.workers)
  const rounded = (values: readonly number[]): number[] => values.map(value => Math.round(value * 10) / 10)
  report.memory.push({
    connections: report.connections,
    heap: rounded(stats.map(({ heap }) => heap)),
    rss: rounded(stats.map(({ rss }) => rss)),
  })
  options.onProgress?.(report)
}

/** Holds what is left against what was there before. */
function inspect(before: readonly WorkerStats[], report: SoakReport): void {
  const { workers, faults, memory } = report
  const pids = (stats: readonly WorkerStats[]): string => stats.map(({ pid }) => pid).join(' ')
  if (pids(before) !== pids(workers)) faults.push(`workers were ${pids(before)} and are ${pids(workers)}`)
  for (const stats of workers) for (const leak of leaksOf(stats)) faults.push(`worker ${stats.worker}: ${leak}`)
  const warm = memory.find(({ connections }) => connections >= WARM_UP)
  const last = memory.at(-1)
  if (warm === undefined || last === undefined) return
  for (const [i, heap] of last.heap.entries()) {
    const gained = heap - (warm.heap[i] ?? heap)
    if (gained > HEAP_GROWTH) faults.push(`worker ${i} gained ${gained} MB of heap`)
    const resident = (last.rss[i] ?? 0) - (warm.rss[i] ?? 0)
    if (resident > RSS_GROWTH) faults.push(`worker ${i} gained ${resident} MB of resident memory`)
  }
}
