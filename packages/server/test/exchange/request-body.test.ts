import { describe, expect, it } from '@jest/globals'
import { BODY_HIGH_WATER, JOINED_PIECES, SEPARATE_PIECES } from '../../src/exchange/limits.ts'
import { RequestBody } from '../../src/exchange/request-body.ts'

function bodyOf(source: Partial<ConstructorParameters<typeof RequestBody>[0]> = {}): RequestBody {
  const nothing = (): void => undefined
  return new RequestBody({ bodyWanted: nothing, pauseBody: nothing, resumeBody: nothing, ...source })
}

describe('a body whose pieces wait', () => {
  it('joins small ones where there are many, so that what they take in memory is bounded as their bytes are', async () => {
    let isPaused = false
    const body = bodyOf({ pauseBody: () => (isPaused = true) })
    let sent = ''
    while (!isPaused) {
      const piece = String.fromCharCode(97 + (sent.length % 26))
      sent += piece
      body.push(Buffer.from(piece))
    }
    body.end()
    const chunks: Uint8Array[] = []
    for await (const chunk of body) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe(sent)
    expect(sent).toHaveLength(BODY_HIGH_WATER)
    expect(chunks.length).toBeLessThanOrEqual(SEPARATE_PIECES + BODY_HIGH_WATER / JOINED_PIECES)
    // As they came.
    const first = SEPARATE_PIECES - 1
    expect(chunks.slice(0, first).map(String)).toEqual(sent.slice(0, first).split(''))
  })

  it('leaves alone what is large, and what has been read', async () => {
    const body = bodyOf()
    const large = Buffer.alloc(JOINED_PIECES)
    const pieces = Array.from({ length: SEPARATE_PIECES }, () => Buffer.from('a'))
    for (const piece of [...pieces, large, Buffer.from('b')]) body.push(piece)
    const iterator = body[Symbol.asyncIterator]()
    for (const piece of pieces) expect((await iterator.next()).value).toBe(piece)
    expect((await iterator.next()).value).toBe(large)
    expect(String((await iterator.next()).value)).toBe('b')
    expect(pieces.map(String).join('')).toBe('a'.repeat(SEPARATE_PIECES))
  })
})
