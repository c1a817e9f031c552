// Which cases a broken server is held against in the ordinary tests. The whole suite for each is for mutants:check.
import { serverCases } from '../src/conformance/server/cases/index.ts'
import { selectCases } from '../src/conformance/server/suite.ts'
import type { ServerMutant } from './server-mutant.ts'

/**
 * Cases that start servers of their own, or move tens of megabytes: half of what a run costs is in these few. They are run against the
 * mutants of their own requirement and those that are known to be seen by them, and not against all others of their group.
 */
const COSTLY: readonly string[] = ['REQ-17', 'REQ-27', 'REQ-28', 'BOD-05', 'BOD-12', 'END-07.3', 'RES-28', 'RES-34']

/**
 * Ids of the cases for a mutant: those of the requirements that it breaks, those that are known to see it, and of the groups
 * that these requirements belong to (RES, END, …) all that are not costly, unless it is a narrow one.
 *
 * @param known ids of the cases that are known to see it
 */
export function casesFor(
  { breaks, isNarrow = false }: Pick<ServerMutant, 'breaks' | 'isNarrow'>,
  known: readonly string[],
): readonly string[] {
  const ids = (wanted: readonly string[]): readonly string[] => selectCases(serverCases, wanted).map(({ id }) => id)
  const costly = new Set(ids(COSTLY))
  const ofGroups = isNarrow ? [] : ids(breaks.map(groupOf)).filter(id => !costly.has(id))
  return [...new Set([...ofGroups, ...ids([...breaks, ...known])])]
}

/** `RES` of `RES-25`. */
export function groupOf(requirement: string): string {
  return requirement.replace(/-.*/, '')
}
