// Where results go: the terminal, and with --write the pages of docs/.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Comparison, countOfRounds, type Effort } from './comparison.ts'
import { barPlot, growthPlot, ratioPlot } from './plots.ts'
import type { Suite } from './suites.ts'
import { barTable, groupTable, pairTable, targetTable } from './tables.ts'

const PAGE = fileURLToPath(new URL('../../docs/performance.md', import.meta.url))
const FOLDER = fileURLToPath(new URL('../../docs/performance/', import.meta.url))

/** Tables of a suite's results, with the machine they are of. */
export function summary(suite: Suite, comparisons: readonly Comparison[], effort: Effort): string {
  const machine = `node ${process.version}, ${platform()} ${arch()}, ${cpus()[0]?.model ?? 'unknown processor'}`
  const bars = comparisons.flatMap(comparison => comparison.bars)
  return [
    `Processor time a request; medians of ${roundsOf(comparisons)} rounds of ${effort.seconds} s, each in fresh processes; ${machine}.`,
    tableOf(suite, comparisons),
    ...(bars.length === 0 || suite.groups.length > 1 ? [] : [barTable(bars)]),
  ].join('\n\n')
}

/** How many there were: of groups that took others, from the fewest to the most. */
function roundsOf(comparisons: readonly Comparison[]): string {
  const counts = comparisons.map(countOfRounds)
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)]
  return fewest === most ? String(most) : `${fewest} to ${most}`
}

/** Writes a suite's JSON and SVG into docs/performance/, and its tables into docs/performance.md between their markers. */
export function publish(suite: Suite, comparisons: readonly Comparison[], effort: Effort): void {
  mkdirSync(FOLDER, { recursive: true })
  const measured = { suite: suite.name, effort, node: process.version, platform: platform(), arch: arch(), comparisons }
  writeFileSync(`${FOLDER}${suite.name}.json`, `${JSON.stringify(measured, null, 1)}\n`)
  writeFileSync(`${FOLDER}${suite.name}.svg`, plotOf(suite, comparisons))
  const open = `<!-- bench ${suite.name} -->`
  const close = `<!-- end ${suite.name} -->`
  const page = readFileSync(PAGE, 'utf8')
  const [before, rest] = [page.slice(0, page.indexOf(open)), page.slice(page.indexOf(close))]
  if (!page.includes(open) || !page.includes(close))
    throw new Error(`docs/performance.md has no place for ${suite.name}`)
  // A link to a plot that was never drawn would be a broken one: those of growth come with their tables.
  const plot = suite.axis === undefined ? '' : `![${suite.title}](performance/${suite.name}.svg)\n\n`
  writeFileSync(PAGE, `${before}${open}\n\n${summary(suite, comparisons, effort)}\n\n${plot}${rest}`)
}

function tableOf(suite: Suite, comparisons: readonly Comparison[]): string {
  const [first] = comparisons
  if (first !== undefined && comparisons.length === 1) return targetTable(first)
  if (suite.axis !== undefined) return groupTable(comparisons, suite.axis)
  return suite.name === 'frameworks' ? pairTable(comparisons) : groupTable(comparisons, 'request')
}

function plotOf(suite: Suite, comparisons: readonly Comparison[]): string {
  const [first] = comparisons
  if (first !== undefined && comparisons.length === 1) return barPlot(first, suite.title)
  if (suite.axis !== undefined) return growthPlot(comparisons, suite.title, suite.axis)
  return ratioPlot(comparisons, `${suite.title}: processor time as a ratio`)
}
