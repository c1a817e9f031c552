import { requirement } from '../../requirements.ts'
import type { Exchange, Verdict } from '../report.ts'
import { visibleLines } from './visible-bytes.ts'

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
  lines.push(failure.message)
  if (failure.expected !== undefined) lines.push('expected', ...indented(visibleLines(failure.expected)))
  if (failure.seen !== undefined) lines.push('seen', ...indented(visibleLines(failure.seen)))
  const exchanges = failure.transcript?.slice(-MOST_EXCHANGES) ?? []
  if (exchanges.length > 0) lines.push(quiet('on the wire'), ...exchanges.flatMap(wireLines))
  if (failure.stack !== undefined) lines.push(...indented(failure.stack.split('\n').slice(1)))
  return lines
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
