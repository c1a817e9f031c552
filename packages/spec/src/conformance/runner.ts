import { performance } from 'node:perf_hooks'
import type { Feature } from '../requirements.ts'
import type { ConformanceCase } from './case.ts'
import { CaseSkipped, ConformanceFailure, describe } from './failure.ts'
import { type Exchange, type Failure, type Outcome, type Report, summarise, type Verdict } from './report.ts'

/** Milliseconds for a case that names no bound: far above what one takes, even on a machine that is busy. */
const DEFAULT_TIMEOUT = 10_000

/** Milliseconds for taking a subject away again. */
const CLOSE_TIMEOUT = 10_000

/** The subject of one case. */
export interface OpenedSubject<Subject> {
  readonly subject: Subject
  /** Takes away what the case used. What it throws is a failure of the case. */
  close?(): Promise<void> | void
  /** What was sent and received so far, for the report of a failure. */
  transcript?(): readonly Exchange[]
}

/** How cases are run. */
export interface RunOptions<Subject> {
  /** `server`, `application`, … */
  readonly suite: string
  /** What is tested, for the report. */
  readonly subject: string
  /** Makes the subject of one case. The signal aborts when the case's time is up. */
  open(
    conformanceCase: ConformanceCase<Subject>,
    signal: AbortSignal,
  ): OpenedSubject<Subject> | Promise<OpenedSubject<Subject>>
  /** The profiles that the subject claims; cases of others are skipped. All where absent. */
  readonly claimed?: readonly Feature[] | undefined
  /** Cases that may fail, by id, and why. One that passes nevertheless fails: the list has to be true. */
  readonly exceptions?: Readonly<Record<string, string>> | undefined
  /** How many cases run at a time; 1 where absent. Serial ones run alone, after the others. */
  readonly concurrency?: number | undefined
  /** Milliseconds for each case that names no bound of its own. */
  readonly timeout?: number | undefined
  /** Called as each case ends, in the order of ending. */
  onVerdict?(verdict: Verdict): void
}

/** Runs cases and judges them; never rejects because of one. Verdicts are in the order of the cases. */
export async function runCases<Subject>(
  cases: readonly ConformanceCase<Subject>[],
  options: RunOptions<Subject>,
): Promise<Report> {
  const startedAt = new Date().toISOString()
  const started = performance.now()
  const verdicts = new Map<string, Verdict>()
  const claimed = options.claimed ?? [...new Set(cases.map(({ profile }) => profile))]

  async function runOne(conformanceCase: ConformanceCase<Subject>): Promise<void> {
    const verdict = claimed.includes(conformanceCase.profile)
      ? await judgeCase(conformanceCase, options)
      : { ...head(conformanceCase), outcome: 'skip' as const, duration: 0, reason: 'its profile is not claimed' }
    verdicts.set(verdict.id, verdict)
    options.onVerdict?.(verdict)
  }

  await inParallel(
    cases.filter(({ serial }) => !serial),
    { lanes: options.concurrency ?? 1, run: runOne },
  )
  await inParallel(
    cases.filter(({ serial }) => serial),
    { lanes: 1, run: runOne },
  )
  const { suite, subject } = options
  return summarise(
    { suite, subject, startedAt, duration: performance.now() - started, claimed },
    cases.flatMap(({ id }) => verdicts.get(id) ?? []),
  )
}

async function inParallel<Item>(
  items: readonly Item[],
  { lanes, run }: { readonly lanes: number; readonly run: (item: Item) => Promise<void> },
): Promise<void> {
  const queue = items.values()
  const lane = async (): Promise<void> => {
    for (const item of queue) await run(item)
  }
  await Promise.all(Array.from({ length: Math.max(1, lanes) }, lane))
}

type Ending = Pick<Verdict, 'outcome' | 'reason' | 'failure'>

async function judgeCase<Subject>(
  conformanceCase: ConformanceCase<Subject>,
  options: RunOptions<Subject>,
): Promise<Verdict> {
  const started = performance.now()
  const ending = withExceptions(conformanceCase, { ending: await runToEnd(conformanceCase, options), options })
  return { ...head(conformanceCase), ...ending, duration: performance.now() - started }
}

async function runToEnd<Subject>(
  conformanceCase: ConformanceCase<Subject>,
  { open, timeout = DEFAULT_TIMEOUT }: RunOptions<Subject>,
): Promise<Ending> {
  const limit = conformanceCase.timeout ?? timeout
  const overdue = new AbortController()
  let opened: OpenedSubject<Subject> | undefined
  let ending: Ending = { outcome: 'pass' }
  try {
    await within(limit, {
      overdue,
      work: async () => {
        opened = await open(conformanceCase, overdue.signal)
        // It came too late: nobody will close it but here.
        if (overdue.signal.aborted) await opened.close?.()
        else ending = { outcome: 'pass', reason: (await conformanceCase.run(opened.subject)) ?? undefined }
      },
    })
  } catch (error) {
    ending = failed(conformanceCase, { error, transcript: opened?.transcript?.() })
  }
  try {
    await within(CLOSE_TIMEOUT, { overdue: new AbortController(), work: async () => opened?.close?.() })
  } catch (error) {
    if (ending.outcome === 'pass') ending = failed(conformanceCase, { error, transcript: opened?.transcript?.() })
  }
  return ending
}

/** Rejects when the time is up; what the work does afterwards concerns nobody. */
async function within(
  limit: number,
  { overdue, work }: { readonly overdue: AbortController; readonly work: () => Promise<void> | undefined },
): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new ConformanceFailure(`not over after ${limit / 1000} s`)
      // First, so that it is this error that is reported and not what the waits make of the abort.
      reject(error)
      overdue.abort(error)
    }, limit)
  })
  try {
    await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}

function failed<Subject>(
  { level }: ConformanceCase<Subject>,
  { error, transcript }: { readonly error: unknown; readonly transcript: readonly Exchange[] | undefined },
): Ending {
  if (error instanceof CaseSkipped) return { outcome: 'skip', reason: error.message }
  const outcome: Outcome = level === 'MUST' ? 'fail' : 'non-strict'
  return { outcome, failure: failureOf(error, transcript) }
}

function failureOf(error: unknown, transcript: readonly Exchange[] | undefined): Failure {
  if (error instanceof ConformanceFailure) {
    const { message, expected, seen } = error
    return { message, expected, seen, transcript }
  }
  return { message: describe(error), transcript, stack: error instanceof Error ? error.stack : undefined }
}

function withExceptions<Subject>(
  { id }: ConformanceCase<Subject>,
  { ending, options }: { readonly ending: Ending; readonly options: RunOptions<Subject> },
): Ending {
  const reason = options.exceptions?.[id]
  if (reason === undefined) return ending
  if (ending.outcome === 'fail') return { ...ending, outcome: 'exception', reason }
  if (ending.outcome !== 'pass') return ending
  return { outcome: 'fail', failure: { message: `it passes, but is listed as an exception: ${reason}` } }
}

function head<Subject>({
  id,
  requirements,
  profile,
  level,
  title,
}: ConformanceCase<Subject>): Omit<Verdict, 'outcome' | 'duration'> {
  return { id, requirements, profile, level, title }
}
