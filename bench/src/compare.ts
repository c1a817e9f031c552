// A group's measurement: every target in turn, for several rounds of fresh processes, so that a slow minute of the machine falls on all of
// them.
import { type Comparison, comparisonOf, type Effort, isRoundDue } from './comparison.ts'
import { type Cost, measure } from './measure.ts'
import type { Group } from './suites.ts'

/** Measures for as many rounds as the effort asks for; says on standard error how it goes. */
export async function compare(group: Group, effort: Effort): Promise<Comparison> {
  const rounds: (readonly Cost[])[] = []
  let comparison = comparisonOf(group, rounds)
  while (isRoundDue(comparison, effort)) {
    const costs = await measure(group.targets, group.load, effort.seconds)
    rounds.push(costs)
    for (const [index, { total }] of costs.entries()) {
      const name = group.targets[index]?.name ?? ''
      console.error(`${group.label}  round ${rounds.length}  ${name.padEnd(26)} ${total.toFixed(2)} µs`)
    }
    comparison = comparisonOf(group, rounds)
  }
  return comparison
}
