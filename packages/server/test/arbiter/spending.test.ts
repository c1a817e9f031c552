import { describe, expect, it } from '@jest/globals'
import { nextDeadline } from '../../src/arbiter/state.ts'
import { Bench, done, kinds, notices } from '../support/arbiter-bench.ts'

const MB = 2 ** 20
const spawn = (id: number, slot: number) => ({ type: 'spawn', id, slot })
const term = (id: number) => ({ type: 'kill', id, signal: 'SIGTERM' })

describe('--max-memory', () => {
  it('has a worker that has grown beyond it replaced, and it goes on until its successor is ready', () => {
    const bench = new Bench({ maxMemory: 100 * MB })
    bench.ready(1, 2)
    bench.beat([1, 2], { rss: 100 * MB })
    expect(bench.commands).toEqual([])
    bench.beat([1], { rss: 101 * MB })
    expect(done(bench.commands)).toEqual([spawn(3, 2)])
    expect(notices(bench.commands)).toMatchObject([
      { kind: 'spent', id: 1, reason: 'has grown to 101 MB (--max-memory)' },
      { kind: 'booting' },
    ])
    expect(bench.beat([1], { rss: 200 * MB })).toEqual([])
    expect(done(bench.event({ type: 'ready', id: 3 }))).toEqual([term(1)])
  })

  it('that is below what the application takes from the start is told once, and replaces nobody before half a minute', () => {
    const bench = new Bench({ workers: 1, maxMemory: 100 * MB })
    bench.ready(1)
    expect(notices(bench.beat([1], { rss: 120 * MB }))).toEqual([
      { kind: 'born-large', id: 1, slot: 0, rss: 120 * MB, maxMemory: 100 * MB },
    ])
    bench.now += 29_999
    expect(bench.beat([1], { rss: 130 * MB })).toEqual([])
    bench.now += 1
    expect(kinds(bench.beat([1], { rss: 130 * MB }))).toEqual(['spent', 'booting'])
  })

  it('does not look at workers that boot or leave', () => {
    const bench = new Bench({ workers: 1, maxMemory: 100 * MB })
    expect(bench.beat([1], { rss: 500 * MB })).toEqual([])
    bench.ready(1)
    bench.signal('SIGTERM')
    expect(bench.beat([1], { rss: 500 * MB })).toEqual([])
  })
})

describe('--max-lifetime', () => {
  it('has each worker replaced when its time is over, one at a time', () => {
    const bench = new Bench({ maxLifetime: 3_600_000 })
    bench.ready(1, 2)
    expect(bench.wait()).toBe(3_600_000)
    expect(done(bench.commands)).toEqual([spawn(3, 2)])
    expect(notices(bench.commands)).toMatchObject([
      { kind: 'spent', id: 1, reason: 'has served for 3600 s (--max-lifetime)' },
      { kind: 'spent', id: 2 },
      { kind: 'booting' },
    ])
    expect(done(bench.event({ type: 'ready', id: 3 }))).toEqual([term(1), spawn(4, 3)])
    expect(done(bench.event({ type: 'ready', id: 4 }))).toEqual([term(2)])
  })

  it('counts for nobody any more once all stop', () => {
    const bench = new Bench({ workers: 1, maxLifetime: 1_000 })
    bench.ready(1)
    bench.signal('SIGTERM')
    bench.exit(1, 'exited with code 0')
    expect(nextDeadline(bench.state)).toBeUndefined()
  })
})
