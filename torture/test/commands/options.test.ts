import { describe, expect, it } from '@jest/globals'
import { readOptions } from '../../src/commands/options.ts'

const LEVELS = ['parser', 'soak']

describe('the command line', () => {
  it('names levels and their bounds', () => {
    expect(readOptions(['soak', '--seed', '7', '--seconds', '60', '--from', '3'], LEVELS)).toMatchObject({
      levels: ['soak'],
      seed: 7,
      seconds: 60,
      cases: undefined,
      from: 3,
    })
  })

  it('may ask for help', () => {
    expect(readOptions(['--help'], LEVELS)).toBeUndefined()
  })

  it.each([
    [['sock'], 'there is no level sock, but parser, soak'],
    [['--seconds', '1m'], '--seconds takes a whole number, not 1m'],
    [['--second', '1'], "Unknown option '--second'"],
  ])('is refused: %j', (args, message) => {
    expect(() => readOptions(args, LEVELS)).toThrow(message)
  })
})
