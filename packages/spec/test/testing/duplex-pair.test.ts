import { once } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { createDuplexPair } from '../../src/testing/duplex-pair.ts'

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

describe('a pair of connected streams', () => {
  it('leaves an end that has not read everything when the other has ended both sides and closed', async () => {
    const [one, other] = createDuplexPair()
    other.end()
    one.resume().end('last words')
    await once(one, 'close')
    await turn()
    expect(String(await other.toArray())).toBe('last words')
  })

  it('destroys an end whose other end is destroyed before that', async () => {
    const [one, other] = createDuplexPair()
    one.write('lost')
    one.destroy()
    await once(other, 'close')
    expect(other.readableEnded).toBe(false)
  })
})
