// A group's measurement: every target in turn, for several rounds, so that a slow minute of the machine falls on all of
// them; medians, and ratios within each round.
import { type Cost, measure } from './measure.ts'
import type { Bar, Group } from './suites.ts'

/** How long and how often. */
export interface Effort {
  readonly rounds: number
  readonly seconds: number
}

/** Medians of one target, in microseconds of processor time a request. */
export interface Row {
  readonly target: string
  readonly user: number
  readonly system: number
  readonly total: number
  /** Of the group's first target. */
  readonly ratio: number
}

export interface BarResult {
  readonly target: string
  readonly of: string
  readonly atMost: number
  readonly ratio: number
}

export interface Comparison {
  readonly label: string | number
  readonly rows: readonly Row[]
  readonly bars: readonly BarResult[]
  /** Each round's cost of each target. */
  readonly rounds: Readonly<Record<string, readonly Cost[]>>
}

export async function compare(group: Group, effort: Effort): Promise<Comparison> {
  const costs = new Map<string, Cost[]>(group.targets.map(({ name }) => [name, []]))
  for (let round = 1; round <= effort.rounds; round++) {
    for (const target of group.targets) {
      const cost = await measure(target, group.load, effort.seconds)
      costs.get(target.name)?.push(cost)
      console.error(`${group.label}  round ${round}  ${target.name.padEnd(26)} ${cost.total.toFixed(2)} µs`)
    }
  }
  const first = group.targets[0]?.name ?? ''
  const rows = [...costs].map(([target, all]) => ({
    target,
    user: median(all.map(({ user }) => user)),
    system: median(all.map(({ system }) => system)),
    total: median(all.map(({ total }) => total)),
    ratio: ratioOf(costs, target, first),
  }))
  return {
    label: group.label,
    rows,
    bars: group.bars.map(bar => resultOf(bar, costs)),
    rounds: Object.fromEntries(costs),
  }
}

function resultOf({ target, of, atMost }: Bar, costs: ReadonlyMap<string, readonly Cost[]>): BarResult {
  return { target: target.name, of: of.name, atMost, ratio: ratioOf(costs, target.name, of.name) }
}

/** The median of the ratios of each round. */
function ratioOf(costs: ReadonlyMap<string, readonly Cost[]>, target: string, of: string): number {
  const base = costs.get(of) ?? []
  return median((costs.get(target) ?? []).map(({ total }, round) => total / (base[round]?.total ?? Number.NaN)))
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
