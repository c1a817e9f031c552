import { describe, expect, it } from '@jest/globals'
import { settledWithin } from '../../src/worker/settled-within.ts'

const never = new Promise(() => {})
const LONG = 600_000

describe('settledWithin', () => {
  it('is true for what is fulfilled and false for what is rejected', async () => {
    expect(await settledWithin(Promise.resolve(), LONG)).toBe(true)
    expect(await settledWithin(Promise.reject(new Error('no')), LONG)).toBe(false)
  })

  it('gives up after the time', async () => {
    expect(await settledWithin(never, 1)).toBe(false)
  })

  it('gives up at the signal, also at one that aborted before', async () => {
    const hurry = new AbortController()
    const waiting = settledWithin(never, LONG, hurry.signal)
    hurry.abort()
    expect(await waiting).toBe(false)
    expect(await settledWithin(never, LONG, hurry.signal)).toBe(false)
  })
})
