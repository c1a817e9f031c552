import { describe, expect, it } from '@jest/globals'
import { Bench, done, kinds, notices } from '../support/arbiter-bench.ts'

const term = (id: number) => ({ type: 'kill', id, signal: 'SIGTERM' })
const spawn = (id: number, slot: number) => ({ type: 'spawn', id, slot })
const PREPARED = { type: 'upgrade-prepared' } as const
const CLOSE = { type: 'close-sockets' }

/** Two workers that serve. */
function serving(policy = {}): Bench {
  const bench = new Bench(policy)
  bench.ready(1, 2)
  return bench
}

/** USR2, and what comes before a new master is over. */
function upgrade(bench: Bench): void {
  bench.signal('SIGUSR2')
  bench.event(PREPARED)
}

describe('USR2', () => {
  it('starts a new master, once, and says how to go on when that serves', () => {
    const bench = serving()
    expect(bench.signal('SIGUSR2')).toEqual([{ type: 'prepare-upgrade' }])
    expect(notices(bench.signal('SIGUSR2'))).toEqual([{ kind: 'upgrade-pending', isPrepared: false }])
    expect(bench.event(PREPARED)).toEqual([{ type: 'notice', notice: { kind: 'upgrading' } }, { type: 'upgrade' }])
    expect(notices(bench.signal('SIGUSR2'))).toEqual([{ kind: 'upgrade-pending', isPrepared: true }])
    expect(bench.event({ type: 'upgrade-ready' })).toEqual([
      { type: 'notice', notice: { kind: 'upgrade-ready', auto: false } },
    ])
    expect(kinds(bench.signal('SIGUSR2'))).toEqual(['upgrade-pending'])
    expect(done(bench.signal('SIGTERM'))).toEqual([CLOSE, term(1), term(2)])
  })

  it('goes on with what there was when the new master fails, and may be tried again', () => {
    const bench = serving()
    upgrade(bench)
    expect(notices(bench.event({ type: 'upgrade-ended', ending: 'exited with code 4' }))).toEqual([
      { kind: 'upgrade-ended', ending: 'exited with code 4', wasReady: false, goesOn: true },
    ])
    expect(bench.serving).toEqual([1, 2])
    expect(done(bench.signal('SIGUSR2'))).toEqual([{ type: 'prepare-upgrade' }])
    expect(done(bench.event(PREPARED))).toEqual([{ type: 'upgrade' }])
  })

  it.each([0, 5_000])('starts nobody when a stop was asked for while it was prepared, with a delay of %d ms', delay => {
    const bench = serving({ preStopDelay: delay })
    bench.signal('SIGUSR2')
    bench.signal('SIGTERM')
    expect(bench.event(PREPARED)).toEqual([{ type: 'notice', notice: { kind: 'upgrade-dropped' } }])
    expect(bench.state.upgrade).toBeNull()
  })

  it('starts nobody for what was called off', () => {
    const bench = serving()
    bench.signal('SIGUSR2')
    bench.event({ type: 'upgrade-ended', ending: 'was not started' })
    expect(bench.event(PREPARED)).toEqual([])
  })

  it('does not say of a master that was told to stop that it goes on', () => {
    const bench = serving()
    upgrade(bench)
    bench.signal('SIGWINCH')
    bench.signal('SIGTERM')
    expect(notices(bench.event({ type: 'upgrade-ended', ending: 'exited with code 4' }))).toEqual([
      { kind: 'upgrade-ended', ending: 'exited with code 4', wasReady: false, goesOn: false },
    ])
  })

  it('has this master retire when the new one serves, with --upgrade-auto', () => {
    const bench = serving({ upgradeAuto: true, preStopDelay: 5_000 })
    upgrade(bench)
    expect(done(bench.event({ type: 'upgrade-ready' }))).toEqual([CLOSE, term(1), term(2)])
    bench.exit(1)
    expect(done(bench.exit(2))).toEqual([{ type: 'exit', code: 0 }])
  })

  it('is of no effect before anybody serves, and on the way out', () => {
    const bench = new Bench()
    expect(bench.signal('SIGUSR2')).toEqual([])
    bench.signal('SIGTERM')
    expect(bench.signal('SIGUSR2')).toEqual([])
  })
})

describe('WINCH', () => {
  it('stops the workers gracefully and keeps the master, until HUP', () => {
    const bench = serving()
    expect(done(bench.signal('SIGWINCH'))).toEqual([term(1), term(2)])
    expect(notices(bench.commands)).toEqual([{ kind: 'paused', workers: 2 }])
    expect(bench.signal('SIGWINCH')).toEqual([])
    for (const id of [1, 2]) expect(done(bench.exit(id, 'exited with code 0'))).toEqual([])
    expect(bench.state).toMatchObject({ phase: 'serving', workers: [], vacancies: [] })
    expect(done(bench.reload())).toEqual([{ type: 'enter-directory' }, spawn(3, 0), spawn(4, 1)])
    expect(kinds(bench.commands)).toEqual(['resumed', 'reloading', 'booting', 'booting'])
    bench.ready(3, 4)
    expect(kinds(bench.commands)).toContain('reloaded')
  })

  it('ends at TTIN as well: as many as there were', () => {
    const bench = serving()
    bench.signal('SIGWINCH')
    bench.exit(1)
    bench.exit(2)
    expect(done(bench.signal('SIGTTIN'))).toEqual([spawn(3, 0), spawn(4, 1)])
    expect(bench.state.target).toBe(2)
  })

  it('sends away who becomes ready meanwhile, and ends a reload', () => {
    const bench = serving()
    bench.reload()
    expect(done(bench.signal('SIGWINCH'))).toContainEqual(term(3))
    // Somebody may wait for its end.
    expect(kinds(bench.commands)).toEqual(['paused', 'reload-cut'])
    for (const id of [1, 2, 3]) bench.exit(id, 'exited with code 0')
    expect(bench.state).toMatchObject({ workers: [], reloadTo: null })
    expect(bench.state.lastReload).toEqual({ kind: 'cut', at: bench.now })
  })

  it('is over when the new master of an upgrade dies: somebody must serve', () => {
    const bench = serving()
    upgrade(bench)
    bench.event({ type: 'upgrade-ready' })
    bench.signal('SIGWINCH')
    bench.exit(1)
    bench.exit(2)
    expect(done(bench.event({ type: 'upgrade-ended', ending: 'was killed by SIGKILL' }))).toEqual([
      spawn(3, 0),
      spawn(4, 1),
    ])
    expect(notices(bench.commands)[0]).toMatchObject({ kind: 'upgrade-ended', wasReady: true })
  })
})
