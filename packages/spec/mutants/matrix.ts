// The kill matrix: which mutant breaks which requirement, and which cases caught it.
import type { ConformanceCase } from '../src/conformance/case.ts'
import type { Report } from '../src/conformance/report.ts'
import { REQUIREMENTS, type Requirement, type RequirementId, type Role } from '../src/requirements.ts'
import type { Mutant } from './mutant.ts'

/** A mutant as the matrix has it: what it breaks, and the cases that its test requires to notice it. */
export type MatrixMutant = Pick<Mutant<unknown>, 'breaks' | 'caughtBy'>

/** Mutants of whatever kind. */
export type AnyMutants = Readonly<Record<string, MatrixMutant>>

/** A suite with the mutants that prove it. */
export interface ProvenSuite {
  readonly role: Role
  readonly cases: readonly Pick<ConformanceCase<never>, 'id' | 'requirements' | 'title'>[]
  readonly mutants: AnyMutants
}

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

/** What is not proven of the MUSTs, in words: those without a case, and those that no caught mutant breaks. */
export function gaps(suites: readonly ProvenSuite[]): readonly string[] {
  return suites.flatMap(suite =>
    requirementsOf(suite)
      .filter(({ level }) => level === 'MUST')
      .flatMap(({ id }) => [
        ...(casesOf(id, suite).length === 0 ? [`${id} has no case`] : []),
        ...(killersOf(id, suite).length === 0 ? [`${id} is broken by no mutant that is caught by a case of it`] : []),
      ]),
  )
}

/** The cases that no mutant is caught by: nothing shows that they can fail. */
export function uncaught(suites: readonly ProvenSuite[]): readonly string[] {
  return suites.flatMap(({ cases, mutants }) => {
    const catching = new Set(Object.values(mutants).flatMap(({ caughtBy }) => caughtBy))
    return cases.map(({ id }) => id).filter(id => !catching.has(id))
  })
}

/** One line for each suite: mutants, how many of them were caught, MUSTs, how many of them are proven. */
export function summaryTable(suites: readonly ProvenSuite[]): string {
  const rows = suites.map(suite => {
    const musts = requirementsOf(suite).filter(({ level }) => level === 'MUST')
    const proven = musts.filter(({ id }) => killersOf(id, suite).length > 0)
    const mutants = Object.values(suite.mutants)
    const killed = mutants.filter(({ caughtBy }) => caughtBy.length > 0)
    return [suite.role, suite.cases.length, mutants.length, killed.length, musts.length, proven.length]
  })
  return table(['suite', 'cases', 'mutants', 'caught', 'MUSTs', 'proven'], rows)
}

/** A line for each requirement and mutant of a suite. */
export function matrixTable(suite: ProvenSuite): string {
  const rows = requirementsOf(suite).flatMap(({ id, level }) => {
    const cases = casesOf(id, suite).map(({ id }) => id)
    const breaking = Object.entries(suite.mutants).filter(([, { breaks }]) => breaks.includes(id))
    const [first = ['(none)', undefined], ...others] = breaking
    return [
      [`${id} ${level}`, cases.join(', '), ...mutantCells(first)],
      ...others.map(other => ['', '', ...mutantCells(other)]),
    ]
  })
  return table(['requirement', 'cases', 'is broken by one that', 'caught by'], rows)
}

function mutantCells([name, mutant]: readonly [string, MatrixMutant | undefined]): readonly string[] {
  return [name.replaceAll('|', String.raw`\|`), mutant?.caughtBy.join(', ') ?? '']
}

function requirementsOf({ role }: ProvenSuite): readonly Requirement[] {
  return REQUIREMENTS.filter(requirement => requirement.role === role)
}

function casesOf(id: RequirementId, { cases }: ProvenSuite): ProvenSuite['cases'] {
  return cases.filter(({ requirements }) => requirements.includes(id))
}

/** The mutants that break a requirement and are caught by a case that shows it. */
function killersOf(id: RequirementId, suite: ProvenSuite): readonly MatrixMutant[] {
  const cases = casesOf(id, suite).map(({ id }) => id)
  return Object.values(suite.mutants).filter(
    ({ breaks, caughtBy }) => breaks.includes(id) && caughtBy.some(one => cases.includes(one)),
  )
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
