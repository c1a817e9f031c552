// Every stream of the corpus, whole and cut at every offset: what was found once stays mended.
import { describe, expect, it } from '@jest/globals'
import { readCorpus } from '../src/corpus.ts'
import { observeKirin } from '../src/engine/observe-kirin.ts'
import { describe as describeObservation } from '../src/fuzz/finding.ts'
import { emptyTally, judge } from '../src/fuzz/parser-level.ts'
import { escape } from '../src/stream-text.ts'

const corpus = readCorpus()

/** Offsets of a stream at which it is cut: all of them, or for a long one those near its ends. */
function cutsOf({ length }: Buffer): number[] {
  const all = Array.from({ length }, (_, at) => at)
  return length <= 1200 ? all : [...all.slice(0, 300), ...all.slice(-300)]
}

describe('the corpus', () => {
  it.each(corpus)('$name means the same to Kirin however it is cut, and agrees with its peers', async ({ stream }) => {
    const bytes = Buffer.from(stream, 'latin1')
    const cases = cutsOf(bytes).map(at => [bytes.subarray(0, at), bytes.subarray(at)].filter(part => part.length > 0))
    const sessions = await observeKirin(cases)
    const first = sessions[0]?.observation()
    for (const [i, session] of sessions.entries()) {
      expect(judge({ stream, reads: cases[i] ?? [] }, session, emptyTally())?.what).toBeUndefined()
      expect({ cut: i, ...session.observation() }).toEqual({ cut: i, ...first })
    }
  })

  it('makes nothing of what is hidden in its bodies', async () => {
    for (const { name, stream } of corpus.filter(entry => entry.name.startsWith('found/'))) {
      const [session] = await observeKirin([[Buffer.from(stream, 'latin1')]])
      const line = session === undefined ? '' : describeObservation(session.observation())
      expect(`${name}: ${line}`).not.toContain(escape('/smuggled'))
    }
  })
})
