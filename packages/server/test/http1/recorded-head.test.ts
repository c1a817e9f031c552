import { afterAll, describe, expect, it } from '@jest/globals'
import { DEFAULT_LIMITS } from '../../src/exchange/limits.ts'
import { RequestParser } from '../../src/http1/parser.ts'
import type { RequestHead } from '../../src/http1/request-head.ts'

const parsers: RequestParser[] = []

function newParser(): RequestParser {
  const parser = new RequestParser(DEFAULT_LIMITS, () => undefined)
  parsers.push(parser)
  return parser
}

/** A head with these lines, read in pieces of at most `size` bytes. */
function headOf(lines: readonly string[], size = Number.POSITIVE_INFINITY): RequestHead {
  const parser = newParser()
  const bytes = Buffer.from(['GET / HTTP/1.1', ...lines, '', ''].join('\r\n'), 'latin1')
  let result: unknown
  for (let at = 0; at < bytes.length; at += parser.consumed) {
    result = parser.parseHead(bytes, at, Math.min(bytes.length, at + size))
  }
  expect(result).toBe('done')
  return parser.head as RequestHead
}

const LINES = [
  'Host:  a.example:80 \t ',
  'empty:',
  'blank: \t ',
  'Colons: a:b: c',
  "!#$%&'*+-.^_`|~0: tokens",
  'latin: \xe9\xff\x80',
  'inner: a \t b',
  'empty:\t',
  'x: y',
]
const FIELDS = [
  ['Host', 'a.example:80'],
  ['empty', ''],
  ['blank', ''],
  ['Colons', 'a:b: c'],
  ["!#$%&'*+-.^_`|~0", 'tokens'],
  ['latin', '\xe9\xff\x80'],
  ['inner', 'a \t b'],
  ['empty', ''],
  ['x', 'y'],
].flat()

describe('the fields of a head', () => {
  afterAll(() => {
    for (const parser of parsers) parser.release()
  })

  it.each([
    ['in one piece', Number.POSITIVE_INFINITY],
    ['byte by byte', 1],
    ['in pieces', 7],
  ])('are those of its lines, of a head that comes %s', (_how, size) => {
    expect(headOf(LINES, size).rawHeaders).toEqual(FIELDS)
  })

  it.each([
    ['in one piece', Number.POSITIVE_INFINITY],
    ['in pieces', 7],
  ])('are the same when they are first read behind another head (%s)', (_how, size) => {
    const head = headOf(LINES, size)
    headOf(['host: other', 'more: fields', 'than: before', 'and: longer', ...LINES.slice(1)], size)
    expect(head.rawHeaders).toEqual(FIELDS)
  })

  it('are the same when they are first read behind a part of another head, or of a chunked body', () => {
    const head = headOf(LINES)
    const parser = newParser()
    const next = Buffer.from(
      'POST /else HTTP/1.1\r\nhost: b\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nt: u\r\n\r\n',
    )
    expect(parser.parseHead(next, 0, 30)).toBe('more')
    expect(head.rawHeaders).toEqual(FIELDS)
    expect(parser.parseHead(next, parser.consumed, next.length)).toBe('done')
    const chunked = parser.head as RequestHead
    expect(parser.parseChunked(next, next.indexOf('5\r\n'), next.length)).toBe('done')
    expect(chunked.rawHeaders).toEqual(['host', 'b', 'transfer-encoding', 'chunked'])
  })

  it('are the same when the memory of the parser has grown since', () => {
    const head = headOf(LINES)
    for (let i = 0; i < 20_000; i++) newParser()
    expect(head.rawHeaders).toEqual(FIELDS)
    expect(headOf(LINES).rawHeaders).toEqual(FIELDS)
  })
})

describe('the host of a head', () => {
  it.each([
    ['a.example', 'b.example'],
    ['a.example', 'a.exampld'],
    ['a.example:80', 'a.example:81'],
    ['abc', 'abd'],
    ['', 'a'],
    [`${'a.'.repeat(150)}b`, `${'a.'.repeat(150)}c`],
  ])('is its own and not one that was there before (%s, %s)', (first, second) => {
    for (const host of [first, second, second, first, first]) {
      expect(headOf([`host: ${host}`]).facts.host).toBe(host)
    }
  })
})
