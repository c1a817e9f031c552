import { describe, expect, it } from '@jest/globals'
import { Bench, done, kinds, notices } from '../support/arbiter-bench.ts'

/** Two workers that serve, and may be silent for ten seconds. */
function watched(): Bench {
  const bench = new Bench({ timeout: 10_000 })
  bench.ready(1, 2)
  return bench
}

const kill = (id: number) => ({ type: 'kill', id, signal: 'SIGKILL' })
const STACK = 'at wait (node:internal/timers:1:2)\nat spin (/srv/app.js:3:5)\nat app (/srv/app.js:9:1)'

describe('a worker that is silent', () => {
  it('is asked where it stands still, and killed when it has answered', () => {
    const bench = watched()
    for (let second = 0; second < 9; second++) {
      bench.beat([2])
      expect(bench.pulse()).toEqual([])
    }
    bench.beat([2])
    expect(bench.pulse()).toEqual([{ type: 'trace', id: 1 }])
    expect(bench.event({ type: 'traced', id: 1, stack: STACK })).toEqual([
      { type: 'notice', notice: { kind: 'silent', id: 1, slot: 0, limit: 10_000, stack: STACK } },
      kill(1),
    ])
    expect(kinds(bench.exit(1, 'was killed by SIGKILL'))).toEqual(['died', 'booting'])
  })

  it('is killed without an answer two seconds later', () => {
    const bench = watched()
    for (let second = 0; second < 10; second++) bench.pulse()
    expect(done(bench.commands)).toEqual([
      { type: 'trace', id: 1 },
      { type: 'trace', id: 2 },
    ])
    expect(bench.wait()).toBe(2_000)
    expect(done(bench.commands)).toEqual([kill(1), kill(2)])
    expect(notices(bench.commands)).toMatchObject([{ kind: 'silent', stack: null }, { kind: 'silent' }])
  })

  it('goes on when it is heard of before it was killed, and a late answer changes nothing', () => {
    const bench = watched()
    for (let second = 0; second < 10; second++) bench.pulse()
    bench.beat([1])
    expect(bench.event({ type: 'traced', id: 1, stack: STACK })).toEqual([])
    expect(bench.wait()).toBe(2_000)
    expect(done(bench.commands)).toEqual([kill(2)])
    expect(bench.state.workers[0]).toMatchObject({ silence: 0, condemned: null, killAt: null })
  })

  it('is not blamed for time during which the master was stopped itself', () => {
    const bench = watched()
    expect(bench.pulse(3_600_000)).toEqual([])
    expect(bench.state.workers.map(({ silence }) => silence)).toEqual([2_000, 2_000])
  })

  it('may be so for as long as it likes without a timeout', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    for (let second = 0; second < 1_000; second++) expect(bench.pulse()).toEqual([])
  })

  it('is not watched while it boots, nor while it leaves: those have limits of their own', () => {
    const bench = new Bench({ timeout: 10_000 })
    bench.ready(1)
    bench.signal('SIGTERM')
    for (let second = 0; second < 20; second++) expect(bench.pulse()).toEqual([])
  })
})

describe('a worker that is late', () => {
  it('with its boot is asked where it stands still, and its failure tells', () => {
    const bench = new Bench({ workers: 1, timeout: 10_000 })
    expect(bench.wait()).toBe(60_000)
    expect(bench.commands).toEqual([{ type: 'trace', id: 1 }])
    expect(bench.event({ type: 'traced', id: 1, stack: STACK })).toEqual([kill(1)])
    const message = 'a worker was not ready within 60 s (--boot-timeout): it stands still at spin (/srv/app.js:3:5)'
    expect(notices(bench.exit(1, 'was killed by SIGKILL'))).toMatchObject([
      { kind: 'hopeless', failure: { message, detail: STACK } },
    ])
  })

  it('with its boot and becomes ready while it is asked serves', () => {
    const bench = new Bench({ workers: 1, timeout: 10_000 })
    bench.wait()
    bench.ready(1)
    expect(bench.event({ type: 'traced', id: 1, stack: STACK })).toEqual([])
    expect(bench.serving).toEqual([1])
  })

  it('with leaving is asked as well', () => {
    const bench = watched()
    bench.signal('SIGTERM')
    expect(bench.wait()).toBe(32_000)
    expect(bench.commands).toEqual([
      { type: 'trace', id: 1 },
      { type: 'trace', id: 2 },
    ])
    bench.event({ type: 'traced', id: 1, stack: STACK })
    expect(notices(bench.commands)).toMatchObject([{ kind: 'overdue', stack: STACK }])
    bench.exit(1, 'was killed by SIGKILL')
    bench.exit(2, 'exited with code 0')
    expect(notices(bench.commands)).toContainEqual({
      kind: 'stopped',
      endings: { left: 2, killed: 1 },
      took: 32_000,
    })
  })
})
