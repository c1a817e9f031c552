// What comes of the rounds of a group: medians, ratios within each round, and whether they say enough.
import type { Cost } from './measure.ts'
import { median, type Ratio, ratioOf } from './ratio.ts'
import type { Bar, Group } from './suites.ts'

/** How long and how often. */
export interface Effort {
  /** At least. */
  readonly rounds: number
  /** For which each target is loaded in a round. */
  readonly seconds: number
  /** The standard error of each ratio below which no further round is needed, where one is asked for. */
  readonly precision?: number | undefined
}

/** Of a group whose ratios do not settle. */
export const MOST_ROUNDS = 40

/** Medians of one target, in microseconds of processor time a request. */
export interface Row {
  readonly target: string
  readonly user: number
  readonly system: number
  readonly total: number
  /** To the group's first target. */
  readonly ratio: Ratio
}

export interface BarResult {
  readonly target: string
  readonly of: string
  readonly atMost: number
  readonly ratio: Ratio
}

export interface Comparison {
  readonly label: string | number
  readonly rows: readonly Row[]
  readonly bars: readonly BarResult[]
  /** Each round's cost of each target. */
  readonly rounds: Readonly<Record<string, readonly Cost[]>>
}

/** The costs of a round in the order of the group's targets, for each round so far. */
export type Rounds = readonly (readonly Cost[])[]

export function comparisonOf(group: Group, rounds: Rounds): Comparison {
  const costs = new Map(group.targets.map(({ name }, index) => [name, rounds.flatMap(round => round[index] ?? [])]))
  const totals = (target: string): readonly number[] => (costs.get(target) ?? []).map(({ total }) => total)
  const first = totals(group.targets[0]?.name ?? '')
  const resultOf = ({ target, of, atMost }: Bar): BarResult => ({
    target: target.name,
    of: of.name,
    atMost,
    ratio: ratioOf(totals(target.name), totals(of.name)),
  })
  return {
    label: group.label,
    rows: [...costs].map(([target, all]) => ({
      target,
      user: median(all.map(({ user }) => user)),
      system: median(all.map(({ system }) => system)),
      total: median(totals(target)),
      ratio: ratioOf(totals(target), first),
    })),
    bars: group.bars.map(resultOf),
    rounds: Object.fromEntries(costs),
  }
}

/** How many a comparison is made of. */
export function countOfRounds({ rounds }: Comparison): number {
  return Math.max(0, ...Object.values(rounds).map(costs => costs.length))
}

/** Whether one more is needed: of rows and bars each ratio has to be as exact as it was asked for. */
export function isRoundDue(comparison: Comparison, { rounds, precision }: Effort): boolean {
  const done = countOfRounds(comparison)
  if (done < rounds) return true
  if (precision === undefined || done >= MOST_ROUNDS) return false
  // An error that is not known yet is no small one.
  return [...comparison.rows, ...comparison.bars].some(({ ratio }) => !(ratio.error <= precision))
}
