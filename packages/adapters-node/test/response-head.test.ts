import { describe, expect, it } from '@jest/globals'
import type { HeaderStore } from '../src/node-internals.ts'
import { headOfArgument, headOfStore, trailersOf } from '../src/response-head.ts'
import { parseInformation } from '../src/response-information.ts'

/** Headers as node keeps them. */
function stored(headers: Record<string, unknown>): HeaderStore {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [name, value]]))
}

describe('the head of a response', () => {
  it.each([
    ['an object', { 'X-A': 1, 'x-b': ['2', 3], 'x-a': 'again' }],
    ['a flat array', ['X-A', 1, 'x-b', ['2', 3], 'x-a', 'again']],
    [
      'an array of pairs',
      [
        ['X-A', 1],
        ['x-b', ['2', 3]],
        ['x-a', 'again'],
      ],
    ],
  ])('has lower-case names and string lines, given %s', (_kind, given) => {
    expect(headOfArgument(given as never).headers).toEqual({ 'x-a': ['1', 'again'], 'x-b': ['2', '3'] })
  })

  it('is empty when nothing was given', () => {
    expect(headOfArgument(undefined)).toMatchObject({ headers: {}, empty: true })
    expect(headOfStore({})).toMatchObject({ headers: {}, empty: true })
  })

  it('leaves framing and connection to the server, but says what was asked for', () => {
    const given = {
      'transfer-encoding': 'chunked',
      connection: 'Upgrade, Close',
      'keep-alive': '5',
      'proxy-connection': 'x',
      trailer: 'a',
      'content-length': '3',
    }
    for (const head of [headOfStore(stored(given)), headOfArgument(given)]) {
      expect(head.headers).toEqual({ connection: 'close', trailer: 'a', 'content-length': '3' })
      expect(head).toMatchObject({ chunked: true, close: true, trailer: true, contentLength: 3, empty: false })
    }
  })

  it('drops a connection field that does not close', () => {
    expect(headOfStore(stored({ connection: 'keep-alive' }))).toMatchObject({ headers: {}, close: false, empty: false })
  })

  it('joins cookies into one line, as node does', () => {
    expect(headOfStore(stored({ cookie: ['a=1', 'b=2'] })).headers).toEqual({ cookie: 'a=1; b=2' })
  })

  it.each([
    [{ 'x y': '1' }, 'ERR_INVALID_HTTP_TOKEN'],
    [{ x: undefined }, 'ERR_HTTP_INVALID_HEADER_VALUE'],
    [{ x: ['a', 'b\r\n'] }, 'ERR_INVALID_CHAR'],
    [['a', 'b', 'c'], 'ERR_INVALID_ARG_VALUE'],
  ])('refuses %j with %s', (given, code) => {
    expect(() => headOfArgument(given as never)).toThrow(expect.objectContaining({ code }))
  })
})

describe('lines that node has rendered', () => {
  it('are read back as trailers', () => {
    expect(trailersOf('X-Sum: 1\r\nx-list: a: b\r\nX-SUM: 2\r\n')).toEqual({ 'x-sum': ['1', '2'], 'x-list': 'a: b' })
    expect(trailersOf('')).toBeUndefined()
  })

  it('are read back as an informational response', () => {
    const hints = parseInformation('HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nx: y\r\n\r\n')
    expect(hints).toEqual({ status: 103, headers: { link: '</a>; rel=preload', x: 'y' } })
    expect(parseInformation('HTTP/1.1 102 Processing\r\n\r\n')).toEqual({ status: 102, headers: {} })
  })
})
