import type { Evidence } from '../failure.ts'

/** Most characters of evidence that a report shows: a head with its body's beginning. */
const MOST_SHOWN = 1600

/** Evidence as lines that can be read: bytes beyond ASCII and control characters are escaped, each line ends where its LF is. */
export function visibleLines(evidence: Evidence): readonly string[] {
  const text = typeof evidence === 'string' ? evidence : Buffer.from(evidence).toString('latin1')
  const shown = text.slice(0, MOST_SHOWN)
  const escaped = typeof evidence === 'string' ? shown.replaceAll(/[^\n\P{Cc}]/gu, escapeCharacter) : escapeBytes(shown)
  const lines = escaped.split('\n')
  if (lines.at(-1) === '') lines.pop()
  if (text.length > MOST_SHOWN) lines.push(`… ${text.length - MOST_SHOWN} more`)
  return lines
}

/** Evidence for a machine: text as it is, bytes as latin1. */
export function plainText(evidence: Evidence | undefined): string | undefined {
  if (evidence === undefined || typeof evidence === 'string') return evidence
  return Buffer.from(evidence).toString('latin1')
}

function escapeBytes(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, character => (character === '\n' ? '\\n\n' : escapeCharacter(character)))
}

function escapeCharacter(character: string): string {
  if (character === '\r') return String.raw`\r`
  if (character === '\t') return String.raw`\t`
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
