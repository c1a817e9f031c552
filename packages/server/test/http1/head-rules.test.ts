import { describe, expect, it } from '@jest/globals'
import { readHead, viewOf } from '../../src/http1/head-rules.ts'

/** Reads a head whose second field is a Content-Length of that value, as if the parser had let it through. */
function lengthOf(value: string): unknown {
  const start = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: '
  const text = `${start}${value}\r\n\r\n`
  const name = start.lastIndexOf('content')
  const spans = Int32Array.from([17, 21, 23, 24, name, name + 14, start.length, start.length + value.length])
  const recorded = { urlStart: 5, urlEnd: 6, keepAlive: true, switching: false, spans, spanEnd: 8 }
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
    expect(lengthOf(value)).toBe(length)
  })

  it.each(['1\r\n 0', '1 0', '1,1', '0x10', '1e3', '+1', '-1', '1;', '9007199254740992', '18446744073709551616'])(
    'is refused, whatever the parser says, where it is none that can be counted to (%j)',
    value => {
      expect(lengthOf(value)).toBe('LENGTH_TOO_LARGE')
    },
  )
})
