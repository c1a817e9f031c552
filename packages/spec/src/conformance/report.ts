import type { Feature, Level, RequirementId } from '../requirements.ts'
import type { Evidence } from './failure.ts'

/**
 * How a case ended. `skip`: nothing to judge, or its profile is not claimed; `non-strict`: a SHOULD is not met;
 * `exception`: it failed, and the operator's list of exceptions says why it may.
 */
export type Outcome = 'pass' | 'fail' | 'skip' | 'non-strict' | 'exception'

/** How one case ended. */
export interface Verdict {
  readonly id: string
  readonly requirements: readonly RequirementId[]
  readonly profile: Feature
  readonly level: Level
  readonly title: string
  readonly outcome: Outcome
  /** Milliseconds. */
  readonly duration: number
  /** Why it was skipped or may fail; of `pass`, what there is to remark. */
  readonly reason?: string | undefined
  /** What went wrong; of `fail`, `non-strict` and `exception`. */
  readonly failure?: Failure | undefined
}

/** What went wrong, with what there is to look at. */
export interface Failure {
  readonly message: string
  readonly expected?: Evidence | undefined
  readonly seen?: Evidence | undefined
  /** What the case sent and received, in order, where its subject kept a record. */
  readonly transcript?: readonly Exchange[] | undefined
  readonly stack?: string | undefined
}

/** Bytes that went one way. */
export interface Exchange {
  /** Which connection or process, where there are several. */
  readonly on: string
  readonly direction: 'sent' | 'received' | 'note'
  readonly bytes: Evidence
}

/** How a profile came off. `partial`: nothing failed, but something was skipped or excepted. */
export type Result = 'conformant' | 'partial' | 'failed'

/** The outcome of a whole suite. */
export interface Report {
  readonly suite: string
  /** What was tested, in the operator's words: a command, a URL, a module. */
  readonly subject: string
  /** The version of the specification. */
  readonly nsgi: '1.0'
  /** ISO 8601; empty in a report without times. */
  readonly startedAt: string
  /** Milliseconds. */
  readonly duration: number
  readonly claimed: readonly Feature[]
  readonly result: Result
  /** Each claimed profile that has cases. */
  readonly profiles: Readonly<Partial<Record<Feature, Result>>>
  readonly counts: Readonly<Record<Outcome, number>>
  readonly verdicts: readonly Verdict[]
}

/** What {@link summarise} needs beside the verdicts. */
export type ReportHead = Pick<Report, 'suite' | 'subject' | 'startedAt' | 'duration' | 'claimed'>

/** Counts and judges: a claimed profile must pass whole, anything skipped in it makes it `partial`. */
export function summarise(head: ReportHead, verdicts: readonly Verdict[]): Report {
  const counts: Record<Outcome, number> = { pass: 0, fail: 0, skip: 0, 'non-strict': 0, exception: 0 }
  for (const { outcome } of verdicts) counts[outcome] += 1
  const claimed = verdicts.filter(({ profile }) => head.claimed.includes(profile))
  const profiles: Partial<Record<Feature, Result>> = {}
  for (const profile of head.claimed) {
    const own = claimed.filter(verdict => verdict.profile === profile)
    if (own.length > 0) profiles[profile] = judge(own)
  }
  return { ...head, nsgi: '1.0', result: judge(claimed), profiles, counts, verdicts }
}

/** The same report without what differs at each run of the same suite on the same subject: to be kept beside it and compared. */
export function withoutTimes(report: Report): Report {
  const verdicts = report.verdicts.map(verdict => ({ ...verdict, duration: 0 }))
  return { ...report, startedAt: '', duration: 0, verdicts }
}

function judge(verdicts: readonly Verdict[]): Result {
  if (verdicts.some(({ outcome }) => outcome === 'fail')) return 'failed'
  const whole = verdicts.length > 0 && verdicts.every(({ outcome }) => outcome === 'pass' || outcome === 'non-strict')
  return whole ? 'conformant' : 'partial'
}
