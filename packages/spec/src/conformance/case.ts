// The contract of the conformance suites: what a case is, how it fails, how it is skipped.
//
// To add a suite (application, middleware, adapter, …):
//
// 1. Choose what a case gets: its subject. The server suite's is a bench that opens connections and starts servers; a
//    middleware suite's may be the middleware under test. The runner knows nothing of it.
// 2. Write one file for each requirement, `<suite>/cases/res-25.ts`, which exports its cases:
//
//        export const res25: readonly ConformanceCase<Bench>[] = defineCases('RES-25', {
//          'sends the head while next() is pending': async bench => { … },
//          'sends both in one segment': { serial: true, timeout: 10_000, run: async bench => { … } },
//        })
//
//    Ids are numbered in the order of the file, `RES-25.1`, and are quoted in lists of exceptions: append, never reorder.
//    A case ends well by returning. It fails by throwing: `expect…` and `fail` of failure.ts show what was expected and
//    what was seen, any other error counts as well. `skip(reason)` says that it has nothing to judge here.
// 3. Collect them in one list and run that with `runCases(cases, { open })` (runner.ts): `open` makes the subject of one
//    case and takes it away again, bounded like the case itself. Waits of a case should heed the signal given to `open`.
// 4. Hand the report to reports/, and let cli.ts call the suite by its name.
//
// A requirement that several profiles touch names its profile in the case; else it is the requirement's own.
import { type Feature, type Level, type RequirementId, requirement } from '../requirements.ts'

/** One thing to find out about a subject. */
export interface ConformanceCase<Subject> {
  /** `RES-25.1`: the first requirement and a number, unique and lasting. */
  readonly id: string
  /** What it shows; never empty. A failure counts against the first. */
  readonly requirements: readonly RequirementId[]
  /** The part that has to be claimed for this case to count. */
  readonly profile: Feature
  /** A SHOULD that is not met is `non-strict`, no failure. */
  readonly level: Level
  /** What a good subject does, in the third person: `answers 400 to a second Host`. */
  readonly title: string
  /** Not beside other cases: it measures memory or time, or stops what the others use. */
  readonly serial: boolean
  /** Milliseconds that it may take; the runner's default where absent. */
  readonly timeout?: number | undefined
  /** Throws where the subject does otherwise. What it returns is a remark: `it offers no reload, which it need not`. */
  run(subject: Subject): Promise<string | void> | string | void
}

/** A case as its file has it: the function alone, or with what differs from the rule. */
export type CaseDefinition<Subject> = ConformanceCase<Subject>['run'] | DetailedCase<Subject>

/** A case that needs more than a title. */
export interface DetailedCase<Subject> {
  readonly run: ConformanceCase<Subject>['run']
  /** Other requirements that it shows as well. */
  readonly also?: readonly RequirementId[]
  readonly profile?: Feature
  readonly serial?: boolean
  readonly timeout?: number
}

/** The cases of one requirement, by title. */
export function defineCases<Subject>(
  id: RequirementId,
  definitions: Readonly<Record<string, CaseDefinition<Subject>>>,
): readonly ConformanceCase<Subject>[] {
  const { feature, level } = requirement(id)
  return Object.entries(definitions).map(([title, definition], index) => {
    const details = typeof definition === 'function' ? { run: definition } : definition
    const { run, also = [], profile = feature, serial = false, timeout } = details
    return {
      id: `${id}.${index + 1}`,
      requirements: [id, ...also],
      profile,
      level,
      title,
      serial,
      timeout,
      run,
    }
  })
}
