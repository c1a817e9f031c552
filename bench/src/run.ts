// `npm run bench`: the table of ratios, or another suite by its name.
import { compare } from './compare.ts'
import type { Comparison } from './comparison.ts'
import { type Options, readOptions, usage } from './options.ts'
import { publish, summary } from './results.ts'
import { type Selection, selected } from './selection.ts'
import { SUITES } from './suites.ts'

interface Task {
  readonly options: Options
  readonly selections: readonly Selection[]
}

/** Everything that can be refused is refused here, before anything is measured; `undefined` if help is asked for. */
function readTask(args: readonly string[]): Task | undefined {
  const options = readOptions(args, [...SUITES.keys()])
  if (options === undefined) return undefined
  const suites = options.suites.flatMap(name => SUITES.get(name) ?? [])
  return { options, selections: selected(suites, options) }
}

async function main(args: readonly string[]): Promise<void> {
  let task: Task | undefined
  try {
    task = readTask(args)
  } catch (error) {
    console.error(`bench: ${(error as Error).message} (--help lists suites and options)`)
    process.exitCode = 2
    return
  }
  if (task === undefined) console.log(usage([...SUITES.keys()]))
  else for (const selection of task.selections) await measure(selection, task.options)
}

async function measure({ suite, groups }: Selection, { effort, write }: Options): Promise<void> {
  const comparisons: Comparison[] = []
  for (const group of groups) comparisons.push(await compare(group, effort))
  console.log(`\n## ${suite.title}\n\n${summary(suite, comparisons, effort)}\n`)
  if (write) publish(suite, comparisons, effort)
}

await main(process.argv.slice(2))
