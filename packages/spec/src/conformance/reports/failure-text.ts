import { requirement } from '../../requirements.ts'
import type { Evidence } from '../failure.ts'
import type { Exchange, Verdict } from '../report.ts'
import { visibleLines } from './visible-bytes.ts'

/** Where the suites are, as frames of a stack name it. */
const SUITE = new URL('../', import.meta.url).href

/** The parts of a transcript that are shown, from its end; the whole is in the JSON report. */
const MOST_EXCHANGES = 8

/**
 * What went wrong in a case, in lines for a person: the requirements that it breaks, what was expected, the bytes that were seen.
 *
 * @param quiet marks what is there to be looked up, such as requirements: greys it on a terminal
 */
export function failureText(
  { requirements, failure }: Verdict,
  quiet: (text: string) => string = text => text,
): readonly string[] {
  if (failure === undefined) return []
  const lines = requirements.map(id => {
    const { level, text } = requirement(id)
    return quiet(`${id} (${level}): ${text}`)
  })
  const { message, expected, seen } = failure
  lines.push(message)
  if (!(isIn(message, expected) && isIn(message, seen))) {
    if (expected !== undefined) lines.push('expected', ...indented(visibleLines(expected)))
    if (seen !== undefined) lines.push('seen', ...indented(visibleLines(seen)))
  }
  const exchanges = failure.transcript?.slice(-MOST_EXCHANGES) ?? []
  if (exchanges.length > 0) lines.push(quiet('on the wire'), ...exchanges.flatMap(wireLines))
  if (failure.stack !== undefined) lines.push(...indented(framesOutside(failure.stack)))
  return lines
}

/** Whether the message says it already. */
function isIn(message: string, evidence: Evidence | undefined): boolean {
  return typeof evidence === 'string' && message.includes(evidence)
}

/** The frames of what is tested: those of the suite and of node tell nothing about it. */
function framesOutside(stack: string): readonly string[] {
  const frames = stack.split('\n').filter(line => line.startsWith('    at '))
  return frames.filter(line => !line.includes(SUITE) && !line.includes('(node:')).map(line => line.slice(2))
}

function wireLines({ on, direction, bytes }: Exchange): readonly string[] {
  const arrow = { sent: '→', received: '←', note: '·' }[direction]
  return visibleLines(bytes).map(
    (line, index) => `  ${index === 0 ? `${on} ${arrow}` : ' '.repeat(on.length + 2)} ${line}`,
  )
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map(line => `  ${line}`)
}
