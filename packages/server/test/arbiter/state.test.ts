import { describe, expect, it } from '@jest/globals'
import { nextDeadline } from '../../src/arbiter/state.ts'
import { Bench, done, FAILURE, kinds, notices } from '../support/arbiter-bench.ts'

describe('starting', () => {
  it('spawns every worker at once, numbered from nought', () => {
    const bench = new Bench({ workers: 3 })
    expect(done(bench.commands)).toEqual([
      { type: 'spawn', id: 1, slot: 0 },
      { type: 'spawn', id: 2, slot: 1 },
      { type: 'spawn', id: 3, slot: 2 },
    ])
  })

  it('says that it serves when the first worker is ready, once', () => {
    const bench = new Bench()
    expect(kinds(bench.event({ type: 'ready', id: 2 }))).toEqual(['ready', 'serving'])
    expect(kinds(bench.event({ type: 'ready', id: 1 }))).toEqual(['ready'])
  })

  it('kills a worker that is not ready in time, and counts that as a failed boot', () => {
    const bench = new Bench({ workers: 1 })
    expect(bench.wait()).toBe(60_000)
    expect(done(bench.commands)).toEqual([{ type: 'kill', id: 1, signal: 'SIGKILL' }])
    expect(notices(bench.exit(1, 'was killed by SIGKILL'))).toEqual([
      {
        kind: 'hopeless',
        workers: 1,
        failure: { message: 'a worker was not ready within 60 s (--boot-timeout)', detail: null, exitCode: 3 },
      },
    ])
  })

  it('tells the reason once and ends with its exit code when no worker ever becomes ready', () => {
    const bench = new Bench({ workers: 3 })
    expect(bench.fail(1)).toEqual([])
    expect(bench.fail(2)).toEqual([])
    expect(bench.fail(3)).toEqual([
      { type: 'notice', notice: { kind: 'hopeless', failure: FAILURE, workers: 3 } },
      { type: 'exit', code: 4 },
    ])
    expect(bench.state.phase).toBe('gone')
  })

  it('gives nobody a second try before one worker has been ready', () => {
    const bench = new Bench()
    bench.fail(1)
    expect(nextDeadline(bench.state)).toBe(61_000)
    bench.now += 50_000
    expect(bench.event({ type: 'tick' })).toEqual([])
  })

  it('tells of held-back failures when another worker is ready, and tries again', () => {
    const bench = new Bench()
    bench.fail(1)
    expect(kinds(bench.event({ type: 'ready', id: 2 }))).toEqual(['ready', 'serving', 'boot-failed'])
    expect(bench.wait()).toBe(500)
    expect(done(bench.commands)).toEqual([{ type: 'spawn', id: 3, slot: 0 }])
  })

  it('says how a worker ended that could not say so itself', () => {
    const bench = new Bench({ workers: 1 })
    expect(notices(bench.exit(1, 'was killed by SIGSEGV'))).toMatchObject([
      { kind: 'hopeless', failure: { message: 'a worker was killed by SIGSEGV before it was ready', exitCode: 3 } },
    ])
  })

  it('kills a worker that said it failed but does not go', () => {
    const bench = new Bench({ workers: 1 })
    bench.event({ type: 'failed', id: 1, failure: FAILURE })
    expect(bench.wait()).toBe(2_000)
    expect(done(bench.commands)).toEqual([{ type: 'kill', id: 1, signal: 'SIGKILL' }])
    expect(done(bench.exit(1))).toEqual([{ type: 'exit', code: 4 }])
  })
})

describe('replacing', () => {
  it('replaces a worker that was ready at once, in its place', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    expect(bench.exit(2, 'was killed by SIGKILL')).toEqual([
      { type: 'notice', notice: { kind: 'died', id: 2, slot: 1, ending: 'was killed by SIGKILL', retryIn: 0 } },
      { type: 'spawn', id: 3, slot: 1 },
      { type: 'notice', notice: { kind: 'booting', id: 3, slot: 1 } },
    ])
  })

  it('waits longer with each boot that fails, while the others serve', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    bench.exit(1)
    const pauses: number[] = []
    for (let id = 3; id < 11; id++) {
      expect(kinds(bench.fail(id))).toEqual(['boot-failed'])
      pauses.push(bench.wait())
    }
    // The worker that died young was the first failure in its place.
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
    expect(bench.slots).toEqual([1, 0])
  })

  it('waits longer when workers keep dying soon after they were ready', () => {
    const bench = new Bench({ workers: 1 })
    const pauses: number[] = []
    for (let id = 1; id < 5; id++) {
      bench.ready(id)
      bench.exit(id)
      pauses.push(bench.state.workers.length > 0 ? 0 : bench.wait())
    }
    expect(pauses).toEqual([0, 500, 1000, 2000])
  })

  it('forgets failures after a worker was healthy for a while', () => {
    const bench = new Bench({ workers: 1 })
    for (const id of [1, 2]) {
      bench.ready(id)
      bench.exit(id)
    }
    bench.wait()
    bench.ready(3)
    bench.now += 30_000
    expect(done(bench.exit(3))).toEqual([{ type: 'spawn', id: 4, slot: 0 }])
    expect(bench.state.workers[0]?.failures).toBe(0)
  })

  it('starts a successor when a worker stops by itself, under a number that is free', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    expect(done(bench.event({ type: 'stopping', id: 1, reason: 'uncaught exception' }))).toEqual([
      { type: 'spawn', id: 3, slot: 2 },
    ])
    expect(bench.exit(1)).toEqual([
      { type: 'notice', notice: { kind: 'left', id: 1, slot: 0, ending: 'exited with code 1' } },
    ])
  })

  it('kills a worker that stops by itself and does not finish in time', () => {
    const bench = new Bench({ workers: 1 })
    bench.ready(1)
    bench.event({ type: 'stopping', id: 1, reason: 'SIGTERM' })
    bench.ready(2)
    expect(bench.wait()).toBe(32_000)
    expect(bench.commands).toEqual([
      { type: 'notice', notice: { kind: 'overdue', id: 1, slot: 0, limit: 30_000, stack: null } },
      { type: 'kill', id: 1, signal: 'SIGKILL' },
    ])
  })

  it('ignores what is said of workers that are gone', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    bench.exit(1)
    for (const event of [
      { type: 'ready', id: 1 },
      { type: 'exited', id: 1, ending: 'exited with code 0' },
      { type: 'stopping', id: 1, reason: 'late' },
      { type: 'failed', id: 99, failure: FAILURE },
    ] as const) {
      expect(bench.event(event)).toEqual([])
    }
  })
})

describe('stopping', () => {
  it('asks every worker to finish at TERM, closes its sockets first, and exits with 0 after the last', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    expect(bench.signal('SIGTERM')).toEqual([
      { type: 'close-sockets' },
      { type: 'notice', notice: { kind: 'stopping', graceful: true, workers: 2 } },
      { type: 'kill', id: 1, signal: 'SIGTERM' },
      { type: 'kill', id: 2, signal: 'SIGTERM' },
    ])
    expect(done(bench.exit(2, 'exited with code 0'))).toEqual([])
    expect(done(bench.exit(1, 'exited with code 0'))).toEqual([{ type: 'exit', code: 0 }])
  })

  it('kills what does not finish within the graceful timeout and the time for shutdown', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    bench.signal('SIGTERM')
    bench.exit(1)
    expect(bench.wait()).toBe(32_000)
    expect(done(bench.commands)).toEqual([{ type: 'kill', id: 2, signal: 'SIGKILL' }])
    expect(nextDeadline(bench.state)).toBeUndefined()
    expect(done(bench.exit(2, 'was killed by SIGKILL'))).toEqual([{ type: 'exit', code: 0 }])
  })

  it.each(['SIGINT', 'SIGQUIT'] as const)('asks for a quick end at %s', signal => {
    const bench = new Bench({ workers: 1 })
    bench.ready(1)
    expect(done(bench.signal(signal))).toEqual([{ type: 'close-sockets' }, { type: 'kill', id: 1, signal: 'SIGQUIT' }])
    expect(bench.wait()).toBe(5_000)
    expect(done(bench.commands)).toEqual([{ type: 'kill', id: 1, signal: 'SIGKILL' }])
  })

  it('hurries at a second TERM, but not when it is the same one delivered twice', () => {
    const bench = new Bench({ workers: 1 })
    bench.ready(1)
    bench.signal('SIGTERM')
    bench.now += 10
    expect(bench.signal('SIGTERM')).toEqual([])
    bench.now += 600
    expect(done(bench.signal('SIGTERM'))).toContainEqual({ type: 'kill', id: 1, signal: 'SIGQUIT' })
    expect(bench.signal('SIGINT')).toEqual([])
  })

  it('hurries at INT during a graceful stop, whenever it comes', () => {
    const bench = new Bench({ workers: 1 })
    bench.ready(1)
    bench.signal('SIGTERM')
    expect(done(bench.signal('SIGINT'))).toContainEqual({ type: 'kill', id: 1, signal: 'SIGQUIT' })
  })

  it('starts nobody any more', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    bench.exit(1)
    bench.fail(3)
    bench.signal('SIGTERM')
    expect(bench.state.vacancies).toEqual([])
    bench.signal('SIGTTIN')
    bench.now += 100_000
    bench.event({ type: 'tick' })
    expect(bench.state.workers.map(({ id }) => id)).toEqual([2])
  })

  it('ends at once when there is no worker to wait for', () => {
    const bench = new Bench({ workers: 1 })
    bench.ready(1)
    bench.exit(1)
    bench.fail(2)
    expect(done(bench.signal('SIGTERM'))).toEqual([{ type: 'close-sockets' }, { type: 'exit', code: 0 }])
  })

  it('ends with 0 when it is told to stop while workers boot, whatever they say then', () => {
    const bench = new Bench({ workers: 1 })
    bench.signal('SIGTERM')
    bench.ready(1)
    expect(done(bench.fail(1))).toEqual([{ type: 'exit', code: 0 }])
  })
})

describe('more and fewer', () => {
  it('adds a worker at TTIN under the lowest free number', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    expect(done(bench.signal('SIGTTIN'))).toEqual([{ type: 'spawn', id: 3, slot: 2 }])
  })

  it('lets the worker in the highest place finish at TTOU and does not replace it', () => {
    const bench = new Bench({ workers: 3 })
    bench.ready(1, 2, 3)
    bench.exit(1)
    bench.ready(4)
    expect(done(bench.signal('SIGTTOU'))).toEqual([{ type: 'kill', id: 3, signal: 'SIGTERM' }])
    expect(done(bench.exit(3, 'exited with code 0'))).toEqual([])
    expect(bench.slots).toEqual([1, 0])
    expect(done(bench.signal('SIGTTIN'))).toEqual([{ type: 'spawn', id: 5, slot: 2 }])
  })

  it('gives up a place that waits for its next try rather than a worker that serves', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    bench.exit(2)
    bench.fail(3)
    expect(done(bench.signal('SIGTTOU'))).toEqual([])
    expect(bench.state.vacancies).toEqual([])
    expect(bench.slots).toEqual([0])
  })

  it('gives up the last worker that is still booting rather than one that serves', () => {
    const bench = new Bench({ workers: 1 })
    bench.ready(1)
    bench.signal('SIGTTIN')
    bench.signal('SIGTTIN')
    expect(done(bench.signal('SIGTTOU'))).toEqual([{ type: 'kill', id: 3, signal: 'SIGTERM' }])
    expect(done(bench.signal('SIGTTOU'))).toEqual([{ type: 'kill', id: 2, signal: 'SIGTERM' }])
  })

  it('never goes below one worker', () => {
    const bench = new Bench({ workers: 1 })
    bench.ready(1)
    expect(kinds(bench.signal('SIGTTOU'))).toEqual(['one-is-least'])
    expect(bench.state.target).toBe(1)
  })
})

describe('other signals', () => {
  it('reopens the logs at USR1, also on the way out', () => {
    const bench = new Bench({ workers: 1 })
    bench.ready(1)
    expect(done(bench.signal('SIGUSR1'))).toEqual([{ type: 'reopen-logs' }])
    bench.signal('SIGTERM')
    expect(done(bench.signal('SIGUSR1'))).toEqual([{ type: 'reopen-logs' }])
  })
})
