import { execFileSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import { connectionsWithinDescriptors } from '../../src/worker/descriptor-limit.ts'

describe('the connections that the descriptors leave', () => {
  it.each([
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [1_048_576, 1_048_448],
    [1024, 896],
    [255, 127],
    [2, 1],
    [1, 1],
  ])('are, of %d, %d', (limit, connections) => expect(connectionsWithinDescriptors(limit)).toBe(connections))

  it('are counted from the limit of this process', () => {
    // A child has the limit of its parent; the shell says it in the same words as the system.
    const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim()
    expect(connectionsWithinDescriptors()).toBe(
      limit === 'unlimited' ? Number.POSITIVE_INFINITY : connectionsWithinDescriptors(Number(limit)),
    )
  })
})
