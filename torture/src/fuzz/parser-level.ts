// The first level: streams through Kirin's engine, node's parser and the reference, all in this process, without sockets.
import type { MemorySession } from '../engine/memory-session.ts'
import { observeKirin } from '../engine/observe-kirin.ts'
import { cutStream, generateStream } from '../grammar/stream.ts'
import { compare, type Observation } from '../observation.ts'
import { observeNodeParser } from '../peers/node-parser.ts'
import { Random } from '../random.ts'
import { observeReference } from '../reference/reference.ts'
import { isStricter, mayClose } from './allowed.ts'
import type { Finding } from './finding.ts'

/** Streams that share the turns of the event loop: enough that a turn's own cost does not count. */
const BATCH = 128

/** What a campaign has seen so far; plain data, so that a later run can go on with it. */
export interface Tally {
  cases: number
  bytes: number
  /** Requests that reached Kirin's application. */
  requests: number
  /** Streams that Kirin refused somewhere. */
  refused: number
  /** How Kirin and node's parser agreed, by verdict; refusals with the code of who refused. */
  readonly node: Record<string, number>
  /** How Kirin and the reference agreed. */
  readonly reference: Record<string, number>
  readonly defects: Record<string, number>
  findings: number
}

/** A tally of nothing. */
export function emptyTally(): Tally {
  return { cases: 0, bytes: 0, requests: 0, refused: 0, node: {}, reference: {}, defects: {}, findings: 0 }
}

export interface ParserFuzzOptions {
  readonly seed: number
  /** The first case, and how many. */
  readonly from: number
  readonly cases: number
  readonly corpus: readonly string[]
  /** Counted into as the campaign goes. */
  readonly tally: Tally
  readonly onFinding: (finding: Finding) => void
  /** Asked after each batch, with the number of the next case: whether to stop. */
  readonly shouldStop?: (next: number) => boolean
}

/** Runs those cases, or as many as it may; resolves with the number of the next one. */
export async function fuzzParser(options: ParserFuzzOptions): Promise<number> {
  const end = options.from + options.cases
  for (let next = options.from; next < end; ) {
    const count = Math.min(BATCH, end - next)
    await runBatch(next, count, options)
    next += count
    if (options.shouldStop?.(next)) return next
  }
  return end
}

export interface ParserCase {
  /** Bytes as latin1. */
  readonly stream: string
  readonly defects: readonly string[]
  readonly reads: readonly Buffer[]
}

/** One case: a stream and its reads. The same seed and number give the same ones. */
export function parserCase(seed: number, number: number, corpus: readonly string[]): ParserCase {
  const random = new Random(seed, number)
  const { bytes, defects } = generateStream(random, corpus)
  return { stream: bytes, defects, reads: cutStream(Buffer.from(bytes, 'latin1'), random) }
}

async function runBatch(from: number, count: number, options: ParserFuzzOptions): Promise<void> {
  const { seed, corpus, tally, onFinding } = options
  const cases = Array.from({ length: count }, (_, i) => parserCase(seed, from + i, corpus))
  const sessions = await observeKirin(cases.map(({ reads }) => reads))
  for (const [i, session] of sessions.entries()) {
    const { stream, reads, defects } = cases[i] as (typeof cases)[number]
    for (const defect of defects) bump(tally.defects, defect)
    const finding = judge({ stream, reads }, session, tally)
    if (finding === undefined) continue
    tally.findings++
    onFinding({ ...finding, source: `parser level, seed ${seed}, case ${from + i}` })
  }
}

/** Holds a settled session against the other two; what is wrong, if anything is. */
export function judge(
  { stream, reads }: Pick<ParserCase, 'stream' | 'reads'>,
  session: MemorySession,
  tally: Tally,
): Finding | undefined {
  const kirin = session.observation()
  const node = observeNodeParser(reads)
  const reference = observeReference(stream)
  tally.cases++
  tally.bytes += stream.length
  tally.requests += kirin.requests.length
  if (kirin.end === 'refused') tally.refused++
  const judged = { stream, tally }
  const what = session.brokenPromise() ?? againstReference(kirin, reference, judged) ?? againstNode(kirin, node, judged)
  if (what === undefined) return undefined
  return {
    what,
    source: '',
    stream,
    reads: reads.map(({ length }) => length),
    observations: { kirin, node, reference },
  }
}

/** What a verdict is about, and counted in. */
interface Judged {
  readonly stream: string
  readonly tally: Tally
}

function againstReference(kirin: Observation, reference: Observation, { stream, tally }: Judged): string | undefined {
  const verdict = compare(kirin, reference)
  if (verdict === 'same') {
    bump(tally.reference, 'same')
    return undefined
  }
  if (closesBefore(kirin, reference) && mayClose(stream)) {
    bump(tally.reference, 'kirin closes')
    return undefined
  }
  if (verdict !== 'kirin-refuses') return `kirin and the reference: ${verdict}`
  bump(tally.reference, `kirin refuses: ${kirin.reason}`)
  const next = reference.requests[kirin.requests.length] ?? kirin.requests.at(-1)
  return isStricter(kirin.reason, next?.method ?? '') ? undefined : 'kirin refuses what the reference takes'
}

/** Where node refuses, closes or goes on alone, the reference has just said that Kirin is right. */
function againstNode(kirin: Observation, node: Observation, { tally }: Judged): string | undefined {
  const verdict = compare(kirin, node)
  if (verdict === 'same') bump(tally.node, 'same')
  else if (verdict === 'kirin-refuses') bump(tally.node, `kirin refuses: ${kirin.reason}`)
  else if (verdict === 'peer-refuses') bump(tally.node, `node refuses: ${node.reason}`)
  // An HTTP/1.0 client that says both `keep-alive` and `close`.
  else if (closesBefore(kirin, node)) bump(tally.node, 'kirin closes')
  // A trailer `Connection: close`, which node takes for a field of the head.
  else if (closesBefore(node, kirin)) bump(tally.node, 'node closes')
  else return 'kirin and node differ'
  return undefined
}

/** Whether both saw the same, and `one` closed where the other saw more. */
function closesBefore(one: Observation, other: Observation): boolean {
  const { length } = one.requests
  return one.end === 'closed' && compare(one, { ...other, requests: other.requests.slice(0, length) }) !== 'differ'
}

function bump(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}
