// The soak, briefly: the same code as `npm run torture -- soak`, against a real kirin with two workers.
import { describe, expect, it } from '@jest/globals'
import { Random } from '../../src/random.ts'
import { leaksOf, noCounts } from '../../src/soak/counts.ts'
import { planClient } from '../../src/soak/plan.ts'
import { soak } from '../../src/soak/soak.ts'

describe('a soak', () => {
  it('of a few hundred random clients leaves nothing behind', async () => {
    const report = await soak({
      seed: 19_941_106,
      from: 0,
      seconds: Number.POSITIVE_INFINITY,
      connections: 240,
      workers: 2,
      isMixed: true,
      concurrency: 24,
    })
    expect(report.faults).toEqual([])
    expect(report.connections).toBe(240)
    expect(report.verified).toBeGreaterThan(200)
    expect(report.workers.map(({ worker }) => worker)).toEqual([0, 1, 0, 1])
    expect(Object.keys(report.manners)).toHaveLength(11)
  }, 120_000)

  it('plans the same client for the same seed and number', () => {
    expect(planClient(new Random(5, 6))).toEqual(planClient(new Random(5, 6)))
  })

  it('tells of what leaks', () => {
    const process = { worker: 0, pid: 1, heap: 8, rss: 80, open: ['at=1&n=2'], held: ['Socket open', 'TLSSocket open'] }
    const stats = { ...process, sockets: 2, counts: { ...noCounts(), calls: 1, iterables: 2 } }
    expect(leaksOf(stats)).toEqual([
      'responses and thrown calls: 0, not 1',
      'bodies of responses closed: 0, not 2; at=1&n=2',
      'sockets open: 2, not 1; Socket open; TLSSocket open',
    ])
  })
})
