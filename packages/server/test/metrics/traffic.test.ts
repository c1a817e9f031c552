import { describe, expect, it } from '@jest/globals'
import {
  LATENCY_BOUNDS,
  NO_TRAFFIC,
  quantile,
  requestsOf,
  since,
  TrafficMeter,
  totalOf,
} from '../../src/metrics/traffic.ts'

/** Requests that took so many milliseconds, each answered with 200. */
function taking(...durations: readonly number[]): TrafficMeter {
  const meter = new TrafficMeter()
  for (const duration of durations) meter.count(200, duration)
  return meter
}

describe('TrafficMeter', () => {
  it('puts each duration into the first bucket that has room for it, the bound included', () => {
    const { latencies, time } = taking(0, 1, 1.01, 2.5, 30_000, 30_001, 1e9).traffic
    expect(latencies.slice(0, 2)).toEqual([2, 2])
    expect(latencies.slice(-2)).toEqual([1, 2])
    expect(latencies).toHaveLength(LATENCY_BOUNDS.length + 1)
    expect(time).toBeCloseTo(1e9 + 60_005.51)
  })

  it('counts statuses by their first digit, and clients that were lost before a head', () => {
    const meter = new TrafficMeter()
    for (const status of [0, 101, 200, 204, 302, 404, 404, 500, 599, 999]) meter.count(status, 1)
    expect(meter.traffic.statuses).toEqual([1, 1, 2, 1, 2, 3])
  })

  it('tells what was so far, whatever comes later', () => {
    const meter = taking(1)
    const { traffic } = meter
    meter.count(200, 1)
    expect([requestsOf(traffic), requestsOf(meter.traffic)]).toEqual([1, 2])
  })
})

describe('totalOf', () => {
  it('adds up what workers counted; of those that count nothing, and of none at all, there is nothing', () => {
    const total = totalOf([null, taking(1, 5).traffic, null, taking(5).traffic])
    expect(total).toMatchObject({ time: 11, statuses: [0, 0, 3, 0, 0, 0] })
    expect(total?.latencies.slice(0, 4)).toEqual([1, 0, 2, 0])
    expect([totalOf([null, null]), totalOf([])]).toEqual([null, null])
  })
})

describe('since', () => {
  it('is what was added, and everything where the counts have begun anew', () => {
    const meter = taking(1, 2)
    const before = meter.traffic
    meter.count(404, 40)
    const added = since(before, meter.traffic)
    expect(added).toMatchObject({ time: 40, statuses: [0, 0, 0, 0, 1, 0] })
    expect(requestsOf(added)).toBe(1)
    expect(since(meter.traffic, before)).toEqual(before)
  })
})

describe('quantile', () => {
  it('is estimated within the bucket that holds it, as if that were filled evenly', () => {
    const { traffic } = taking(...Array<number>(90).fill(0.5), ...Array<number>(10).fill(700))
    expect(quantile(traffic, 0.45)).toBeCloseTo(0.5)
    expect(quantile(traffic, 0.9)).toBeCloseTo(1)
    expect(quantile(traffic, 0.95)).toBeCloseTo(750)
    expect(quantile(traffic, 1)).toBe(1_000)
  })

  it('beyond the last bound is that bound; of no requests it is unknown', () => {
    expect(quantile(taking(60_000).traffic, 0.5)).toBe(30_000)
    expect(quantile(NO_TRAFFIC, 0.5)).toBeUndefined()
  })
})
