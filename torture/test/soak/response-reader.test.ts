import { fc, it } from '@fast-check/jest'
import { describe, expect } from '@jest/globals'
import { ResponseReader } from '../../src/soak/response-reader.ts'

const STREAM = [
  'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n',
  'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\nx-sum: 1\r\n\r\n',
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nto the end',
].join('')
const METHODS = ['GET', 'HEAD', 'GET', 'GET', 'GET']

function read(pieces: readonly string[], methods: readonly string[] = METHODS): ResponseReader {
  const reader = new ResponseReader(methods)
  for (const piece of pieces) reader.push(Buffer.from(piece, 'latin1'))
  reader.end()
  return reader
}

describe('the reader of responses', () => {
  it.prop([fc.nat(STREAM.length), fc.nat(STREAM.length)], { seed: 19_941_106 })(
    'reads them alike however they are cut',
    (one, other) => {
      const [a, b] = [Math.min(one, other), Math.max(one, other)]
      const reader = read([STREAM.slice(0, a), STREAM.slice(a, b), STREAM.slice(b)].filter(piece => piece !== ''))
      expect(reader.responses.map(({ status, body }) => `${status} ${body.toString()}`)).toEqual([
        '200 hello',
        '200 ',
        '200 abc0123456789',
        '204 ',
        '200 to the end',
      ])
      expect(reader.responses[0]?.informational).toEqual([103])
      expect(reader.responses[2]?.trailers.get('x-sum')).toBe('1')
    },
  )

  it.each([
    ['a response that nobody asked for', 'HTTP/1.1 204 A\r\n\r\nHTTP/1.1 204 B\r\n\r\n'],
    ['bytes behind one', 'HTTP/1.1 204 A\r\n\r\nx'],
    ['a broken status line', 'HTTP/1.1 20 A\r\n\r\n'],
    ['a broken field', 'HTTP/1.1 200 A\r\nA : b\r\n\r\n'],
    ['two framings', 'HTTP/1.1 200 A\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['no framing', 'HTTP/1.1 200 A\r\n\r\n'],
    ['a broken chunk', 'HTTP/1.1 200 A\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabcd\r\n'],
    ['a body that breaks off', 'HTTP/1.1 200 A\r\ncontent-length: 5\r\n\r\nhell'],
    ['chunks that break off', 'HTTP/1.1 200 A\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('throws at %s', (_what, stream) => {
    expect(() => read([stream], ['GET'])).toThrow()
  })
})
