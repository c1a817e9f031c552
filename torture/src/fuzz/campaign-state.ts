// What a long campaign writes down as it goes, so that it can be stopped at any time and go on later.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { corpusFileOf, type Finding } from './finding.ts'
import { emptyTally, type Tally } from './parser-level.ts'

/** Megabytes of memory at some point of a campaign. */
export interface MemorySample {
  readonly cases: number
  readonly rss: number
  readonly heap: number
}

export interface CampaignState {
  readonly seed: number
  /** The next case. */
  next: number
  /** Seconds of work so far. */
  seconds: number
  readonly tally: Tally
  readonly memory: MemorySample[]
}

/** The state in that file, or a new one with that seed. */
export function loadState(file: string | undefined, seed: number): CampaignState {
  if (file !== undefined && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as CampaignState
  return { seed, next: 0, seconds: 0, tally: emptyTally(), memory: [] }
}

/** Writes it so that a crash leaves the old one or the new one. */
export function saveState(file: string | undefined, state: CampaignState): void {
  if (file === undefined) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`)
  renameSync(`${file}.new`, file)
}

/** The memory of this process now, after a collection where the process has `--expose-gc`. */
export function sampleMemory(cases: number): MemorySample {
  ;(globalThis as { gc?: () => void }).gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  return { cases, rss: Math.round(rss / 1e6), heap: Math.round(heapUsed / 1e6) }
}

/** Findings of one kind after which no more are written: the first few show it. */
const FILES_A_KIND = 5

/** Writes findings to files of a folder, a few of each kind. */
export function findingWriter(folder: string): (finding: Finding) => string | undefined {
  const kinds = new Map<string, number>()
  return finding => {
    const kind = finding.what.replace(/[^a-z]+/gi, '-').slice(0, 60)
    const count = (kinds.get(kind) ?? 0) + 1
    kinds.set(kind, count)
    if (count > FILES_A_KIND) return undefined
    mkdirSync(folder, { recursive: true })
    const file = join(folder, `${kind}-${finding.source.replace(/\D+/g, '-').replace(/^-/, '')}.txt`)
    writeFileSync(file, corpusFileOf(finding))
    return file
  }
}
