// `npm run torture`: the long versions of what the tests do briefly. See docs/torture.md.
import { runBoot } from './commands/boot.ts'
import { runChaosLevel } from './commands/chaos.ts'
import { runHttp2Level } from './commands/http2.ts'
import { runInterleavings } from './commands/interleavings.ts'
import { readOptions, type TortureOptions } from './commands/options.ts'
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

const options = readOptions(process.argv.slice(2))
const wanted = options.levels.length === 0 ? Object.keys(LEVELS) : options.levels
const failed: string[] = []
for (const name of wanted) {
  const level = LEVELS[name] ?? EXTRAS[name]
  if (level === undefined)
    throw new Error(`no level ${name}; there are ${Object.keys({ ...LEVELS, ...EXTRAS }).join(', ')}`)
  console.log(`\n${name}, seed ${options.seed}`)
  if (!(await level(options))) failed.push(name)
}
console.log(failed.length === 0 ? '\nNothing was found' : `\nFailed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
