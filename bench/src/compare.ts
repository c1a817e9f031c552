// A group's measurement: every target in turn, for several rounds of fresh processes, so that a slow minute of the machine falls on all of
// them; medians, and ratios within each round.
import { type Cost, measure } from './measure.ts'
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
const MOST_ROUNDS = 40

/** Medians of one target, in microseconds of processor time a request. */
export interface Row {
  readonly target: string
  readonly user: number
  readonly system: number
  readonly total: number
  /** To the group's first target. */
  readonly ratio: Ratio
}

/** What one target takes of another's time. */
export interface Ratio {
  /** The median of the ratios of each round. */
  readonly median: number
  /** The standard error of their mean; `NaN` with one round. */
  readonly error: number
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

export async function compare(group: Group, effort: Effort): Promise<Comparison> {
  const costs = new Map<string, Cost[]>(group.targets.map(({ name }) => [name, []]))
  const first = group.targets[0]?.name ?? ''
  for (let round = 1; round <= effort.rounds || (round <= MOST_ROUNDS && isVague(costs, first, effort)); round++) {
    const measured = await measure(group.targets, group.load, effort.seconds)
    for (const [index, cost] of measured.entries()) {
      const name = group.targets[index]?.name ?? ''
      costs.get(name)?.push(cost)
      console.error(`${group.label}  round ${round}  ${name.padEnd(26)} ${cost.total.toFixed(2)} µs`)
    }
  }
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

function ratioOf(costs: ReadonlyMap<string, readonly Cost[]>, target: string, of: string): Ratio {
  const base = costs.get(of) ?? []
  const ratios = (costs.get(target) ?? []).map(({ total }, round) => total / (base[round]?.total ?? Number.NaN))
  return { median: median(ratios), error: standardError(ratios) }
}

function isVague(costs: ReadonlyMap<string, readonly Cost[]>, first: string, { precision }: Effort): boolean {
  return (
    precision !== undefined && [...costs.keys()].some(target => !(ratioOf(costs, target, first).error <= precision))
  )
}

/** Of the mean of a sample. */
function standardError(sample: readonly number[]): number {
  const size = sample.length
  const mean = sample.reduce((sum, each) => sum + each, 0) / size
  const squares = sample.reduce((sum, each) => sum + (each - mean) ** 2, 0)
  return Math.sqrt(squares / (size - 1) / size)
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
