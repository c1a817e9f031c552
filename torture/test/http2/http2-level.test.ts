// The attacks on HTTP/2, each once: the same code as `npm run torture -- http2`, against a real kirin.
import { describe, expect, it } from '@jest/globals'
import { attackNames, planAttack } from '../../src/http2/attacks.ts'
import { runHttp2Attacks } from '../../src/http2/http2-level.ts'
import { Random } from '../../src/random.ts'

describe('attacks on connections of HTTP/2', () => {
  it('end as they should, harm no bystander and leave nothing behind', async () => {
    const report = await runHttp2Attacks({
      seed: 19_941_106,
      from: 0,
      cases: attackNames.length + 7,
      seconds: Number.POSITIVE_INFINITY,
      workers: 1,
      concurrency: 48,
    })
    expect(report.faults).toEqual([])
    expect(Object.keys(report.attacks).sort()).toEqual([...attackNames].sort())
    expect(report.bystanders).toBeGreaterThan(0)
  }, 240_000)

  it('are the same for the same seed and number', () => {
    expect(planAttack(new Random(5, 84), 84)).toEqual(planAttack(new Random(5, 84), 84))
  })
})
