import { describe, expect, it } from '@jest/globals'
import { spreadOf } from '../../src/chaos/spread.ts'

describe('the spread of connections', () => {
  it('counts each of them with the worker that answers on it', async () => {
    const { connections, deviation } = await spreadOf({
      workers: 2,
      connections: 20,
      arrival: 'at once',
      settings: [],
    })
    const [few = 0, many = 0] = connections
    expect([connections.length, few + many, many >= few]).toEqual([2, 20, true])
    expect(deviation).toBeCloseTo((many - few) / 2)
  }, 300_000)
})
