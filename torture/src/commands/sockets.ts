// `npm run torture -- sockets`: thousands of streams to Kirin, node:http, nginx and HAProxy.
import { readCorpus } from '../corpus.ts'
import { findingWriter } from '../fuzz/campaign-state.ts'
import { parserCase } from '../fuzz/parser-level.ts'
import { judgeSockets, observeAll, type SocketTally, startPeers } from '../fuzz/socket-level.ts'
import type { TortureOptions } from './options.ts'

/** Streams of the long version. */
const CASES = 50_000
/** Streams at a time. */
const CONCURRENCY = 16

/** Runs until the bound; whether nothing was found. */
export async function runSocketLevel(options: TortureOptions): Promise<boolean> {
  const corpus = readCorpus().map(({ stream }) => stream)
  const write = findingWriter(options.findings)
  const peers = await startPeers()
  const started = performance.now()
  const end = options.from + (options.cases ?? CASES)
  const tally: SocketTally = {}
  let next = options.from
  let findings = 0
  let stopping = false
  const stop = (): void => {
    stopping = true
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const isDue = (): boolean =>
    !stopping && next < end && (performance.now() - started) / 1000 < (options.seconds ?? Number.POSITIVE_INFINITY)
  const worker = async (): Promise<void> => {
    while (isDue()) {
      const number = next++
      const shown = parserCase(options.seed, number, corpus)
      const finding = await judgeSockets(shown, await observeAll(peers, shown.reads), tally)
      if (finding === undefined) continue
      findings++
      const source = `socket level, seed ${options.seed}, case ${number}`
      console.log(`finding: ${finding.what} (${source}) ${write({ ...finding, source }) ?? ''}`)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  await Promise.all(peers.map(peer => peer.stop()))
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(JSON.stringify({ seed: options.seed, cases: next - options.from, seconds, findings, tally }, null, 2))
  return findings === 0
}
