// `npm run bench`: the table of ratios, or another suite by its name.
import { parseArgs } from 'node:util'
import { type Comparison, compare, type Effort } from './compare.ts'
import { publish, summary } from './results.ts'
import { type Group, SUITES, type Suite } from './suites.ts'

interface Options {
  readonly suites: readonly string[]
  readonly effort: Effort
  /** What the names of targets must hold, for all but the first of each group. */
  readonly only: string
  /** What the labels of groups must hold. */
  readonly group: string
  /** Whether the figures go into docs/performance.md. */
  readonly write: boolean
}

const USAGE = `Usage: npm run bench -- [SUITE ...] [--rounds N] [--seconds N] [--precision RATIO] [--only WORD] [--group WORD] [--write]
Suites: ${[...SUITES.keys()].join(', ')}, all; bench/README.md tells of them.`

/** Throws for what it does not know; `undefined` if help is asked for. */
function readOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '6' },
      precision: { type: 'string' },
      only: { type: 'string', default: '' },
      group: { type: 'string', default: '' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  const unknown = positionals.find(name => name !== 'all' && !SUITES.has(name))
  if (unknown !== undefined) throw new Error(`there is no suite ${unknown}`)
  if (values.write && values.group !== '') throw new Error('--write takes all groups of a suite, not those of --group')
  const named = positionals.length === 0 ? ['hello'] : positionals
  return {
    suites: named.includes('all') ? [...SUITES.keys()] : named,
    effort: {
      rounds: positive('rounds', values.rounds),
      seconds: positive('seconds', values.seconds),
      precision: values.precision === undefined ? undefined : fraction('precision', values.precision),
    },
    only: values.only,
    group: values.group,
    write: values.write,
  }
}

function positive(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} takes a whole number above 0, not ${text}`)
  return Number(text)
}

function fraction(name: string, text: string): number {
  if (!/^0?\.\d*[1-9]\d*$/.test(text)) throw new Error(`--${name} takes a number between 0 and 1, not ${text}`)
  return Number(text)
}

async function main(args: readonly string[]): Promise<void> {
  let options: Options | undefined
  try {
    options = readOptions(args)
  } catch (error) {
    console.error(`bench: ${(error as Error).message}\n${USAGE}`)
    process.exitCode = 2
    return
  }
  if (options === undefined) console.log(USAGE)
  else for (const name of options.suites) await measure(SUITES.get(name) as Suite, options)
}

async function measure(suite: Suite, { effort, only, group: word, write }: Options): Promise<void> {
  const comparisons: Comparison[] = []
  const groups = suite.groups.filter(({ label }) => String(label).includes(word))
  if (groups.length === 0) {
    console.error(`bench: no group of ${suite.name} has a label with ${word}`)
    process.exitCode = 2
    return
  }
  for (const group of groups) comparisons.push(await compare(narrowed(group, only), effort))
  console.log(`\n## ${suite.title}\n\n${summary(suite, comparisons, effort)}\n`)
  if (write) publish(suite, comparisons, effort)
}

/** The group's first target, and those whose name holds a word. */
function narrowed(group: Group, only: string): Group {
  const targets = group.targets.filter(({ name }, index) => index === 0 || name.includes(only))
  const measured = group.bars.filter(({ target, of }) => targets.includes(target) && targets.includes(of))
  return { ...group, targets, bars: measured }
}

await main(process.argv.slice(2))
