import { describe, expect, it } from '@jest/globals'
import { closest } from '../../src/config/did-you-mean.ts'

describe('closest', () => {
  it.each([
    ['--wrokers', '--workers'],
    ['--worker', '--workers'],
    ['ap.js', 'app.js'],
    ['handelr', 'handler'],
  ])('takes %s for %s', (word, meant) => {
    expect(closest(word, ['--backlog', '--workers', 'app.js', 'handler', 'package.json'])).toBe(meant)
  })

  it('suggests nothing for a word that is like none', () => {
    expect(closest('--teleport', ['--workers', '--bind'])).toBeUndefined()
    expect(closest('x', ['y', 'z'])).toBeUndefined()
    expect(closest('anything', [])).toBeUndefined()
  })
})
