import { describe, expect, it } from '@jest/globals'
import { copyInput, keepViews, LARGEST_VIEW } from '../../src/http1/parser-input.ts'

describe('the copy of an input to the parser', () => {
  const content = Buffer.from(Array.from({ length: 2 * LARGEST_VIEW }, (_, index) => (index % 251) + 1))
  const kept = keepViews(Buffer.allocUnsafeSlow(content.length))
  const other = keepViews(Buffer.allocUnsafeSlow(content.length))
  const within = keepViews(Buffer.alloc(3 * LARGEST_VIEW).subarray(LARGEST_VIEW))

  it.each([
    ['a buffer with views', kept],
    ['the second one', other],
    ['one that does not begin its memory', within],
    ['one without', Buffer.alloc(content.length)],
  ])('is what was there, whatever its length and its start (%s)', (_name, input) => {
    content.copy(input)
    for (const length of [1, 2, 255, 256, 257, 511, 512, 513, 1024, 1025, 2048, 2049, 4095, 4096, 4097]) {
      for (const start of [0, 1, 300]) {
        const memory = Buffer.alloc(100 + content.length)
        copyInput(input, memory, 100, start, start + length)
        const copied = memory.subarray(100, 100 + length)
        expect(copied.equals(content.subarray(start, start + length))).toBe(true)
        expect(memory.subarray(0, 100).every(byte => byte === 0)).toBe(true)
        expect(memory.subarray(100 + Math.max(length, LARGEST_VIEW)).every(byte => byte === 0)).toBe(true)
      }
    }
  })
})
