import { describe, expect, it } from '@jest/globals'
import { type Report, summarise, type Verdict, withoutTimes } from '../../../src/conformance/report.ts'
import { toHtml, toJson, toJunit, toTap } from '../../../src/conformance/reports/index.ts'
import { visibleLines } from '../../../src/conformance/reports/visible-bytes.ts'

const base = { requirements: ['RES-25'], profile: 'stream', level: 'MUST', duration: 12 } as const

const verdicts: readonly Verdict[] = [
  { ...base, id: 'RES-25.1', title: 'passes', outcome: 'pass' },
  {
    ...base,
    id: 'RES-25.2',
    title: 'shows <b> & "bytes" # \\',
    outcome: 'fail',
    failure: {
      message: 'saw <this>',
      seen: Buffer.from('a\r\n\0\xff<', 'latin1'),
      transcript: [{ on: 'connection 1', direction: 'sent', bytes: Buffer.from('GET / HTTP/1.1\r\n') }],
    },
  },
  { ...base, id: 'RES-25.3', title: 'skips', outcome: 'skip', reason: 'not here' },
  {
    ...base,
    id: 'RES-25.4',
    title: 'may fail',
    outcome: 'exception',
    reason: 'cannot',
    failure: { message: 'as known' },
  },
]

const head = { suite: 'server', subject: 'x <y>', startedAt: '2026-01-02T03:04:05.678Z', duration: 1234 } as const
const report: Report = summarise({ ...head, claimed: ['stream'] }, verdicts)

describe('reports', () => {
  it('are the same at each run, where times are left out', () => {
    const later = summarise(
      { ...head, startedAt: '2027-01-01T00:00:00.000Z', duration: 5, claimed: ['stream'] },
      verdicts.map(verdict => ({ ...verdict, duration: verdict.duration + 1 })),
    )
    for (const format of [toHtml, toJson, toJunit, toTap]) {
      expect(format(later)).not.toBe(format(report))
      expect(format(withoutTimes(later))).toBe(format(withoutTimes(report)))
    }
    expect(toHtml(withoutTimes(report))).toContain('<p class="reason">1 pass, 1 fail')
    expect(toJunit(withoutTimes(report))).not.toContain('timestamp')
  })

  it('are JSON with bytes as latin1', () => {
    const parsed = JSON.parse(toJson(report)) as Report
    expect(parsed).toMatchObject({ result: 'failed', counts: { pass: 1, fail: 1, skip: 1, exception: 1 } })
    expect(parsed.verdicts[1]?.failure?.seen).toBe('a\r\n\0\xff<')
    expect(parsed.verdicts[1]?.failure?.transcript?.[0]?.bytes).toBe('GET / HTTP/1.1\r\n')
  })

  it('are TAP, where what may fail is a todo', () => {
    const lines = toTap(report).split('\n')
    expect(lines.slice(0, 4)).toEqual([
      'TAP version 14',
      '1..4',
      'ok 1 - RES-25.1 passes',
      'not ok 2 - RES-25.2 shows <b> & "bytes" \\# \\\\',
    ])
    expect(lines).toContain('ok 3 - RES-25.3 skips # SKIP not here')
    expect(lines).toContain('not ok 4 - RES-25.4 may fail # TODO cannot')
  })

  it('are JUnit that escapes what XML cannot hold', () => {
    const xml = toJunit(report)
    expect(xml).toContain('<testsuite name="nsgi server" tests="4" failures="1" errors="0" skipped="2" time="1.234"')
    expect(xml).toContain('shows &lt;b&gt; &amp; &quot;bytes&quot;')
    expect(xml).toContain(String.raw`<failure message="saw &lt;this&gt;">a\r\n`)
    // oxlint-disable-next-line no-control-regex -- none may be left
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/)
  })

  it('are one HTML file in which nothing is run', () => {
    const html = toHtml(report)
    expect(html).toContain('<code>x &lt;y&gt;</code>')
    expect(html).toContain('saw &lt;this&gt;')
    expect(html).not.toMatch(/<b>|<this>|<script/)
  })
})

describe('visibleLines', () => {
  it('escapes what cannot be seen, and cuts what is long', () => {
    expect(visibleLines(Buffer.from('a\r\nb\t\0\xe9', 'latin1'))).toEqual([String.raw`a\r\n`, String.raw`b\t\x00\xe9`])
    expect(visibleLines('é\nb\r')).toEqual(['é', String.raw`b\r`])
    expect(visibleLines('x'.repeat(2000)).at(-1)).toBe('… 400 more')
  })
})
