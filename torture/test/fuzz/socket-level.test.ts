// The socket level, briefly: the corpus and some generated streams to Kirin and to each peer that is installed.
import { describe, expect, it } from '@jest/globals'
import { readCorpus } from '../../src/corpus.ts'
import { corpusFileOf } from '../../src/fuzz/finding.ts'
import { parserCase } from '../../src/fuzz/parser-level.ts'
import { judgeSockets, observeAll, PEERS, type ShownStream, startPeers } from '../../src/fuzz/socket-level.ts'
import type { SocketObservation } from '../../src/peers/sockets/peer.ts'

const corpus = readCorpus().map(({ stream }) => stream)

/** The corpus in one read each, and so many generated streams in theirs. */
function streams(count: number): ShownStream[] {
  const generated = Array.from({ length: count }, (_, i) => parserCase(19_941_106, i, corpus))
  return [...corpus.map(stream => ({ stream, reads: [Buffer.from(stream, 'latin1')] })), ...generated]
}

describe.each(Object.keys(PEERS))('Kirin and %s', name => {
  const itWithPeer = PEERS[name] === undefined ? it.skip : it
  itWithPeer(
    'agree over sockets where each request ends, or Kirin refuses',
    async () => {
      const peers = await startPeers([name])
      const findings: string[] = []
      const tally = {}
      const waiting = streams(120)
      const client = async (): Promise<void> => {
        for (let shown = waiting.pop(); shown !== undefined; shown = waiting.pop()) {
          const finding = await judgeSockets(shown, await observeAll(peers, shown.reads), tally)
          if (finding !== undefined) findings.push(corpusFileOf(finding))
        }
      }
      try {
        await Promise.all(Array.from({ length: 12 }, client))
      } finally {
        await Promise.all(peers.map(peer => peer.stop()))
      }
      expect(findings).toEqual([])
      expect(tally).toEqual({ [name]: expect.objectContaining({ same: expect.any(Number) }) })
    },
    120_000,
  )
})

describe('the judge of the socket level', () => {
  const stream = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n'
  const saw = (...targets: string[]): SocketObservation => ({
    requests: targets.map(target => ({ method: 'GET', target, body: '', whole: true })),
    end: 'ended',
    reason: '',
    statuses: targets.map(() => 204),
    forwarded: [],
  })
  const judge = (kirin: SocketObservation, proxy: SocketObservation) =>
    judgeSockets({ stream, reads: [Buffer.from(stream)] }, { kirin, proxy }, {})

  it('takes the same from both, and the absolute form for the origin form', async () => {
    expect(await judge(saw('/a', '/b'), saw('/a', 'http://x/b'))).toBeUndefined()
  })

  it('tells of a request that only one has, or that differs', async () => {
    expect((await judge(saw('/a', '/b'), saw('/a', '/b', '/c')))?.what).toBe('kirin and proxy differ')
    expect((await judge(saw('/a', '/b'), saw('/a', '/x')))?.what).toBe('kirin and proxy differ')
    expect((await judge(saw('/a'), saw('/a', '/b')))?.what).toContain('kirin differs over a socket')
  })

  it('tells of what a proxy sent on as one request and Kirin takes for two', async () => {
    const two = { ...saw('/a', '/b'), forwarded: [stream] }
    expect((await judge(saw('/a', '/b'), two))?.what).toMatch(/^behind proxy: 2 requests of one/)
  })
})
