import { describe, expect, it } from '@jest/globals'
import { Bench, done, FAILURE, kinds, notices } from '../support/arbiter-bench.ts'

const term = (id: number) => ({ type: 'kill', id, signal: 'SIGTERM' })
const CLOSE = { type: 'close-sockets' }

/** Two workers that serve on for five seconds after TERM. */
function delayed(): Bench {
  const bench = new Bench({ preStopDelay: 5_000 })
  bench.ready(1, 2)
  bench.signal('SIGTERM')
  return bench
}

describe('--pre-stop-delay', () => {
  it('has workers serve on for that long after TERM, and those that die replaced', () => {
    const bench = delayed()
    expect(bench.commands).toEqual([{ type: 'notice', notice: { kind: 'announced', delay: 5_000 } }])
    bench.now += 1_000
    expect(done(bench.exit(1))).toEqual([{ type: 'spawn', id: 3, slot: 0 }])
    bench.ready(3)
    expect(bench.wait()).toBe(4_000)
    expect(done(bench.commands)).toEqual([CLOSE, term(2), term(3)])
  })

  it('ends at another TERM, which begins the graceful stop; one more makes that quick', () => {
    const bench = delayed()
    bench.now += 499
    expect(bench.signal('SIGTERM')).toEqual([])
    bench.now += 1
    expect(done(bench.signal('SIGTERM'))).toEqual([CLOSE, term(1), term(2)])
    bench.now += 500
    expect(done(bench.signal('SIGTERM'))).toContainEqual({ type: 'kill', id: 1, signal: 'SIGQUIT' })
  })

  it('counts for nothing at INT and QUIT', () => {
    const bench = delayed()
    expect(done(bench.signal('SIGINT'))).toContainEqual({ type: 'kill', id: 1, signal: 'SIGQUIT' })
  })

  it('leaves out what would change the number or the version of workers', () => {
    const bench = delayed()
    for (const signal of ['SIGHUP', 'SIGTTIN', 'SIGTTOU'] as const) expect(bench.signal(signal)).toEqual([])
    expect(kinds(bench.signal('SIGUSR1'))).toEqual(['reopening'])
  })

  it('is nothing to wait for when no worker has ever been ready', () => {
    const bench = new Bench({ preStopDelay: 5_000 })
    expect(done(bench.signal('SIGTERM'))).toEqual([CLOSE, term(1), term(2)])
  })
})

describe('a worker that has said why it cannot boot', () => {
  it('is killed no later for a stop, or for one worker less', () => {
    for (const signal of ['SIGTERM', 'SIGTTOU'] as const) {
      const bench = new Bench()
      bench.ready(1)
      bench.event({ type: 'failed', id: 2, failure: FAILURE })
      bench.signal(signal)
      expect(bench.state.workers.find(({ id }) => id === 2)).toMatchObject({
        phase: 'leaving',
        killAt: bench.now + 2_000,
      })
    }
  })
})

describe('the end', () => {
  it('tells how many workers ended, how long that took, and how many had to be killed', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    bench.signal('SIGTERM')
    bench.now += 1_500
    bench.exit(1, 'exited with code 0')
    bench.wait()
    expect(notices(bench.exit(2, 'was killed by SIGKILL'))).toContainEqual({
      kind: 'stopped',
      endings: { left: 2, killed: 1 },
      took: 32_000,
    })
  })
})
