import { describe, expect, it } from '@jest/globals'
import { toRecord } from '../../src/exchange/field-records.ts'
import { DEFAULT_LIMITS, type HeadLimits } from '../../src/exchange/limits.ts'
import type { RejectionCode } from '../../src/exchange/rejections.ts'
import { RequestParser } from '../../src/http1/parser.ts'
import { parseWithUndici } from '../support/undici-llhttp.ts'
import { BROKEN_BODIES, type Fixture, INVALID, VALID } from './fixtures.ts'

interface Parsed {
  method: string
  target: string
  fields: readonly string[]
  trailers: readonly string[]
  body: string
}

interface Outcome {
  messages: Parsed[]
  failure: RejectionCode | undefined
}

/** Runs pieces through our binding as the connection does: bodies of known length are counted outside of it. */
function parse(pieces: readonly string[], limits: HeadLimits = DEFAULT_LIMITS): Outcome {
  const messages: Parsed[] = []
  const current = (): Parsed => messages.at(-1) as Parsed
  const parser = new RequestParser(limits, (bytes, start, end) => {
    current().body += bytes.toString('latin1', start, end)
  })
  let remaining = 0
  try {
    for (const piece of pieces) {
      const bytes = Buffer.from(piece, 'latin1')
      for (let at = 0; at < bytes.length; ) {
        if (remaining > 0) {
          const end = Math.min(bytes.length, at + remaining)
          current().body += bytes.toString('latin1', at, end)
          remaining -= end - at
          at = end
          continue
        }
        const { chunked } = parser
        const result = chunked
          ? parser.parseChunked(bytes, at, bytes.length)
          : parser.parseHead(bytes, at, bytes.length)
        at += parser.consumed
        if (result === 'failed') return { messages, failure: parser.failure?.code }
        if (result === 'more') continue
        if (chunked) {
          current().trailers = [...parser.trailers]
          continue
        }
        const { head } = parser
        if (head === undefined) throw new Error('done without a head')
        messages.push({ method: head.method, target: head.target, fields: head.rawHeaders, trailers: [], body: '' })
        remaining = Math.max(head.facts.contentLength, 0)
      }
    }
    return { messages, failure: undefined }
  } finally {
    parser.release()
  }
}

/** Every way to cut `text` in two, and the one that cuts it everywhere. */
function* cuts(text: string): Generator<string[]> {
  for (let at = 1; at < text.length; at++) yield [text.slice(0, at), text.slice(at)]
  yield Array.from(text)
}

const trim = (fields: readonly string[]): string[] => fields.map(part => part.replace(/^[ \t]+|[ \t]+$/g, ''))

describe('the parser', () => {
  it('hands many chunks that come in one read on in one piece, and few each by itself', () => {
    const pieces: string[] = []
    const parser = new RequestParser(DEFAULT_LIMITS, (bytes, start, end) => {
      pieces.push(bytes.toString('latin1', start, end))
    })
    const head = Buffer.from('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n')
    const body = Buffer.from(`1\r\na\r\n2;x=y\r\nbc\r\n${'1\r\nd\r\n'.repeat(9000)}3\r\nef`)
    expect(parser.parseHead(head, 0, head.length)).toBe('done')
    expect(parser.parseChunked(body, 0, body.length)).toBe('more')
    expect(parser.parseChunked(Buffer.from('g\r\n0\r\n\r\n'), 0, 8)).toBe('done')
    expect(pieces).toEqual([`abc${'d'.repeat(9000)}ef`, 'g'])
    pieces.length = 0
    expect(parser.parseHead(head, 0, head.length)).toBe('done')
    const few = Buffer.from('1\r\na\r\n2;x=y\r\nbc\r\n0\r\n\r\n')
    expect(parser.parseChunked(few, 0, few.length)).toBe('done')
    expect(pieces).toEqual(['a', 'bc'])
    parser.release()
  })

  it.each(VALID)('accepts $name, as undici does', ({ bytes, requests = 1 }: Fixture) => {
    const { messages, failure } = parse([bytes])
    expect(failure).toBeUndefined()
    expect(messages).toHaveLength(requests)
    const reference = parseWithUndici(bytes)
    expect(reference.errno).toBe(0)
    expect(messages.map(one => ({ ...one, trailers: trim(one.trailers) }))).toEqual(
      reference.messages.map(({ fields, trailers, ...one }) => ({
        ...one,
        fields: trim(fields),
        trailers: trim(trailers),
      })),
    )
  })

  it.each([...INVALID, ...BROKEN_BODIES])('refuses $name', ({ bytes, requests = 1, refused, ours }: Fixture) => {
    const { messages, failure } = parse([bytes])
    expect(failure).toBe(refused)
    expect(messages).toHaveLength(refused === 'MALFORMED_BODY' ? requests : requests - 1)
    const reference = parseWithUndici(bytes)
    if (ours === undefined) expect(reference.errno).not.toBe(0)
    else expect(reference.errno).toBe(0)
  })

  it.each([...VALID, ...INVALID, ...BROKEN_BODIES])(
    'comes to the same wherever it is cut: $name',
    ({ bytes }: Fixture) => {
      const whole = parse([bytes])
      for (const pieces of cuts(bytes)) expect(parse(pieces)).toEqual(whole)
    },
  )

  it.each([
    ['a body that looks like heads', `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n`, 60_000],
    [
      'a head of more than a first piece',
      `GET /${'x'.repeat(4000)} HTTP/1.1\r\nHost: a\r\nA: ${'b'.repeat(8000)}\r\n\r\n`,
      0,
    ],
    ['a head whose empty line the first piece cuts', `GET /${'x'.repeat(4096 - 26)} HTTP/1.1\r\nHost: a\r\n\r\n`, 0],
  ])('finds the end of a head at the front of a long input: %s', (_name, head, length) => {
    const next = 'GET /next HTTP/1.1\r\nHost: b\r\n\r\n'
    const body = next.repeat(Math.ceil(length / next.length)).slice(0, length)
    const { messages, failure } = parse([head + body + next.repeat(300)])
    expect(failure).toBeUndefined()
    expect(messages).toHaveLength(301)
    expect(messages[0]).toMatchObject({ method: head.slice(0, head.indexOf(' ')), target: head.split(' ')[1], body })
    expect(new Set(messages.slice(1).map(one => `${one.target} ${one.fields.join()}`))).toEqual(
      new Set(['/next Host,b']),
    )
  })

  it('tells where in a long input it failed', () => {
    const parser = new RequestParser(DEFAULT_LIMITS, () => undefined)
    const front = `GET / HTTP/1.1\r\nHost: a\r\n${'A: b\r\n'.repeat(50)}B: ${'c'.repeat(6000)}\r\n`
    const bytes = Buffer.from(`${front}C\r\n\r\n${'x'.repeat(9000)}`)
    let at = 0
    for (;;) {
      const result = parser.parseHead(bytes, at, bytes.length)
      if (result === 'failed') break
      expect(result).toBe('more')
      expect(parser.consumed).toBeGreaterThan(0)
      at += parser.consumed
    }
    expect(parser.failure?.code).toBe('MALFORMED')
    expect(at + (parser.fault?.at ?? 0)).toBe(front.length + 1)
    parser.release()
  })

  it('keeps the heads of several connections apart that arrive in turns', () => {
    const parsers = VALID.slice(0, 8).map(({ bytes }) => ({
      bytes: Buffer.from(bytes, 'latin1'),
      expected: parse([bytes]).messages[0],
      parser: new RequestParser(DEFAULT_LIMITS, () => undefined),
      heads: 0,
    }))
    const longest = Math.max(...parsers.map(({ bytes }) => bytes.length))
    for (let at = 0; at < longest; at++) {
      for (const one of parsers) {
        if (one.heads > 0 || at >= one.bytes.length) continue
        if (one.parser.parseHead(one.bytes, at, at + 1) !== 'done') continue
        one.heads++
        expect(one.parser.head?.rawHeaders).toEqual(one.expected?.fields)
        expect(one.parser.head?.target).toBe(one.expected?.target)
      }
    }
    expect(parsers.map(({ heads }) => heads)).toEqual(parsers.map(() => 1))
    for (const { parser } of parsers) parser.release()
  })

  it('survives the growth of the parser memory', () => {
    const parsers = Array.from({ length: 20_000 }, () => new RequestParser(DEFAULT_LIMITS, () => undefined))
    const bytes = Buffer.from('GET /grown HTTP/1.1\r\nHost: a\r\n\r\n')
    for (const parser of [parsers[0], parsers.at(-1)]) {
      expect(parser?.parseHead(bytes, 0, bytes.length)).toBe('done')
      expect(parser?.head?.target).toBe('/grown')
    }
    for (const parser of parsers) parser.release()
  })
})

describe('the limits on a head', () => {
  const limits: HeadLimits = { requestLine: 40, fieldCount: 3, fieldSize: 20, headSize: 400 }
  const line = (length: number): string => `GET /${'x'.repeat(length - 'GET / HTTP/1.1'.length)} HTTP/1.1`
  const request = (...lines: string[]): string => [...lines, '', ''].join('\r\n')
  const field = (length: number): string => `A: ${'b'.repeat(length - 3)}`

  it.each([
    ['a request line of just the limit', request(line(40), 'Host: a'), undefined],
    ['a request line over it', request(line(41), 'Host: a'), 'REQUEST_LINE_TOO_LONG'],
    ['a target that never ends', `GET /${'x'.repeat(100)}`, 'REQUEST_LINE_TOO_LONG'],
    ['spaces that never end', `GET ${' '.repeat(100)}`, 'REQUEST_LINE_TOO_LONG'],
    ['a field of just the limit', request('GET / HTTP/1.1', 'Host: a', field(20)), undefined],
    ['a field over it', request('GET / HTTP/1.1', 'Host: a', field(21)), 'FIELD_TOO_LARGE'],
    ['a value that never ends', `GET / HTTP/1.1\r\nA: ${'b'.repeat(100)}`, 'FIELD_TOO_LARGE'],
    ['a name that never ends', `GET / HTTP/1.1\r\n${'a'.repeat(100)}`, 'FIELD_TOO_LARGE'],
    ['blanks before a value that never end', `GET / HTTP/1.1\r\nA:${' '.repeat(100)}`, 'FIELD_TOO_LARGE'],
    ['as many fields as allowed', request('GET / HTTP/1.1', 'Host: a', 'B: 1', 'C: 1'), undefined],
    [
      'a head over its size',
      request('GET / HTTP/1.1', 'Host: a', 'B: 1', field(20)),
      'HEAD_TOO_LARGE',
      { headSize: 54 },
    ],
    ['a head of just its size', request('GET / HTTP/1.1', 'Host: a', 'B: 1', field(20)), undefined, { headSize: 55 }],
    ['a head without end', `GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(2)}C`, 'HEAD_TOO_LARGE', { headSize: 28 }],
    ['one more', request('GET / HTTP/1.1', 'Host: a', 'B: 1', 'C: 1', 'D: 1'), 'TOO_MANY_FIELDS'],
  ] as const)('hold for %s, wherever it is cut', (...[, bytes, refused, others]) => {
    const all = { ...limits, ...others }
    expect(parse([bytes], all).failure).toBe(refused)
    for (const pieces of cuts(bytes)) expect(parse(pieces, all).failure).toBe(refused)
  })

  it('hold with the defaults for the largest allowed head', () => {
    const { requestLine, fieldCount, fieldSize, headSize } = DEFAULT_LIMITS
    const fields = Array.from(
      { length: fieldCount - 1 },
      (_, i) => `N${i}: ${'v'.repeat(fieldSize - 4 - `${i}`.length + 1)}`,
    )
    const bytes = request(line(requestLine), 'Host: a', ...fields.slice(0, 3))
    expect(parse([bytes]).failure).toBeUndefined()
    const pieces = request(line(requestLine), 'Host: a', ...fields).match(/[^]{1,60000}/g) ?? []
    expect(parse(pieces).failure).toBe('HEAD_TOO_LARGE')
    const whole = parse(pieces, { ...DEFAULT_LIMITS, headSize: headSize * 16 })
    expect(whole.failure).toBeUndefined()
    expect(toRecord(whole.messages[0]?.fields ?? []).n5).toHaveLength(fieldSize - 4)
  })
})

describe('the framing of chunks', () => {
  const chunkedHead = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
  const long = 'e'.repeat(17 * 1024)

  it('may not grow out of proportion: an extension without end is refused', () => {
    expect(parse([`${chunkedHead}5;${long}\r\nhello\r\n0\r\n\r\n`]).failure).toBe('CHUNK_OVERHEAD')
    expect(parse([`${chunkedHead}5;`, long.slice(0, 9000), long.slice(0, 9000)]).failure).toBe('CHUNK_OVERHEAD')
  })

  it('may not grow out of proportion: trailers without end are refused', () => {
    expect(parse([`${chunkedHead}0\r\nA: ${long}\r\n\r\n`]).failure).toBe('CHUNK_OVERHEAD')
    const many = Array.from({ length: 101 }, (_, i) => `t${i}: v\r\n`).join('')
    expect(parse([`${chunkedHead}0\r\n${many}\r\n`]).failure).toBe('TOO_MANY_FIELDS')
    const field = (size: number): string => `A: ${'b'.repeat(size - 3)}`
    expect(parse([`${chunkedHead}0\r\n${field(8191)}\r\n\r\n`]).failure).toBeUndefined()
    expect(parse([`${chunkedHead}0\r\n${field(8192)}\r\n\r\n`]).failure).toBe('FIELD_TOO_LARGE')
  })

  it('is no overhead when it carries data', () => {
    const body = '1\r\nx\r\n'.repeat(10_000)
    const { messages, failure } = parse([chunkedHead, body.slice(0, 30_001), body.slice(30_001), '0\r\n\r\n'])
    expect(failure).toBeUndefined()
    expect(messages[0]?.body).toBe('x'.repeat(10_000))
  })
})
