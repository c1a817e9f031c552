import { REQUIREMENTS } from '../../requirements.ts'
import type { Failure, Report, Verdict } from '../report.ts'
import { visibleLines } from './visible-bytes.ts'

/** Readable without anything else: on paper, in the dark, on a small screen. */
const STYLE = `
:root { color-scheme: light dark; --good: #1a7f37; --bad: #cf222e; --odd: #9a6700; --line: #8884 }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { margin-bottom: 0 } h2 { margin-top: 2rem }
code, pre { font: 13px/1.5 ui-monospace, monospace }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line) }
.pass, .conformant { color: var(--good) } .fail, .failed { color: var(--bad) } .skip, .non-strict, .exception, .partial { color: var(--odd) }
details { margin: .3rem 0 } summary { cursor: pointer } .reason { opacity: .75 }
`

/** A report as one HTML file without scripts or anything to load. */
export function toHtml(report: Report): string {
  const { suite, subject, startedAt, duration, result, profiles, counts } = report
  const numbers = Object.entries(counts).filter(([, count]) => count > 0)
  const times = startedAt === '' ? '' : `${startedAt}, ${(duration / 1000).toFixed(1)} s; `
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>NSGI 1.0 ${escapeHtml(suite)}: ${result}</title>
<style>${STYLE}</style>
<h1>NSGI 1.0, ${escapeHtml(suite)}: <span class="${result}">${result}</span></h1>
<p><code>${escapeHtml(subject)}</code></p>
<p class="reason">${times}${numbers.map(([name, count]) => `${count} ${name}`).join(', ')}</p>
<table><tr><th>profile<th>result</tr>
${Object.entries(profiles)
  .map(([profile, own]) => `<tr><td>${profile}<td class="${own}">${own}</tr>`)
  .join('\n')}
</table>
${sections(report)}
</html>
`
}

/** What is wrong first, then everything by requirement. */
function sections({ verdicts }: Report): string {
  const notable = verdicts.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'skip')
  const first = notable.length === 0 ? '' : `<h2>Not as it should be</h2>\n${notable.map(failureBlock).join('\n')}\n`
  const rows = REQUIREMENTS.flatMap(({ id, text }) => {
    const own = verdicts.filter(({ requirements }) => requirements[0] === id)
    return own.length === 0 ? [] : [`<tr><td>${id}<td>${escapeHtml(text)}<ul>${own.map(item).join('')}</ul></tr>`]
  })
  return `${first}<h2>By requirement</h2>\n<table>\n${rows.join('\n')}\n</table>`
}

function item({ id, title, outcome, reason }: Verdict): string {
  const remark = reason === undefined ? '' : ` <span class="reason">(${escapeHtml(reason)})</span>`
  return `<li><span class="${outcome}">${outcome}</span> ${id} ${escapeHtml(title)}${remark}</li>`
}

function failureBlock({ id, title, outcome, reason, failure }: Verdict): string {
  const why = reason === undefined ? '' : `<p class="reason">${escapeHtml(reason)}</p>`
  const evidence = failure === undefined ? '' : evidenceBlock(failure)
  return `<details${outcome === 'fail' ? ' open' : ''}><summary><span class="${outcome}">${outcome}</span> ${id} ${escapeHtml(title)}</summary>${why}${evidence}</details>`
}

function evidenceBlock({ message, expected, seen, transcript = [] }: Failure): string {
  const parts = [`<p>${escapeHtml(message)}</p>`]
  if (expected !== undefined) parts.push(`<p>expected</p><pre>${escapeHtml(visibleLines(expected).join('\n'))}</pre>`)
  if (seen !== undefined) parts.push(`<p>seen</p><pre>${escapeHtml(visibleLines(seen).join('\n'))}</pre>`)
  const lines = transcript.slice(-20).flatMap(({ on, direction, bytes }) => {
    return [`${on}, ${direction}:`, ...visibleLines(bytes).map(line => `    ${line}`)]
  })
  if (lines.length > 0) parts.push(`<p>on the wire</p><pre>${escapeHtml(lines.join('\n'))}</pre>`)
  return parts.join('')
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
