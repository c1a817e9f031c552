import { describe, expect, it } from '@jest/globals'
import { statusOf } from '../../src/arbiter/status.ts'
import { TrafficMeter, totalOf } from '../../src/metrics/traffic.ts'
import { Bench, STATS } from '../support/arbiter-bench.ts'

const statusAt = (bench: Bench) =>
  statusOf(bench.state, { pid: 1, pidOf: id => (id === 9 ? undefined : 100 + id), now: bench.now, since: 0 })

describe('the status', () => {
  it('counts the requests of workers that have gone, too', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    bench.beat([1], { requests: 7 })
    bench.beat([2], { requests: 3 })
    bench.exit(1)
    expect(statusAt(bench).requests).toBe(10)
  })

  it('adds up what workers counted of their requests, those that have gone, too; where nobody counts there is nothing', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    bench.beat([1, 2])
    expect(statusAt(bench).traffic).toBeNull()
    const meter = new TrafficMeter()
    meter.count(200, 1)
    bench.beat([1, 2], { traffic: meter.traffic })
    bench.exit(1)
    expect(statusAt(bench).traffic).toEqual(totalOf([meter.traffic, meter.traffic]))
  })

  it('tells of each worker what it said last, and how old it is', () => {
    const bench = new Bench()
    bench.ready(1)
    bench.beat([1], { requests: 7 })
    bench.now += 500
    expect(statusAt(bench)).toEqual({
      pid: 1,
      phase: 'serving',
      isReady: true,
      age: 1_500,
      target: 2,
      requests: 7,
      traffic: null,
      generation: 1,
      lastReload: { outcome: 'none' },
      crashLoop: null,
      workers: [
        {
          number: 0,
          place: 0,
          pid: 101,
          state: 'ready',
          age: 500,
          generation: 1,
          stats: { ...STATS, requests: 7 },
          silence: 0,
        },
        { number: 1, place: 1, pid: 102, state: 'booting', age: 500, generation: 1, stats: null, silence: 0 },
      ],
      vacancies: [],
    })
  })

  it('is not ready before the first worker is, nor from the announcement of a stop on', () => {
    const bench = new Bench({ preStopDelay: 1_000 })
    expect(statusAt(bench).isReady).toBe(false)
    bench.ready(1)
    expect(statusAt(bench).isReady).toBe(true)
    bench.signal('SIGTERM')
    expect(statusAt(bench)).toMatchObject({ isReady: false, phase: 'announced' })
  })

  it('tells that a deployment is resisted, and why', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    bench.reload()
    expect(statusAt(bench).lastReload).toEqual({ outcome: 'running', ago: 0 })
    bench.fail(3)
    bench.now += 10
    expect(statusAt(bench).lastReload).toEqual({ outcome: 'failed', ago: 10, reason: 'app.js is broken' })
    bench.reload()
    bench.ready(4, 5)
    expect(statusAt(bench).lastReload).toEqual({ outcome: 'done', ago: 0 })
  })

  it('shows a crash loop until a worker has been healthy for a while', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    bench.exit(1)
    bench.fail(3)
    bench.wait()
    expect(statusAt(bench).crashLoop).toBeNull()
    bench.fail(4)
    expect(statusAt(bench)).toMatchObject({
      isReady: true,
      crashLoop: { places: 1, failures: 3 },
      vacancies: [{ number: 0, failures: 3, retryIn: 2_000 }],
    })
    bench.wait()
    bench.ready(5)
    bench.now += 29_999
    expect(statusAt(bench).crashLoop).toEqual({ places: 1, failures: 3 })
    bench.now += 1
    expect(statusAt(bench).crashLoop).toBeNull()
  })
})
