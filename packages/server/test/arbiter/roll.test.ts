import { describe, expect, it } from '@jest/globals'
import type { Policy } from '../../src/arbiter/model.ts'
import { nextDeadline } from '../../src/arbiter/state.ts'
import { Bench, done, FAILURE, kinds, notices } from '../support/arbiter-bench.ts'

/** Two workers that serve, and then a HUP: worker 3 is the first new one. */
function reloading(policy: Partial<Policy> = {}): Bench {
  const bench = new Bench(policy)
  bench.ready(1, 2)
  bench.reload()
  return bench
}

const spawn = (id: number, slot: number) => ({ type: 'spawn', id, slot })
const term = (id: number) => ({ type: 'kill', id, signal: 'SIGTERM' })

describe('a reload', () => {
  it('starts one new worker, and an old one goes when that is ready: one after the other', () => {
    const bench = reloading()
    expect(bench.commands).toEqual([
      { type: 'enter-directory' },
      { type: 'notice', notice: { kind: 'reloading', workers: 2 } },
      spawn(3, 2),
      { type: 'notice', notice: { kind: 'booting', id: 3, slot: 2 } },
    ])
    expect(done(bench.event({ type: 'ready', id: 3 }))).toEqual([term(1), spawn(4, 3)])
    expect(done(bench.event({ type: 'ready', id: 4 }))).toEqual([term(2)])
    expect(notices(bench.commands)).toContainEqual({ kind: 'reloaded', workers: 2 })
    expect(kinds(bench.exit(1, 'exited with code 0'))).toEqual(['left'])
    bench.exit(2, 'exited with code 0')
    expect(bench.serving).toEqual([3, 4])
    expect(nextDeadline(bench.state)).toBeUndefined()
  })

  it('has the certificates read again first, where there are some', () => {
    const bench = reloading({ certificates: true })
    expect(done(bench.commands)).toEqual([{ type: 'enter-directory' }, { type: 'renew-certificates' }, spawn(3, 2)])
    bench.signal('SIGTERM')
    expect(bench.signal('SIGHUP')).toEqual([])
  })

  it('is over when the first new worker cannot boot: the old ones stay, and nothing is tried again', () => {
    const bench = reloading()
    expect(bench.fail(3)).toEqual([
      { type: 'revert' },
      { type: 'notice', notice: { kind: 'reload-failed', failure: FAILURE, workers: 2 } },
    ])
    expect(bench.serving).toEqual([1, 2])
    expect(nextDeadline(bench.state)).toBeUndefined()
  })

  it('is over when a new worker is not ready in time', () => {
    const bench = reloading()
    expect(bench.wait()).toBe(60_000)
    expect(done(bench.commands)).toEqual([{ type: 'kill', id: 3, signal: 'SIGKILL' }])
    const message = 'a worker was not ready within 60 s (--boot-timeout)'
    expect(notices(bench.exit(3, 'was killed by SIGKILL'))).toMatchObject([
      { kind: 'reload-failed', failure: { message }, workers: 2 },
    ])
  })

  it('that failed half-way leaves the new workers and the rest of the old ones, and the next one replaces all', () => {
    const bench = reloading()
    bench.ready(3)
    bench.exit(1, 'exited with code 0')
    expect(notices(bench.fail(4))).toEqual([{ kind: 'reload-failed', failure: FAILURE, workers: 1 }])
    expect(bench.serving).toEqual([2, 3])
    expect(done(bench.reload())).toEqual([{ type: 'enter-directory' }, spawn(5, 0)])
    bench.ready(5, 6)
    expect(bench.serving).toEqual([5, 6])
  })

  it('that failed is tried again by the next HUP', () => {
    const bench = reloading()
    bench.fail(3)
    expect(done(bench.reload())).toEqual([{ type: 'enter-directory' }, spawn(4, 2)])
    expect(done(bench.event({ type: 'ready', id: 4 }))).toContainEqual(term(1))
  })

  it('begins anew at a HUP in the middle of it: what the first one started is replaced as well', () => {
    const bench = reloading()
    bench.ready(3)
    expect(done(bench.reload())).toEqual([{ type: 'enter-directory' }])
    // 4 was started before the second HUP: it helps out until one of the last generation is there.
    bench.ready(4)
    expect(bench.serving).toEqual([3, 4])
    bench.ready(5)
    expect(bench.serving).toEqual([4, 5])
    bench.ready(6)
    expect(bench.serving).toEqual([5, 6])
    expect(kinds(bench.commands)).toContain('reloaded')
  })

  it('does not fail by a worker that was started before the last HUP', () => {
    const bench = reloading()
    bench.reload()
    expect(kinds(bench.fail(3))).toEqual(['boot-failed', 'booting'])
    bench.ready(4, 5)
    expect(bench.serving).toEqual([4, 5])
  })

  it('ends with everything else at TERM, and nobody is started any more', () => {
    const bench = reloading()
    expect(done(bench.signal('SIGTERM'))).toEqual([{ type: 'close-sockets' }, term(1), term(2), term(3)])
    expect(bench.event({ type: 'ready', id: 3 })).toEqual([])
    for (const id of [1, 2]) bench.exit(id)
    expect(done(bench.exit(3))).toEqual([{ type: 'exit', code: 0 }])
  })

  it('takes the new worker for an old one that dies meanwhile', () => {
    const bench = reloading({ workers: 1 })
    // One worker serves, and 2, which was never started, cannot have been ready.
    expect(bench.serving).toEqual([1])
    expect(done(bench.exit(1, 'was killed by SIGKILL'))).toEqual([])
    bench.ready(2)
    expect(bench.serving).toEqual([2])
    expect(bench.state.reloadTo).toBeNull()
  })

  it('replaces an old worker that dies meanwhile by a new one, and goes on with the others', () => {
    const bench = reloading()
    expect(done(bench.exit(1, 'was killed by SIGKILL'))).toEqual([spawn(4, 0)])
    bench.ready(3)
    // 2 stays until both others are there: until then nobody serves beyond what is wanted.
    expect(bench.serving).toEqual([2, 3])
    expect(done(bench.event({ type: 'ready', id: 4 }))).toEqual([term(2)])
    expect(bench.serving).toEqual([3, 4])
  })

  it('does not wait for the end of a pause after failures: it may bring the cure', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    bench.exit(1)
    bench.fail(3)
    expect(done(bench.reload())).toEqual([{ type: 'enter-directory' }, spawn(4, 0), spawn(5, 2)])
  })

  it('during the first start replaces who is ready only then, and gives the others a second try', () => {
    const bench = new Bench()
    expect(done(bench.reload())).toEqual([{ type: 'enter-directory' }])
    expect(done(bench.fail(1))).toEqual([spawn(3, 0)])
    expect(done(bench.event({ type: 'ready', id: 2 }))).toEqual([spawn(4, 2)])
    bench.ready(3, 4)
    expect(bench.serving).toEqual([3, 4])
  })

  it('keeps to the number that TTIN asks for meanwhile', () => {
    const bench = reloading()
    expect(done(bench.signal('SIGTTIN'))).toEqual([spawn(4, 3)])
    bench.ready(3)
    expect(bench.serving).toEqual([1, 2, 3])
    bench.ready(4, 5)
    expect(bench.serving).toEqual([3, 4, 5])
    expect(bench.state.reloadTo).toBeNull()
  })

  it('keeps to the number that TTOU asks for meanwhile', () => {
    const bench = reloading()
    expect(done(bench.signal('SIGTTOU'))).toEqual([term(2)])
    bench.ready(3)
    expect(bench.serving).toEqual([3])
    expect(bench.state.reloadTo).toBeNull()
  })
})

describe('a worker that has served enough', () => {
  it('goes on until its successor is ready', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    const reason = 'has served 100 requests'
    expect(bench.event({ type: 'spent', id: 1, reason })).toEqual([
      { type: 'notice', notice: { kind: 'spent', id: 1, slot: 0, reason } },
      spawn(3, 2),
      { type: 'notice', notice: { kind: 'booting', id: 3, slot: 2 } },
    ])
    expect(bench.event({ type: 'spent', id: 1, reason })).toEqual([])
    expect(done(bench.event({ type: 'ready', id: 3 }))).toEqual([term(1)])
    expect(bench.serving).toEqual([2, 3])
  })

  it('goes on for as long as no successor boots, which is tried with growing pauses', () => {
    const bench = new Bench({ workers: 1 })
    bench.ready(1)
    bench.event({ type: 'spent', id: 1, reason: 'has served enough' })
    const pauses: number[] = []
    for (let id = 2; id < 6; id++) {
      expect(kinds(bench.fail(id))).toEqual(['boot-failed'])
      pauses.push(bench.wait())
    }
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000])
    bench.ready(6)
    expect(bench.serving).toEqual([6])
  })

  it('is replaced as well when it said so before anybody knew that it is ready', () => {
    const bench = new Bench({ workers: 1 })
    bench.event({ type: 'spent', id: 1, reason: 'has served enough' })
    bench.ready(1, 2)
    expect(bench.serving).toEqual([2])
  })

  it('waits its turn: one successor at a time', () => {
    const bench = new Bench({ workers: 3 })
    bench.ready(1, 2, 3)
    for (const id of [1, 2, 3]) bench.event({ type: 'spent', id, reason: 'has served enough' })
    expect(bench.state.workers).toHaveLength(4)
    bench.ready(4, 5, 6)
    expect(bench.serving).toEqual([4, 5, 6])
  })
})

describe('places', () => {
  const placesOf = (bench: Bench) => bench.state.workers.map(({ id, place }) => [id, place])

  it('are kept: a successor has that of the worker that goes for it', () => {
    const bench = reloading()
    expect(placesOf(bench)).toEqual([
      [1, 0],
      [2, 1],
      [3, 0],
    ])
    bench.ready(3)
    expect(placesOf(bench).at(-1)).toEqual([4, 1])
    bench.ready(4)
    for (const id of [1, 2]) bench.exit(id, 'exited with code 0')
    expect(placesOf(bench)).toEqual([
      [3, 0],
      [4, 1],
    ])
  })

  it('of a worker that died goes to the next one', () => {
    const bench = new Bench({ workers: 3 })
    bench.ready(1, 2, 3)
    bench.exit(2)
    expect(placesOf(bench).at(-1)).toEqual([4, 1])
  })

  it('of a worker that has served enough is left to its successor, which it goes for', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    bench.event({ type: 'spent', id: 2, reason: 'has served enough' })
    expect(placesOf(bench).at(-1)).toEqual([3, 1])
    expect(done(bench.event({ type: 'ready', id: 3 }))).toEqual([term(2)])
  })

  it('are taken from the highest down: one worker fewer leaves no gap', () => {
    const bench = new Bench({ workers: 3 })
    bench.ready(1, 2, 3)
    expect(done(bench.signal('SIGTTOU'))).toEqual([term(3)])
    bench.exit(3, 'exited with code 0')
    expect(placesOf(bench)).toEqual([
      [1, 0],
      [2, 1],
    ])
  })

  it('are filled from below: who is beyond them goes when the lower one is taken, not before', () => {
    const bench = new Bench({ workers: 3 })
    bench.ready(1, 2, 3)
    bench.exit(1)
    expect(done(bench.signal('SIGTTOU'))).toEqual([])
    expect(placesOf(bench)).toEqual([
      [2, 1],
      [3, 2],
      [4, 0],
    ])
    expect(done(bench.event({ type: 'ready', id: 4 }))).toEqual([term(3)])
  })

  it('are filled even when the one below fails to boot: it is tried again, and nobody goes meanwhile', () => {
    const bench = new Bench({ workers: 2 })
    bench.ready(1, 2)
    bench.exit(1)
    bench.signal('SIGTTOU')
    expect(done(bench.fail(3))).toEqual([])
    expect(bench.serving).toEqual([2])
    expect(bench.wait()).toBeGreaterThan(0)
    expect(placesOf(bench)).toEqual([
      [2, 1],
      [4, 0],
    ])
    expect(done(bench.event({ type: 'ready', id: 4 }))).toEqual([term(2)])
  })

  it('have no gap when one fewer is wanted while one is to be replaced', () => {
    const bench = new Bench({ workers: 3 })
    bench.ready(1, 2, 3)
    bench.event({ type: 'spent', id: 1, reason: 'has served enough' })
    expect(done(bench.signal('SIGTTOU'))).toEqual([term(3)])
    expect(done(bench.event({ type: 'ready', id: 4 }))).toEqual([term(1)])
    for (const id of [1, 3]) bench.exit(id, 'exited with code 0')
    expect(placesOf(bench)).toEqual([
      [2, 1],
      [4, 0],
    ])
  })

  it('that are beyond the number do not keep a pause from stopping everybody', () => {
    const bench = new Bench({ workers: 2 })
    bench.ready(1, 2)
    bench.exit(1)
    bench.signal('SIGTTOU')
    bench.signal('SIGWINCH')
    expect(bench.state.workers.map(({ phase }) => phase)).toEqual(['leaving', 'leaving'])
  })
})
