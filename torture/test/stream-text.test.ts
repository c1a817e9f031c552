import { fc, it } from '@fast-check/jest'
import { describe, expect } from '@jest/globals'
import { formatCorpusFile, parseCorpusFile } from '../src/stream-text.ts'

describe('a corpus file', () => {
  const byte = fc.nat(255).map(code => String.fromCharCode(code))
  const stream = fc.string({ unit: fc.oneof(byte, fc.constantFrom('\r\n', '#', '\\', '\n#', 'x')) })
  it.prop([stream], { seed: 19_941_106 })('gives back the bytes that it was made of', bytes => {
    expect(parseCorpusFile(formatCorpusFile({ notes: ['a note'], stream: bytes }))).toEqual({
      notes: ['a note'],
      stream: bytes,
    })
  })

  it('has a line for each line of the stream, and its notes before them', () => {
    const text = formatCorpusFile({ notes: ['one', 'two'], stream: 'GET / HTTP/1.1\r\n\r\n' })
    expect(text).toBe('# one\n# two\nGET / HTTP/1.1\\r\\n\n\\r\\n\n')
  })

  it('is refused with an escape that is none, or with bytes that are not ASCII', () => {
    expect(() => parseCorpusFile('\\q')).toThrow(/escape/)
    expect(() => parseCorpusFile('caf\xe9')).toThrow(/ASCII/)
  })
})
