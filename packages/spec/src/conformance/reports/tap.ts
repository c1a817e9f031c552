import { requirement } from '../../requirements.ts'
import type { Report, Verdict } from '../report.ts'

/** A report in the Test Anything Protocol, version 14. */
export function toTap(report: Report): string {
  const lines = report.verdicts.flatMap((verdict, index) => tapLines(verdict, index + 1))
  return `${['TAP version 14', `1..${report.verdicts.length}`, ...lines].join('\n')}\n`
}

function tapLines(verdict: Verdict, number: number): readonly string[] {
  const { id, title, outcome, reason, failure } = verdict
  const bad = outcome === 'fail' || outcome === 'non-strict' || outcome === 'exception'
  const line = `${bad ? 'not ok' : 'ok'} ${number} - ${escape(`${id} ${title}`)}${directive(verdict)}`
  if (failure === undefined) return [line]
  const { text } = requirement(verdict.requirements[0] as (typeof verdict.requirements)[number])
  const yaml = { message: failure.message, requirement: text, severity: outcome, reason, duration_ms: verdict.duration }
  const members = Object.entries(yaml).filter(([, value]) => value !== undefined)
  return [line, '  ---', ...members.map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`), '  ...']
}

/** What TAP has no word for is a todo: it is seen and does not fail the run. */
function directive({ outcome, reason }: Verdict): string {
  if (outcome === 'skip') return ` # SKIP ${escape(reason ?? '')}`
  if (outcome === 'non-strict') return ' # TODO a SHOULD that is not met'
  if (outcome === 'exception') return ` # TODO ${escape(reason ?? '')}`
  return ''
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('#', String.raw`\#`).replaceAll(/\s+/g, ' ')
}
