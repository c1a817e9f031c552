import { describe, expect, it } from '@jest/globals'
import { comparisonOf, countOfRounds, isRoundDue, MOST_ROUNDS } from '../src/comparison.ts'
import { PLAIN } from '../src/load.ts'
import type { Cost } from '../src/measure.ts'
import { KIRIN_GATEWAY, NET_FLOOR, NODE_HTTP } from '../src/targets.ts'

const GROUP = {
  label: 'hello',
  load: PLAIN,
  targets: [NODE_HTTP, KIRIN_GATEWAY, NET_FLOOR],
  bars: [{ target: KIRIN_GATEWAY, of: NET_FLOOR, atMost: 1.25 }],
}

/** Two thirds of it in user mode. */
function cost(total: number): Cost {
  return { user: (total * 2) / 3, system: total / 3, total, requests: 1000 }
}

/** Each round's totals of the three targets. */
function compared(...rounds: readonly (readonly [number, number, number])[]): ReturnType<typeof comparisonOf> {
  return comparisonOf(
    GROUP,
    rounds.map(totals => totals.map(cost)),
  )
}

describe('a comparison', () => {
  it('has the medians of each target, and its ratio to the first one of the group', () => {
    const { label, rows } = compared([30, 15, 12], [60, 30, 24], [36, 27, 9])
    expect(label).toBe('hello')
    expect(rows.map(({ target, user, system, total }) => ({ target, user, system, total }))).toEqual([
      { target: NODE_HTTP.name, user: 24, system: 12, total: 36 },
      { target: KIRIN_GATEWAY.name, user: 18, system: 9, total: 27 },
      { target: NET_FLOOR.name, user: 8, system: 4, total: 12 },
    ])
    expect(rows.map(({ ratio }) => ratio.median)).toEqual([1, 0.5, 0.4])
  })

  it('holds its bars against the targets that they name', () => {
    const { bars } = compared([30, 15, 12], [60, 30, 24])
    expect(bars).toEqual([
      { target: KIRIN_GATEWAY.name, of: NET_FLOOR.name, atMost: 1.25, ratio: { median: 1.25, error: 0 } },
    ])
  })

  it('keeps what each round gave', () => {
    const comparison = compared([30, 15, 12], [60, 30, 24])
    expect(countOfRounds(comparison)).toBe(2)
    expect(comparison.rounds[KIRIN_GATEWAY.name]).toEqual([cost(15), cost(30)])
  })
})

describe('a further round', () => {
  const steady = [30, 15, 12] as const
  const loose = [30, 18, 12] as const

  it('is due until there are as many as were asked for', () => {
    expect(isRoundDue(compared(), { rounds: 2, seconds: 1 })).toBe(true)
    expect(isRoundDue(compared(steady), { rounds: 2, seconds: 1 })).toBe(true)
    expect(isRoundDue(compared(steady, loose), { rounds: 2, seconds: 1 })).toBe(false)
  })

  it('is due for as long as a ratio is not known as exactly as was asked for', () => {
    const effort = { rounds: 1, seconds: 1, precision: 0.06 }
    // Of the bar: 1.25 and 1.5 give ± 0.125; two more of 1.25 bring that to ± 0.063, and four to ± 0.042.
    const rounds = [steady, loose, steady, steady, steady, steady]
    expect([2, 4, 6].map(count => isRoundDue(compared(...rounds.slice(0, count)), effort))).toEqual([true, true, false])
  })

  it('is due behind a single one, of which nobody knows how exact it is', () => {
    expect(isRoundDue(compared(steady), { rounds: 1, seconds: 1, precision: 0.5 })).toBe(true)
    expect(isRoundDue(compared(steady, steady), { rounds: 1, seconds: 1, precision: 0.5 })).toBe(false)
  })

  it('is due also for a bar between two targets whose ratios to the first are exact', () => {
    // 0.01 and 0.02 of the first: ± 0.005 each; of each other they are 0.5 or 2.
    const comparison = compared([1000, 10, 20], [1000, 20, 10])
    expect(comparison.rows.every(({ ratio }) => ratio.error <= 0.02)).toBe(true)
    expect(isRoundDue(comparison, { rounds: 2, seconds: 1, precision: 0.02 })).toBe(true)
  })

  it('comes to no more than a number at which there is no hope', () => {
    const unsettled = Array.from({ length: MOST_ROUNDS }, (_, round) => (round % 2 === 0 ? steady : loose))
    const effort = { rounds: 1, seconds: 1, precision: 0.001 }
    expect(isRoundDue(compared(...unsettled.slice(1)), effort)).toBe(true)
    expect(isRoundDue(compared(...unsettled), effort)).toBe(false)
    expect(isRoundDue(compared(...unsettled), { ...effort, rounds: MOST_ROUNDS + 1 })).toBe(true)
  })
})
