import { describe, expect, it } from '@jest/globals'
import { backOff } from '../../src/arbiter/back-off.ts'

describe('backOff', () => {
  it('does not wait where nothing failed', () => {
    expect(backOff(0, 0.5)).toBe(0)
    expect(backOff(-1, 0.5)).toBe(0)
  })

  it('doubles with each failure up to half a minute', () => {
    expect([1, 2, 3, 6, 7, 8, 5000].map(failures => backOff(failures, 0))).toEqual([
      500, 1000, 2000, 16_000, 30_000, 30_000, 30_000,
    ])
  })

  it('is shortened at random by up to a quarter', () => {
    expect(backOff(1, 1)).toBe(375)
    expect(backOff(1, 0.5)).toBe(437.5)
  })
})
