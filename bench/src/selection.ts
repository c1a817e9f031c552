// What of the suites is measured.
import type { Group, Suite } from './suites.ts'

/** The words of the command line; an empty one is in every name. */
export interface Words {
  /** What the names of targets must hold, for all but the first of each group. */
  readonly only: string
  /** What the labels of groups must hold. */
  readonly group: string
}

/** Some groups of a suite. */
export interface Selection {
  readonly suite: Suite
  readonly groups: readonly Group[]
}

/** The groups of suites that the words choose, without the suites that have none; throws where no suite has one. */
export function selected(suites: readonly Suite[], { only, group: word }: Words): readonly Selection[] {
  const selections = suites
    .map(suite => ({ suite, groups: suite.groups.filter(({ label }) => String(label).includes(word)) }))
    .filter(({ groups }) => groups.length > 0)
  if (selections.length === 0) {
    throw new Error(`--group ${word}: no row of ${suites.map(({ name }) => name).join(', ')} has that in its name`)
  }
  return selections.map(({ suite, groups }) => ({ suite, groups: groups.map(group => narrowed(group, only)) }))
}

/** The group's first target, and those whose name holds a word. */
function narrowed(group: Group, only: string): Group {
  const targets = group.targets.filter(({ name }, index) => index === 0 || name.includes(only))
  const measured = group.bars.filter(({ target, of }) => targets.includes(target) && targets.includes(of))
  return { ...group, targets, bars: measured }
}
