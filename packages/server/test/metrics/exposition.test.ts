import { describe, expect, it } from '@jest/globals'
import { EventCounter } from '../../src/metrics/event-counts.ts'
import { exposition } from '../../src/metrics/exposition.ts'
import { TrafficMeter } from '../../src/metrics/traffic.ts'
import { arbiterStatus, workerStatus } from '../support/arbiter-status.ts'

const page = (status = arbiterStatus()) => {
  const events = new EventCounter()
  events.observe({ kind: 'died' })
  events.observe({ kind: 'died' })
  events.observe({ kind: 'serving' })
  return exposition({ status, events: events.counts, version: '1.2.3', master: { resident: 5, processor: 0.25 } })
}

/** A line of a sample, as the text format has it. */
const SAMPLE = /^[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,|(?=\})))+\})? -?\d+(?:\.\d+)?(?:e[+-]\d+)?$/

/** What the format puts behind the name of a histogram. */
const SUFFIX = /(?<=_seconds)_(?:bucket|sum|count)$/

describe('exposition', () => {
  it('tells of the master, of all workers together, and of each', () => {
    const lines = page().split('\n')
    for (const line of [
      'kirin_ready 1',
      'kirin_uptime_seconds 7300',
      'kirin_master_resident_bytes 5',
      'kirin_master_processor_seconds_total 0.25',
      'kirin_last_reload{outcome="done"} 1',
      'kirin_last_reload{outcome="failed"} 0',
      'kirin_workers{state="ready"} 1',
      'kirin_workers{state="booting"} 1',
      'kirin_requests_total 4321',
      'kirin_events_total{event="worker_died"} 2',
      'kirin_events_total{event="reload_failed"} 0',
      'kirin_worker_requests_total{worker="0"} 1000',
      'kirin_worker_requests_active{worker="0"} 3',
      'kirin_worker_connections{worker="0"} 40',
      'kirin_worker_resident_bytes{worker="0"} 104857600',
      'kirin_worker_busyness_ratio{worker="0"} 0.125',
      'kirin_worker_silence_seconds{worker="0"} 0.25',
      'kirin_worker_age_seconds{worker="1"} 0.4',
    ])
      expect(lines).toContain(line)
    // It has not told anything yet.
    expect(page()).not.toContain('kirin_worker_requests_total{worker="1"}')
  })

  it('has a histogram of durations in seconds, whose buckets hold those before them, and responses by class', () => {
    const meter = new TrafficMeter()
    for (const [status, duration] of [
      [200, 0.4],
      [200, 3],
      [503, 60_000],
    ] as const)
      meter.count(status, duration)
    const lines = page(arbiterStatus({ traffic: meter.traffic })).split('\n')
    for (const line of [
      '# TYPE kirin_request_duration_seconds histogram',
      'kirin_request_duration_seconds_bucket{le="0.001"} 1',
      'kirin_request_duration_seconds_bucket{le="0.0025"} 1',
      'kirin_request_duration_seconds_bucket{le="0.005"} 2',
      'kirin_request_duration_seconds_bucket{le="30"} 2',
      'kirin_request_duration_seconds_bucket{le="+Inf"} 3',
      'kirin_request_duration_seconds_sum 60.0034',
      'kirin_request_duration_seconds_count 3',
      'kirin_responses_total{class="2xx"} 2',
      'kirin_responses_total{class="5xx"} 1',
      'kirin_responses_total{class="lost"} 0',
    ])
      expect(lines).toContain(line)
  })

  it('is in the format of Prometheus: help and type once for each name, then its samples', () => {
    const seen = new Set<string>()
    let current = ''
    for (const line of page(arbiterStatus({ workers: [workerStatus(), workerStatus({ number: 7 })] })).split('\n')) {
      if (line === '') continue
      const [, head] = /^# (?:HELP|TYPE) (\S+) /.exec(line) ?? []
      if (head !== undefined) {
        if (head !== current) expect(seen.has(head)).toBe(false)
        current = head
        seen.add(head)
        continue
      }
      expect(line).toMatch(SAMPLE)
      expect(/^[a-z_]+/.exec(line)?.[0].replace(SUFFIX, '')).toBe(current)
    }
    expect(page().endsWith('\n')).toBe(true)
  })
})
