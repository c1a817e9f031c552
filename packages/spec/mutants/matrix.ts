// The kill matrix: which mutant was caught by which cases.
import type { Report } from '../src/conformance/report.ts'
import { REQUIREMENTS, type RequirementId, type Role } from '../src/requirements.ts'
import type { Mutant } from './mutant.ts'

/** Mutants of whatever kind. */
export type AnyMutants = Readonly<Record<string, Pick<Mutant<unknown>, 'breaks' | 'caughtBy'>>>

/** The cases that did not pass: what a mutant was caught by. */
export function casesAgainst(report: Report): readonly string[] {
  return report.verdicts.filter(({ outcome }) => outcome === 'fail' || outcome === 'non-strict').map(({ id }) => id)
}

/** The requirements of a role that no mutant breaks, of one level or of all. */
export function unbroken(mutants: AnyMutants, role: Role): readonly RequirementId[] {
  const broken = new Set(Object.values(mutants).flatMap(({ breaks }) => breaks))
  return REQUIREMENTS.filter(requirement => requirement.role === role && !broken.has(requirement.id)).map(
    ({ id }) => id,
  )
}

/** The matrix as a table in Markdown, a mutant a line. */
export function matrixTable(mutants: AnyMutants): string {
  const lines = Object.entries(mutants).map(
    ([name, { breaks, caughtBy }]) => `| ${name} | ${breaks.join(', ')} | ${caughtBy.join(', ')} |`,
  )
  return ['| mutant | breaks | caught by |', '| --- | --- | --- |', ...lines].join('\n')
}
