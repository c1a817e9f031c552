import { describe, expect, it } from '@jest/globals'
import { readHead } from '../../src/http1/head-rules.ts'
import { viewOf } from '../../src/http1/recorded-head.ts'

/** Reads a head whose second field is that one, as if the parser had let it through; what it says of the length of the body. */
function lengthIn(name: string, value: string): unknown {
  const start = `POST / HTTP/1.1\r\nhost: a\r\n${name}: `
  const text = `${start}${value}\r\n\r\n`
  const at = start.length - name.length - 2
  const spans = Int32Array.from([17, 21, 23, 24, at, at + name.length, start.length, start.length + value.length])
  const recorded = { urlStart: 5, urlEnd: 6, keepAlive: true, switching: false, spans, spanEnd: 8, isCurrent: true }
  const head = readHead(text, { ...recorded, view: viewOf(`before${text}`), base: 6 })
  return 'code' in head ? head.code : head.facts.contentLength
}

describe('a Content-Length', () => {
  it.each([
    ['0', 0],
    ['10240', 10_240],
    ['007 \t', 7],
    [`${Number.MAX_SAFE_INTEGER}`, Number.MAX_SAFE_INTEGER],
  ])('is the number that its digits are (%j)', (value, length) => {
    expect(lengthIn('content-length', value)).toBe(length)
  })

  it.each(['1\r\n 0', '1 0', '1,1', '0x10', '1e3', '+1', '-1', '1;', '9007199254740992', '18446744073709551616'])(
    'is refused, whatever the parser says, where it is none that can be counted to (%j)',
    value => {
      expect(lengthIn('content-length', value)).toBe('LENGTH_TOO_LARGE')
    },
  )
})

describe('the name of a field', () => {
  it.each(['content-length', 'Content-Length', 'CONTENT-LENGTH', 'cOnTeNt-LeNgTh'])('counts in any case (%s)', name => {
    expect(lengthIn(name, '7')).toBe(7)
  })

  it.each([
    'content_length',
    'content\rlength',
    'contentmlength',
    'bontent-length',
    'content-lengti',
    'content-lenGtH_',
    'ontent-length',
  ])('is no other (%j)', name => {
    expect(lengthIn(name, '7')).toBe(0)
  })
})
