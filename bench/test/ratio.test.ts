import { describe, expect, it } from '@jest/globals'
import { median, ratioOf, standardError } from '../src/ratio.ts'

describe('the median', () => {
  it('is what stands in the middle, whatever the order and the size of the numbers', () => {
    expect(median([100, 9, 20])).toBe(20)
    expect(median([7])).toBe(7)
  })

  it('lies between the two in the middle of an even number', () => {
    expect(median([4, 1, 2, 1000])).toBe(3)
  })

  it('leaves what it is given as it is', () => {
    const numbers = [3, 1, 2]
    median(numbers)
    expect(numbers).toEqual([3, 1, 2])
  })

  it('is none of nothing', () => {
    expect(median([])).toBeNaN()
  })
})

describe('the standard error', () => {
  it('is the deviation of the sample by the root of its size', () => {
    // Mean 5, squares 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32 over 7, by 8.
    expect(standardError([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7 / 8), 12)
  })

  it('is nothing where nothing differs, and unknown of a single number', () => {
    expect(standardError([1.5, 1.5, 1.5])).toBe(0)
    expect(standardError([1.5])).toBeNaN()
  })
})

describe('a ratio', () => {
  it('is taken within each round, so that a round on a machine half as fast changes nothing', () => {
    expect(ratioOf([5, 10, 5], [10, 20, 10])).toEqual({ median: 0.5, error: 0 })
  })

  it('is the median of those of the rounds, with the standard error of their mean', () => {
    const { median: middle, error } = ratioOf([8, 10, 15], [10, 10, 10])
    expect(middle).toBe(1)
    expect(error).toBeCloseTo(standardError([0.8, 1, 1.5]), 12)
  })

  it('is unknown where the other was not measured', () => {
    expect(ratioOf([1, 2], [1]).error).toBeNaN()
  })
})
