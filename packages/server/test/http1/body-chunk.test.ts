import { expect, it } from '@jest/globals'
import { bodyChunk } from '../../src/http1/body-chunk.ts'

it.each([
  ['most of an input that may be kept', 5, 10, true, true],
  ['all of it', 10, 10, true, true],
  ['the smaller part of it, which would hold all of its memory', 4, 10, true, false],
  ['an input that is read into again', 10, 10, false, false],
])('a chunk that is %s is copied or not', (_what, size, length, mayKeep, isSame) => {
  const input = Buffer.alloc(length, 1)
  const chunk = bodyChunk(input.subarray(length - size), input, mayKeep)
  expect(chunk).toEqual(Buffer.alloc(size, 1))
  input.fill(2)
  expect(chunk[0] === 2).toBe(isSame)
})
