import { describe, expect, it } from '@jest/globals'
import { EventCounter } from '../../src/metrics/event-counts.ts'

describe('EventCounter', () => {
  it('counts workers that were killed, for whatever reason, and reloads that came to nothing', () => {
    const counter = new EventCounter()
    for (const kind of ['silent', 'overdue', 'misread', 'reload-failed', 'ready'] as const) counter.observe({ kind })
    expect(counter.counts).toEqual({
      worker_started: 0,
      worker_died: 0,
      worker_killed: 2,
      boot_failed: 0,
      worker_spent: 0,
      reload_done: 0,
      reload_failed: 2,
    })
  })
})
