import { describe, expect, it } from '@jest/globals'
import { nextDeadline } from '../../src/arbiter/state.ts'
import { Bench, done, kinds, notices } from '../support/arbiter-bench.ts'

const spawn = (id: number, slot: number) => ({ type: 'spawn', id, slot })
const term = (id: number) => ({ type: 'kill', id, signal: 'SIGTERM' })
const REREAD = { type: 'reread' }
const REVERT = { type: 'revert' }
const ENTER = { type: 'enter-directory' }

/** Two workers that serve. */
function serving(policy = {}): Bench {
  const bench = new Bench(policy)
  bench.ready(1, 2)
  return bench
}

describe('a configuration that is read again', () => {
  it('has nothing happen until it is there', () => {
    const bench = serving()
    expect(bench.signal('SIGHUP')).toEqual([REREAD])
    expect(done(bench.event({ type: 'reread', policy: bench.state.policy }))).toEqual([ENTER, spawn(3, 2)])
  })

  it('that is broken is told of, and changes nothing; a later HUP tries again', () => {
    const bench = serving()
    bench.signal('SIGHUP')
    const problems = ['workers: expected a number', '--bind: the address is in use']
    expect(bench.event({ type: 'misread', problems })).toEqual([
      { type: 'notice', notice: { kind: 'misread', problems, workers: 2 } },
    ])
    expect(bench.serving).toEqual([1, 2])
    expect(bench.state.lastReload).toMatchObject({ kind: 'failed' })
    expect(bench.signal('SIGHUP')).toEqual([REREAD])
  })

  it('is read once more for those who asked meanwhile', () => {
    const bench = serving()
    bench.signal('SIGHUP')
    expect(bench.signal('SIGHUP')).toEqual([])
    expect(bench.signal('SIGHUP')).toEqual([])
    expect(bench.event({ type: 'reread', policy: bench.state.policy })).toEqual([REREAD])
    expect(done(bench.event({ type: 'reread', policy: bench.state.policy }))).toEqual([ENTER, spawn(3, 2)])
  })

  it('is of no use any more when a stop was asked for', () => {
    const bench = serving()
    bench.signal('SIGHUP')
    bench.signal('SIGTERM')
    expect(bench.event({ type: 'reread', policy: bench.state.policy })).toEqual([])
    expect(bench.event({ type: 'misread', problems: ['x'] })).toEqual([])
  })

  it('may ask for another number of workers; one that TTIN and TTOU led to stays else', () => {
    const bench = serving()
    bench.signal('SIGTTIN')
    bench.ready(3)
    bench.reload()
    expect(bench.state.target).toBe(3)
    bench.ready(4, 5, 6)
    bench.reload({ workers: 1 })
    expect(notices(bench.commands)).toContainEqual({ kind: 'target', target: 1 })
    bench.ready(7)
    expect(bench.serving).toEqual([7])
  })

  it('counts no more when the new workers do not boot', () => {
    const bench = serving()
    bench.reload({ workers: 4, gracefulTimeout: 1 })
    expect(done(bench.fail(3))).toContainEqual(REVERT)
    expect(bench.state).toMatchObject({ target: 2, fallback: null, policy: { workers: 2, gracefulTimeout: 30_000 } })
  })

  it('that begins anew before the first reload is over goes back to where that one came from', () => {
    const bench = serving()
    bench.reload({ gracefulTimeout: 1 })
    bench.reload({ gracefulTimeout: 2 })
    bench.fail(3)
    bench.fail(4)
    expect(bench.state.policy.gracefulTimeout).toBe(30_000)
  })
})

describe('the health window', () => {
  it('has the first new worker serve beside all the old ones for a while, and only then the others replaced', () => {
    const bench = serving({ healthWindow: 5_000 })
    bench.reload()
    expect(done(bench.event({ type: 'ready', id: 3 }))).toEqual([])
    expect(bench.wait()).toBe(5_000)
    expect(done(bench.commands)).toEqual([term(1), spawn(4, 3)])
    expect(done(bench.event({ type: 'ready', id: 4 }))).toEqual([term(2)])
    for (const id of [1, 2]) bench.exit(id, 'exited with code 0')
    expect(nextDeadline(bench.state)).toBeUndefined()
  })

  it('ends the reload when the new version dies within it: nobody has gone for it', () => {
    const bench = serving({ healthWindow: 5_000 })
    bench.reload()
    bench.ready(3)
    expect(notices(bench.exit(3, 'was killed by SIGSEGV'))).toMatchObject([
      {
        kind: 'reload-failed',
        workers: 2,
        failure: { message: 'a new worker was killed by SIGSEGV soon after it was ready' },
      },
      { kind: 'died' },
    ])
    expect(done(bench.commands)).toEqual([REVERT])
    expect(bench.serving).toEqual([1, 2])
    expect(nextDeadline(bench.state)).toBeUndefined()
  })

  it('ends it as well for a fault that a worker reports before it goes', () => {
    const bench = serving()
    bench.reload()
    bench.ready(3)
    bench.event({ type: 'stopping', id: 3, reason: 'uncaught exception', isFault: true })
    expect(notices(bench.commands)).toMatchObject([
      { kind: 'retiring' },
      {
        kind: 'reload-failed',
        workers: 1,
        failure: { message: 'a new worker stopped after an uncaught exception soon after it was ready' },
      },
    ])
    expect(bench.serving).toEqual([2])
  })

  it('does not count a new worker that somebody told to stop', () => {
    const bench = serving({ healthWindow: 5_000 })
    bench.reload()
    bench.ready(3)
    bench.event({ type: 'stopping', id: 3, reason: 'SIGTERM' })
    expect(kinds(bench.commands)).not.toContain('reload-failed')
    expect(bench.state.reloadTo).toBe(2)
  })

  it('is not for workers that have served enough', () => {
    const bench = new Bench({ workers: 1, healthWindow: 5_000 })
    bench.ready(1)
    bench.event({ type: 'spent', id: 1, reason: 'has served enough' })
    expect(done(bench.event({ type: 'ready', id: 2 }))).toEqual([term(1)])
  })
})
