// Pipelines of valid requests in any order of reads, writes, steps of the application, and losses of the client.
import { fc, it } from '@fast-check/jest'
import { describe, expect } from '@jest/globals'
import { runInterleaving } from '../../src/interleavings/interleavings.ts'
import { bytesOf, planExchanges } from '../../src/interleavings/plan.ts'
import { World } from '../../src/interleavings/world.ts'
import { Random } from '../../src/random.ts'

describe('a pipeline of valid requests', () => {
  it.prop([fc.nat(), fc.nat()], { seed: 19_941_106, numRuns: 1200 })(
    'is read and answered alike in any order of events, and ends everything once',
    async (seed, number) => {
      expect(await runInterleaving(seed, number)).toBeUndefined()
    },
    120_000,
  )

  it('is made of the seed and the number alone', () => {
    expect(planExchanges(new Random(3, 4))).toEqual(planExchanges(new Random(3, 4)))
  })

  it('that is not what was planned is told of', async () => {
    const plan = planExchanges(new Random(3, 4))
    const [other = ''] = plan.map(one => bytesOf({ ...one, target: '/other' }))
    const world = new World(plan, [Buffer.from(other, 'latin1')])
    await world.happen('read')
    await world.happen('begin')
    expect(world.fault).toMatch(/^saw .* \/other as number 0$/)
  })
})
