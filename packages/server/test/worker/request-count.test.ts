import { describe, expect, it } from '@jest/globals'
import type { Context, GatewayRequest } from '@nsgi/spec'
import { countedCalls, requestAllowance } from '../../src/worker/request-count.ts'

describe('requestAllowance', () => {
  it.each([
    [0, 0, 0.5, Number.POSITIVE_INFINITY],
    [0, 50, 0.5, Number.POSITIVE_INFINITY],
    [100, 0, 0.999, 100],
    [100, 50, 0, 100],
    [100, 50, 0.999, 150],
  ])('is, for --max-requests %d with a jitter of %d and %d, %d', (maxRequests, maxRequestsJitter, random, expected) => {
    expect(requestAllowance({ maxRequests, maxRequestsJitter }, random)).toBe(expected)
  })
})

describe('countedCalls', () => {
  it('tells once, and goes on', () => {
    let told = 0
    const counted = countedCalls(
      () => ({ status: 200, body: String(told) }),
      2,
      () => told++,
    )
    const call = () => counted.application({} as GatewayRequest, {} as Context)
    expect([call(), call(), call()]).toMatchObject([{ body: '0' }, { body: '1' }, { body: '1' }])
    expect(counted.count).toBe(3)
  })
})
