// `npm run torture -- parser`: the parser level, for millions of streams, resumable.
import { readCorpus } from '../corpus.ts'
import { findingWriter, loadState, sampleMemory, saveState } from '../fuzz/campaign-state.ts'
import { fuzzParser } from '../fuzz/parser-level.ts'
import type { TortureOptions } from './options.ts'

/** Streams of the long version. */
const CASES = 10_000_000

/** Milliseconds between two writes of the state. */
const SAVE_INTERVAL = 10_000

/** Megabytes that the process may grow beyond what it had after the warm-up: nothing may be kept of a case. */
const GROWTH_LIMIT = 100
/** Streams until caches are full and the code is compiled. */
const WARM_UP = 200_000

/** Runs until the bound; whether nothing was found. */
export async function runParserLevel(options: TortureOptions): Promise<boolean> {
  const state = loadState(options.state, options.seed)
  const write = findingWriter(options.findings)
  const end = options.from + (options.cases ?? CASES)
  const started = performance.now()
  const before = state.seconds
  let saved = started
  let stopping = false
  const stop = (): void => {
    stopping = true
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  process.on('unhandledRejection', error => {
    throw error
  })
  await fuzzParser({
    seed: state.seed,
    from: Math.max(options.from, state.next),
    cases: end - Math.max(options.from, state.next),
    corpus: readCorpus().map(({ stream }) => stream),
    tally: state.tally,
    onFinding: finding => console.log(`finding: ${finding.what} (${finding.source}) ${write(finding) ?? ''}`),
    shouldStop: next => {
      const now = performance.now()
      const seconds = (now - started) / 1000
      state.next = next
      state.seconds = before + seconds
      if (next === WARM_UP || next % 1_000_000 < 128) state.memory.push(sampleMemory(next))
      if (now - saved > SAVE_INTERVAL) {
        saved = now
        saveState(options.state, state)
      }
      return stopping || seconds >= (options.seconds ?? Number.POSITIVE_INFINITY)
    },
  })
  state.memory.push(sampleMemory(state.next))
  saveState(options.state, state)
  console.log(JSON.stringify(state, null, 2))
  return state.tally.findings === 0 && isFlat(state.memory)
}

function isFlat(samples: readonly { readonly cases: number; readonly rss: number }[]): boolean {
  const warm = samples.find(({ cases }) => cases >= WARM_UP)
  const last = samples.at(-1)
  if (warm === undefined || last === undefined || last.rss - warm.rss <= GROWTH_LIMIT) return true
  console.log(`memory grew from ${warm.rss} MB to ${last.rss} MB`)
  return false
}
