// The parser level, briefly: the same code as `npm run torture -- parser`, which runs millions.
import { describe, expect, it } from '@jest/globals'
import { readCorpus } from '../../src/corpus.ts'
import { observeKirin } from '../../src/engine/observe-kirin.ts'
import { corpusFileOf, type Finding } from '../../src/fuzz/finding.ts'
import { emptyTally, fuzzParser, judge, parserCase } from '../../src/fuzz/parser-level.ts'

const corpus = readCorpus().map(({ stream }) => stream)

describe('the parser level', () => {
  it('finds nothing in a few thousand streams', async () => {
    const findings: Finding[] = []
    const tally = emptyTally()
    const onFinding = (finding: Finding): number => findings.push(finding)
    await fuzzParser({ seed: 19_941_106, from: 0, cases: 12_000, corpus, tally, onFinding })
    expect(findings.map(corpusFileOf)).toEqual([])
    expect(tally.cases).toBe(12_000)
    // Streams that are all refused at once, or never, would show nothing.
    expect(tally.requests).toBeGreaterThan(6000)
    expect(tally.refused).toBeGreaterThan(4000)
    expect(tally.reference['same']).toBeGreaterThan(10_000)
  }, 60_000)

  it('gives the same case for the same seed and number', () => {
    const one = parserCase(7, 123_456_789, corpus)
    expect(parserCase(7, 123_456_789, corpus)).toEqual(one)
    expect(parserCase(7, 123_456_790, corpus)).not.toEqual(one)
    expect(parserCase(8, 123_456_789, corpus)).not.toEqual(one)
  })

  it('tells of an engine that reads another stream than its peers', async () => {
    const told = 'GET /one HTTP/1.1\r\nHost: a\r\n\r\n'
    const [session] = await observeKirin([[Buffer.from(told.replace('one', 'two'))]])
    const finding = session && judge({ stream: told, reads: [Buffer.from(told)] }, session, emptyTally())
    expect(finding?.what).toBe('kirin and the reference: differ')
  })

  it('goes on where it stopped', async () => {
    const tally = emptyTally()
    const options = { seed: 1, corpus, tally, onFinding: () => undefined }
    const next = await fuzzParser({ ...options, from: 0, cases: 1000, shouldStop: at => at >= 256 })
    expect(next).toBe(256)
    await fuzzParser({ ...options, from: next, cases: 1000 - next })
    const whole = emptyTally()
    await fuzzParser({ ...options, tally: whole, from: 0, cases: 1000 })
    expect(tally).toEqual(whole)
  })
})
