import { beforeEach, describe, expect, it } from '@jest/globals'
import { cachedLookup, type HostLookup } from '../../src/log/host-lookup.ts'

type Answer = Parameters<HostLookup>[2]

const NOT_FOUND = Object.assign(new Error('not found'), { code: 'ENOTFOUND' })

describe('a lookup for a socket that sends to one host', () => {
  let now: number
  /** What the system was asked, and has not answered. */
  let questions: Answer[]
  let lookup: HostLookup

  beforeEach(() => {
    now = 1_000
    questions = []
    lookup = cachedLookup({ lookup: (_host, _options, told) => void questions.push(told), now: () => now })
  })

  const ask = (host = 'log.example'): Promise<string> =>
    new Promise((resolve, reject) => {
      lookup(host, { family: 4 }, (error, address) => (error === null ? resolve(address) : reject(error)))
    })
  const answer = (address: string): void => questions.shift()?.(null, address, 4)

  it('asks once for all that wait, and not again for what is known', async () => {
    const asked = [ask(), ask(), ask()]
    expect(questions).toHaveLength(1)
    answer('192.0.2.1')
    expect(await Promise.all(asked)).toEqual(['192.0.2.1', '192.0.2.1', '192.0.2.1'])
    expect(await ask()).toBe('192.0.2.1')
    expect(questions).toHaveLength(0)
  })

  it('asks again after five minutes, and uses what is known until there is an answer', async () => {
    const first = ask()
    answer('192.0.2.1')
    await first
    now += 5 * 60_000
    expect([await ask(), await ask()]).toEqual(['192.0.2.1', '192.0.2.1'])
    expect(questions).toHaveLength(1)
    answer('192.0.2.2')
    expect(await ask()).toBe('192.0.2.2')
  })

  it('keeps an address that is not found any more', async () => {
    const first = ask()
    answer('192.0.2.1')
    await first
    now += 5 * 60_000
    await ask()
    questions.shift()?.(NOT_FOUND, '', 0)
    expect(await ask()).toBe('192.0.2.1')
  })

  it('asks ten seconds later for a name that was not found', async () => {
    const first = ask()
    questions.shift()?.(NOT_FOUND, '', 0)
    await expect(first).rejects.toBe(NOT_FOUND)
    await expect(ask()).rejects.toBe(NOT_FOUND)
    expect(questions).toHaveLength(0)
    now += 10_000
    const second = ask()
    answer('192.0.2.1')
    expect(await second).toBe('192.0.2.1')
  })

  it('has no more than so many wait for a name server that does not answer', async () => {
    const waiting = Array.from({ length: 256 }, () => ask())
    await expect(ask()).rejects.toThrow('the name has not been found yet')
    answer('192.0.2.1')
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['192.0.2.1']))
  })

  it('asks nobody for an address', async () => {
    expect(await ask('192.0.2.7')).toBe('192.0.2.7')
    expect(await ask('::1')).toBe('::1')
    expect(questions).toHaveLength(0)
  })
})
