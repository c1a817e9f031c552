import type { Report } from '../report.ts'
import { plainText } from './visible-bytes.ts'

/** A report as JSON; bytes are strings with one character for each. */
export function toJson(report: Report): string {
  const verdicts = report.verdicts.map(verdict => {
    const { failure } = verdict
    if (failure === undefined) return verdict
    const transcript = failure.transcript?.map(exchange => ({ ...exchange, bytes: plainText(exchange.bytes) }))
    return {
      ...verdict,
      failure: { ...failure, expected: plainText(failure.expected), seen: plainText(failure.seen), transcript },
    }
  })
  return `${JSON.stringify({ ...report, verdicts }, null, 2)}\n`
}
