// Whole streams: a few requests in a row, valid, broken in named ways, or damaged, and where the reads cut them.
import type { Random } from '../random.ts'
import { bytesOf, type Draft } from './draft.ts'
import { FRAMING_DEFECTS } from './framing-defects.ts'
import { HEAD_DEFECTS } from './head-defects.ts'
import { mutate } from './mutations.ts'
import { validDraft } from './valid.ts'

/** A stream, as bytes in latin1, and what was done to it. */
export interface GeneratedStream {
  readonly bytes: string
  readonly defects: readonly string[]
}

const HEAD = Object.entries(HEAD_DEFECTS)
const FRAMING = Object.entries(FRAMING_DEFECTS)

/** What shows, behind the others, whether a party lost its place. */
export const CANARY = 'GET /canary HTTP/1.1\r\nHost: canary\r\n\r\n'

/** A stream; `corpus` is what mutations start from beside the generated ones. */
export function generateStream(random: Random, corpus: readonly string[]): GeneratedStream {
  const defects: string[] = []
  let bytes = ''
  if (corpus.length > 0 && random.oneIn(8)) {
    bytes = random.pick(corpus)
    defects.push('corpus')
  } else {
    for (let i = 1 + random.skewed(4); i > 0; i--) bytes += bytesOf(generateDraft(random, defects))
  }
  if (!random.oneIn(3)) bytes += CANARY
  if (!random.oneIn(4)) return { bytes, defects }
  const other = corpus.length > 0 && random.oneIn(2) ? random.pick(corpus) : bytes
  return { bytes: mutate(bytes, other, random), defects: [...defects, 'mutated'] }
}

function generateDraft(random: Random, defects: string[]): Draft {
  const draft = validDraft(random)
  // Most defects are fatal: with many of them in a row only the first would ever be looked at.
  const count = random.pick([0, 0, 0, 1, 1, 1, 1, 2])
  for (let i = 0; i < count; i++) {
    const [name, defect] = random.pick(random.oneIn(2) ? HEAD : FRAMING)
    defect(draft, random)
    defects.push(name)
  }
  return draft
}

/** The reads in which a stream comes in: in one, in a few, or byte by byte. */
export function cutStream(bytes: Buffer, random: Random): Buffer[] {
  const way = random.below(16)
  if (bytes.length === 0) return []
  if (way < 5) return [bytes]
  if (way === 5 && bytes.length < 2000) return Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1))
  const cuts = new Set<number>()
  for (let i = 1 + random.skewed(8); i > 0; i--) cuts.add(random.below(bytes.length))
  const offsets = [...cuts, bytes.length].sort((a, b) => a - b)
  return offsets.map((end, i) => bytes.subarray(offsets[i - 1] ?? 0, end)).filter(({ length }) => length > 0)
}
