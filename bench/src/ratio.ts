// The statistics of a measurement.

/** What one target takes of another's time. */
export interface Ratio {
  /** The median of the ratios of each round. */
  readonly median: number
  /** The standard error of their mean; `NaN` with one round. */
  readonly error: number
}

/** Of two targets' costs, round by round: those of one round were taken beside each other, whatever the machine did in the next. */
export function ratioOf(costs: readonly number[], base: readonly number[]): Ratio {
  const ratios = costs.map((cost, round) => cost / (base[round] ?? Number.NaN))
  return { median: median(ratios), error: standardError(ratios) }
}

/** `NaN` of nothing. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** Of the mean of a sample; `NaN` of less than two. */
export function standardError(sample: readonly number[]): number {
  const size = sample.length
  const mean = sample.reduce((sum, each) => sum + each, 0) / size
  const squares = sample.reduce((sum, each) => sum + (each - mean) ** 2, 0)
  return Math.sqrt(squares / (size - 1) / size)
}
