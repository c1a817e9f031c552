import { describe, expect, it } from '@jest/globals'
import { splitWords } from '../../src/cli/words.ts'

describe('splitWords', () => {
  it.each([
    ['', []],
    ['  ', []],
    ['-w 2  --log-file -', ['-w', '2', '--log-file', '-']],
    [`--access-logformat '%(h)s "%(r)s"'`, ['--access-logformat', '%(h)s "%(r)s"']],
    [`--name "my \\"app\\""`, ['--name', 'my "app"']],
    [`a' 'b" "c\\ d`, ['a b c d']],
    [`--name ''`, ['--name', '']],
    ['a\\\\b', ['a\\b']],
    ["'a\\b'", ['a\\b']],
    ['a\nb\tc', ['a', 'b', 'c']],
  ])('splits %j', (text, words) => {
    expect(splitWords(text)).toEqual(words)
  })

  it.each([`'a`, `"a`, `a"b'c`, 'a\\'])('refuses %j, which is not finished', text => {
    expect(splitWords(text)).toBeUndefined()
  })
})
