import type { Report, Verdict } from '../report.ts'
import { visibleLines } from './visible-bytes.ts'

/** A report as JUnit's XML, as most CI systems read it. */
export function toJunit(report: Report): string {
  const { counts, verdicts, suite, duration, startedAt } = report
  const skipped = counts.skip + counts['non-strict'] + counts.exception
  const attributes = [
    `name="nsgi ${escapeXml(suite)}"`,
    `tests="${verdicts.length}"`,
    `failures="${counts.fail}"`,
    'errors="0"',
    `skipped="${skipped}"`,
    `time="${seconds(duration)}"`,
    ...(startedAt === '' ? [] : [`timestamp="${startedAt.slice(0, 19)}"`]),
  ]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `<testsuite ${attributes.join(' ')}>`,
    ...verdicts.map(verdict => testcase(verdict, suite)),
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testcase(verdict: Verdict, suite: string): string {
  const { id, title, duration, profile } = verdict
  const name = escapeXml(`${id} ${title}`)
  const head = `<testcase classname="nsgi.${escapeXml(suite)}.${profile}" name="${name}" time="${seconds(duration)}"`
  const inside = outcomeElement(verdict)
  return inside === '' ? `${head}/>` : `${head}>${inside}</testcase>`
}

function outcomeElement({ outcome, reason = '', failure }: Verdict): string {
  if (outcome === 'pass') return ''
  const message = failure?.message ?? reason
  if (outcome === 'fail') {
    const seen = failure?.seen === undefined ? '' : visibleLines(failure.seen).join('\n')
    return `<failure message="${escapeXml(message)}">${escapeXml(seen)}</failure>`
  }
  return `<skipped message="${escapeXml(outcome === 'skip' ? message : `${outcome}: ${reason} ${message}`.trim())}"/>`
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3)
}

/** XML 1.0 has no way to say most control characters. */
function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replaceAll(/[&<>"]/g, character => entities[character] ?? '').replaceAll(/[^\n\t\P{Cc}]/gu, '\ufffd')
}
