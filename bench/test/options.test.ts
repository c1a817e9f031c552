import { describe, expect, it } from '@jest/globals'
import { readOptions } from '../src/options.ts'

const SUITES = ['hello', 'shapes', 'fetch']

describe('the command line of the bench', () => {
  it('means the first suite, three rounds of six seconds and all that is in it when it says nothing', () => {
    expect(readOptions([], SUITES)).toEqual({
      suites: ['hello'],
      effort: { rounds: 3, seconds: 6, precision: undefined },
      only: '',
      group: '',
      write: false,
    })
  })

  it('names suites and how exactly what of them is measured', () => {
    const args = ['fetch', 'shapes', '--rounds', '14', '--seconds', '1', '--precision', '.02', '--only', 'kirin']
    expect(readOptions([...args, '--group', 'POST'], SUITES)).toEqual({
      suites: ['fetch', 'shapes'],
      effort: { rounds: 14, seconds: 1, precision: 0.02 },
      only: 'kirin',
      group: 'POST',
      write: false,
    })
  })

  it('may name all suites, and pages to write', () => {
    expect(readOptions(['all', '--write'], SUITES)).toMatchObject({ suites: SUITES, write: true })
  })

  it('may ask for help', () => {
    expect(readOptions(['--help', 'nonsense'], SUITES)).toBeUndefined()
  })

  it.each([
    [['shape'], 'there is no suite shape'],
    [['--round', '3'], "Unknown option '--round'"],
    [['--rounds', '0'], '--rounds takes a whole number above 0, not 0'],
    [['--seconds', '1.5'], '--seconds takes a whole number above 0, not 1.5'],
    [['--precision', '2'], '--precision takes a number between 0 and 1, not 2'],
    [['--precision', '0.0'], '--precision takes a number between 0 and 1, not 0.0'],
    [['--write', '--group', 'POST'], '--write takes all groups of a suite, not those of --group'],
  ])('is refused: %j', (args, message) => {
    expect(() => readOptions(args, SUITES)).toThrow(message)
  })
})
