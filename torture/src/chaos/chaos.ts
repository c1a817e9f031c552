// One scenario against one server under load, and what became of every request.
import { Random } from '../random.ts'
import { FATES, type Fates, type Loss } from './fates.ts'
import { Load } from './load.ts'
import { pause } from './processes.ts'
import { type Harm, type Scenario, smallDisk } from './scenarios.ts'
import { type ServerName, Subject } from './subject.ts'

export interface ChaosOptions {
  readonly server: ServerName
  readonly scenario: Scenario
  readonly seed: number
  /** How often the scenario does what it does. */
  readonly times: number
  readonly workers: number
  readonly clients: number
}

/** What a run found. */
export interface ChaosReport {
  readonly server: ServerName
  readonly scenario: string
  readonly seconds: number
  readonly connections: number
  readonly counts: Fates['counts']
  /** Lost requests that were in flight on a worker which was harmed on purpose. */
  readonly excused: number
  /** All others, and whatever else went wrong. */
  readonly faults: readonly string[]
  /** The end of what the server said. */
  readonly log: string
}

/** A request that was sent this long after a worker's end may still have gone to it: nobody had told the client. Milliseconds. */
const UNTOLD = 500

/** Milliseconds of load before and after what is done. */
const CALM = 1_000

const PAUSE = 30

/** Runs it to its end; `undefined` where this machine lacks what it takes. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport | undefined> {
  const { scenario } = options
  const disk = scenario.fillsDisk === true ? smallDisk() : undefined
  if (scenario.fillsDisk === true && disk === undefined) return undefined
  try {
    return await runOn(options, disk?.directory)
  } finally {
    disk?.remove()
  }
}

async function runOn(options: ChaosOptions, logDirectory: string | undefined): Promise<ChaosReport> {
  const { server, scenario, seed, times, clients } = options
  const { workers = options.workers } = scenario
  const settings = [...(scenario.settings ?? []), ...(server === 'kirin' ? (scenario.kirinSettings ?? []) : [])]
  const subject = await Subject.start({
    server,
    workers,
    settings,
    ...(logDirectory === undefined ? {} : { logDirectory }),
  })
  const harms: Harm[] = []
  const problems: string[] = []
  const from = performance.now()
  const load = new Load({ port: subject.port, clients, seed, pause: PAUSE })
  try {
    await pause(CALM)
    await scenario.run({ subject, random: new Random(seed), times, harms, logDirectory })
    await pause(CALM)
  } catch (error) {
    problems.push(`${(error as Error).message}; the log ends with ${subject.log.slice(-500)}`)
  }
  const fates = await load.stop()
  const seconds = (performance.now() - from) / 1000
  await subject.stop()
  const inexcusable = fates.losses.filter(loss => !isExcused(loss, harms))
  return {
    server,
    scenario: scenario.name,
    seconds,
    connections: fates.connections,
    counts: fates.counts,
    excused: fates.losses.length - inexcusable.length,
    faults: [...problems, ...inexcusable.map(loss => describe(loss, from))],
    log: subject.log,
  }
}

function isExcused({ pid, sentAt, lostAt }: Loss, harms: readonly Harm[]): boolean {
  return harms.some(harm => {
    return (pid === undefined || pid === harm.pid) && lostAt >= harm.from && sentAt <= harm.to + UNTOLD
  })
}

function describe({ fate, detail, pid, sentAt, lostAt }: Loss, from: number): string {
  const at = (time: number): string => ((time - from) / 1000).toFixed(3)
  return `${fate} (${detail}) on worker ${pid ?? 'unknown'}, sent at ${at(sentAt)} s, lost at ${at(lostAt)} s`
}

/** A row of the table in docs/reliability.md. */
export function rowOf({ server, scenario, seconds, counts, excused, faults }: ChaosReport): string {
  const total = FATES.reduce((sum, fate) => sum + counts[fate], 0)
  const lost = FATES.filter(fate => fate !== 'answered' && counts[fate] > 0).map(fate => `${counts[fate]} ${fate}`)
  const without = Math.max(total - counts.answered - excused, faults.length)
  const cells = [scenario, server, seconds.toFixed(0), total, lost.join(', ') || '0', excused, without]
  return `| ${cells.join(' | ')} |`
}
