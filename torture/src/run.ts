// `npm run torture`: the long versions of what the tests do briefly. See docs/torture.md.
import { runBoot } from './commands/boot.ts'
import { runChaosLevel } from './commands/chaos.ts'
import { runHttp2Level } from './commands/http2.ts'
import { runInterleavings } from './commands/interleavings.ts'
import { readOptions, type TortureOptions, USAGE } from './commands/options.ts'
import { runParserLevel } from './commands/parser.ts'
import { runPatterns } from './commands/patterns.ts'
import { runSoak } from './commands/soak.ts'
import { runSocketLevel } from './commands/sockets.ts'
import { runSpread } from './commands/spread.ts'

/** The levels by name, in the order in which they run. */
const LEVELS: Readonly<Record<string, (options: TortureOptions) => Promise<boolean>>> = {
  parser: runParserLevel,
  interleavings: runInterleavings,
  sockets: runSocketLevel,
  http2: runHttp2Level,
  soak: runSoak,
}

/** What is run by its name alone. */
const EXTRAS: typeof LEVELS = { patterns: runPatterns, chaos: runChaosLevel, boot: runBoot, spread: runSpread }

const ALL = { ...LEVELS, ...EXTRAS }

/** Runs what the command line asks for; the exit status: 1 if something was found, 2 if the command line is wrong. */
async function main(args: readonly string[]): Promise<number> {
  let options: TortureOptions | undefined
  try {
    options = readOptions(args, Object.keys(ALL))
  } catch (error) {
    console.error(`torture: ${(error as Error).message}\n${USAGE}`)
    return 2
  }
  if (options === undefined) {
    console.log(`${USAGE}\n\nLevels, of which all are run if none is named: ${Object.keys(LEVELS).join(', ')}`)
    console.log(`By their names alone: ${Object.keys(EXTRAS).join(', ')}\n\ndocs/torture.md tells what each does.`)
    return 0
  }
  return await run(options)
}

async function run(options: TortureOptions): Promise<number> {
  const wanted = options.levels.length === 0 ? Object.keys(LEVELS) : options.levels
  const failed: string[] = []
  for (const name of wanted) {
    console.log(`\n${name}, seed ${options.seed}`)
    if (!(await ALL[name]?.(options))) failed.push(name)
  }
  console.log(failed.length === 0 ? '\nNothing was found' : `\nFailed: ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
