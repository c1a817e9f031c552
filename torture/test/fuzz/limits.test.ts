// Limits so small that most streams meet one: which requests are refused for them must not depend on the reads.
import { describe, expect, it } from '@jest/globals'
import { DEFAULT_LIMITS } from '@nsgi/server/internal/exchange/limits'
import { readCorpus } from '../../src/corpus.ts'
import { observeKirin } from '../../src/engine/observe-kirin.ts'
import { parserCase } from '../../src/fuzz/parser-level.ts'
import type { Observation } from '../../src/observation.ts'

const LIMITS = { ...DEFAULT_LIMITS, requestLine: 30, fieldCount: 4, fieldSize: 40, headSize: 150, bodySize: 60 }
const STREAMS = 4000

/** Without what may depend on the reads: which of several limits was met first, and how much came of a body that is too large. */
function decided({ requests, end }: Observation) {
  return { end, requests: requests.map(({ body, ...seen }) => ({ ...seen, body: seen.whole ? body : '' })) }
}

describe('small limits', () => {
  it('refuse the same requests however a stream is cut', async () => {
    const corpus = readCorpus().map(({ stream }) => stream)
    const cases = Array.from({ length: STREAMS }, (_, i) => parserCase(19_941_106, i, corpus))
    const whole = await observeKirin(
      cases.map(({ stream }) => [Buffer.from(stream, 'latin1')]),
      LIMITS,
    )
    const cut = await observeKirin(
      cases.map(({ reads }) => reads),
      LIMITS,
    )
    const reasons = new Set<string>()
    for (const [i, session] of whole.entries()) {
      const one = session.observation()
      reasons.add(one.reason)
      expect({ i, fault: cut[i]?.fault, ...decided((cut[i] ?? session).observation()) }).toEqual({ i, ...decided(one) })
    }
    const met = ['REQUEST_LINE_TOO_LONG', 'TOO_MANY_FIELDS', 'FIELD_TOO_LARGE', 'BODY_TOO_LARGE']
    expect([...reasons]).toEqual(expect.arrayContaining(met))
  }, 60_000)
})
