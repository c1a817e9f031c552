// Results as tables in Markdown.
import type { BarResult, Comparison } from './comparison.ts'
import type { Ratio } from './ratio.ts'

/** One group: a line for each target. */
export function targetTable({ rows }: Comparison): string {
  return table(
    ['server', 'user', 'system', 'total', `of ${rows[0]?.target ?? ''}`],
    rows.map(({ target, user, system, total, ratio }) => [
      target,
      micros(user),
      micros(system),
      micros(total),
      exact(ratio),
    ]),
  )
}

/** Several groups: a line for each, with what each target takes and its ratio to the first. */
export function groupTable(comparisons: readonly Comparison[], heading: string): string {
  const titles = targetsOf(comparisons)
  return table(
    [heading, ...titles],
    comparisons.map(({ label, rows }) => [
      String(label),
      ...titles.map(title => {
        const row = rows.find(({ target }) => target === title)
        if (row === undefined) return '–'
        return row === rows[0] ? micros(row.total) : `${micros(row.total)} (${rough(row.ratio)})`
      }),
    ]),
  )
}

/** Several groups of two targets each, which differ from group to group: the second's ratio to the first. */
export function pairTable(comparisons: readonly Comparison[]): string {
  return table(
    ['framework and request', 'natively', 'through the adapter', 'ratio'],
    comparisons.map(({ label, rows }) => [
      String(label),
      ...rows.map(({ total }) => micros(total)),
      rows[1] === undefined ? '–' : exact(rows[1].ratio),
    ]),
  )
}

/** Which bars are met. */
export function barTable(bars: readonly BarResult[]): string {
  return table(
    ['bar', 'at most', 'measured', ''],
    bars.map(({ target, of, atMost, ratio }) => [
      `${target} / ${of}`,
      atMost.toFixed(2),
      exact(ratio),
      verdict(ratio, atMost),
    ]),
  )
}

/** Missed is a bar that is out of reach of twice the ratio's error. */
function verdict({ median, error }: Ratio, atMost: number): string {
  if (median <= atMost) return 'met'
  return median - 2 * error <= atMost ? 'within the error' : '**missed**'
}

function rough({ median }: Ratio): string {
  return median.toFixed(2)
}

function exact({ median, error }: Ratio): string {
  return Number.isNaN(error) ? median.toFixed(2) : `${median.toFixed(2)} ± ${error.toFixed(2)}`
}

function targetsOf(comparisons: readonly Comparison[]): readonly string[] {
  return [...new Set(comparisons.flatMap(({ rows }) => rows.map(({ target }) => target)))]
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...lines.map(line)].join('\n')
}

function micros(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(2)} ms`
  return `${value.toFixed(1)} µs`
}
