import { describe, expect, it } from '@jest/globals'
import { duration, statusView } from '../../src/control/status-view.ts'
import { TrafficMeter } from '../../src/metrics/traffic.ts'
import { arbiterStatus } from '../support/arbiter-status.ts'

describe('statusView', () => {
  it('shows the master, the last reload, and a line for each worker', () => {
    expect(statusView(arbiterStatus())).toBe(
      `Master 70: serving, for 2 h 1 min; 1 of 2 workers serve
Requests: 4321; generation 2; reloaded 1 h 0 min ago

worker  pid  state    age      requests  active  connections  busy  resident  silent
0       71   ready    1 h 0 min  1000      3       40           13 %  100 MiB   0.3 s
1       72   booting  0.4 s    -         -       -            -     -         0.0 s
`
        .replace('age      requests', 'age        requests')
        .replace('0.4 s    -', '0.4 s      -'),
    )
  })

  it('tells what came of requests and how long they took: since the beginning, or since an earlier look', () => {
    const meter = new TrafficMeter()
    for (let count = 0; count < 98; count++) meter.count(200, 4)
    meter.count(404, 4)
    const before = arbiterStatus({ traffic: meter.traffic })
    expect(statusView(before)).toMatch(/^Responses: 98 2xx, 1 4xx; p50 3\.8 ms, p90 4\.8 ms, p99 5 ms$/m)
    meter.count(0, 45_000)
    meter.count(500, 1_900)
    const now = arbiterStatus({ traffic: meter.traffic })
    expect(statusView(now, before)).toMatch(
      /^Responses since the last look: 1 lost, 1 5xx; p50 2\.5 s, p90 30 s or more, p99 30 s or more$/m,
    )
    expect(statusView(now, now)).toMatch(/^Responses since the last look: none$/m)
  })

  it('says why a reload failed, and who is missing', () => {
    const text = statusView(
      arbiterStatus({
        lastReload: { outcome: 'failed', ago: 90_000, reason: 'app.js is broken' },
        crashLoop: { places: 1, failures: 5 },
        vacancies: [{ number: 3, failures: 5, retryIn: 8000 }],
      }),
    )
    expect(text).toMatch(/the reload 1 min ago failed, older workers go on: app\.js is broken$/m)
    const cut = statusView(arbiterStatus({ lastReload: { outcome: 'cut', ago: 90_000 } }))
    expect(cut).toMatch(/; the reload 1 min ago was cut short by WINCH$/m)
    expect(text).toMatch(/^Crash loop: workers of 1 place fail again and again \(5 times in a row\)$/m)
    expect(text).toMatch(/^Worker 3 is missing: 5 failures in a row, next try in 8\.0 s$/m)
  })
})

describe('duration', () => {
  it.each([
    [0, '0.0 s'],
    [59_949, '59.9 s'],
    [60_000, '1 min'],
    [3_660_000, '1 h 1 min'],
    [90_000_000, '1 d 1 h'],
  ])('of %d ms is %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text)
  })
})
