import { describe, expect, it } from '@jest/globals'
import { barTable } from '../src/tables.ts'

describe('the table of bars', () => {
  it.each([
    [0.95, 0.01, 'met'],
    [1, 0.05, 'met'],
    [1.03, 0.02, 'within the error'],
    [1.05, 0.02, '**missed**'],
  ])('says of %f ± %f that the bar of 1 is: %s', (median, error, verdict) => {
    expect(barTable([{ target: 'a', of: 'b', atMost: 1, ratio: { median, error } }]).split('\n')[2]).toBe(
      `| a / b | 1.00 | ${median.toFixed(2)} ± ${error.toFixed(2)} | ${verdict} |`,
    )
  })

  it('says no error of a single round, of which it is not known, and misses what is above the bar', () => {
    const ratio = { median: 1.01, error: Number.NaN }
    expect(barTable([{ target: 'a', of: 'b', atMost: 1, ratio }])).toContain('| 1.01 | **missed** |')
  })
})
