// `npm run bench`: the table of ratios, or another suite by its name.
import { parseArgs } from 'node:util'
import { type Comparison, compare } from './compare.ts'
import { publish, summary } from './results.ts'
import { type Group, SUITES } from './suites.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
})
const effort = { rounds: Number(values.rounds), seconds: Number(values.seconds) }
const names = positionals.length === 0 ? ['hello'] : positionals.includes('all') ? [...SUITES.keys()] : positionals

for (const name of names) {
  const suite = SUITES.get(name)
  if (suite === undefined) throw new Error(`no suite ${name}; there are ${[...SUITES.keys()].join(', ')} and all`)
  const comparisons: Comparison[] = []
  for (const group of suite.groups) comparisons.push(await compare(narrowed(group), effort))
  console.log(`\n## ${suite.title}\n\n${summary(suite, comparisons, effort)}\n`)
  if (values.write) publish(suite, comparisons, effort)
}

/** The group's first target, and those whose name holds the word of --only. */
function narrowed(group: Group): Group {
  const targets = group.targets.filter(({ name }, index) => index === 0 || name.includes(values.only))
  const measured = group.bars.filter(({ target, of }) => targets.includes(target) && targets.includes(of))
  return { ...group, targets, bars: measured }
}
