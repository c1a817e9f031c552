import { describe, expect, it } from '@jest/globals'
import { inTurns } from '../src/turns.ts'

describe('turns', () => {
  it('go back and forth', () => {
    expect(inTurns(['a', 'b', 'c'], 3).join('')).toBe('abccbaabc')
    expect(inTurns(['a', 'b'], 4).join('')).toBe('abbaabba')
  })

  it('are the same number for each', () => {
    for (const turns of [1, 2, 5, 6]) {
      const order = inTurns(['a', 'b', 'c', 'd'], turns)
      for (const item of ['a', 'b', 'c', 'd']) expect(order.filter(each => each === item)).toHaveLength(turns)
    }
  })

  it('have neither of two neighbours behind the other more often, when their number is even', () => {
    const order = inTurns(['a', 'b', 'c'], 6).join('')
    for (const [one, other] of ['ab', 'bc']) {
      expect(order.split(`${one}${other}`)).toHaveLength(order.split(`${other}${one}`).length)
    }
  })

  it('are none of nobody', () => {
    expect(inTurns([], 6)).toEqual([])
  })
})
