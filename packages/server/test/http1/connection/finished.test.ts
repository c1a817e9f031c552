// finished(): once, whatever happens, and what becomes of an error in it.
import { describe, expect, it } from '@jest/globals'
import type { GatewayResponse } from '@nsgi/spec'
import { LOST, LOST_BODY, serveWithJournal } from '../../support/journal.ts'
import { connect, connectTo, get, type MemoryClient } from '../../support/memory-client.ts'

describe('finished', () => {
  const broken: readonly (readonly [string, unknown[], Record<string, string>])[] = [
    ['throws', ['a', new Error('broken')], {}],
    ['yields what is no chunk', ['a', 7], {}],
    ['yields more than was declared', ['a', 'bc'], { 'content-length': '2' }],
  ]
  it.each(broken)('END-05, END-06, END-09: a body that %s after the head', async (name, chunks, headers) => {
    const { client, journal } = serveWithJournal(journal => () => ({
      status: 200,
      headers,
      body: journal.body(chunks),
      finished: journal.finished(),
    }))
    client.send(get())
    await client.settled()
    expect(journal.events).toEqual(name === 'throws' ? LOST : LOST_BODY)
    expect(client.isClosed).toBe(true)
    client.lose()
    expect(journal.errors).toHaveLength(1)
  })

  it.each(broken)('END-06, END-09: a body that %s before the head is answered 500', async (name, chunks) => {
    const first = chunks.length === 2 && name !== 'yields more than was declared' ? chunks.slice(1) : ['abc']
    const { client, journal } = serveWithJournal(journal => () => ({
      status: 200,
      headers: name === 'yields more than was declared' ? { 'content-length': '2' } : {},
      body: journal.body(first),
      finished: journal.finished(),
    }))
    client.send(get() + get())
    await client.settled()
    const once = name === 'throws' ? ['finished with an error'] : ['return', 'finished with an error']
    expect(journal.events).toEqual([...once, ...once])
    expect(client.take()).toMatch(/^HTTP\/1\.1 500 [\s\S]+HTTP\/1\.1 500 /)
    expect(client.isClosed).toBe(false)
  })

  it('END-06: gets an error also when undefined was thrown', async () => {
    for (const chunks of [['a'], []]) {
      async function* body() {
        yield* chunks
        await Promise.resolve()
        throw undefined
      }
      const { client, journal } = serveWithJournal(
        journal => () => ({ status: 200, body: body(), finished: journal.finished() }),
        true,
      )
      client.send(get())
      await client.settled()
      expect(journal.events.at(-1)).toBe('finished with an error')
      expect(client.outcomes).toEqual([expect.anything()])
    }
    const { client } = serveWithJournal(() => () => Promise.reject(undefined), true)
    client.send(get())
    await client.settled()
    expect(client.outcomes).toEqual([expect.anything()])
  })

  it('END-06: of an invalid response gets the error, and the body is closed first', async () => {
    const { client, journal } = serveWithJournal(journal => () => ({
      status: 99,
      body: journal.body(['a']),
      finished: journal.finished(),
    }))
    client.send(get())
    await client.settled()
    expect(journal.events).toEqual(['return', 'finished with an error'])
    expect(journal.errors[0]).toMatchObject({ requirement: 'RES-03' })
  })

  it('END-08: may throw or reject: it is logged and nothing else happens', async () => {
    const throws = (): never => {
      throw new Error('thrown')
    }
    for (const finished of [throws, () => Promise.reject(new Error('rejected')) as unknown as void]) {
      const { client, requests } = connectTo({ status: 200, body: 'x', finished }, { status: 200, body: 'next' })
      client.send(get())
      await client.settled()
      expect(client.logged).toEqual([
        expect.objectContaining({ level: 'error', message: expect.stringContaining('END-08') }),
      ])
      client.send(get())
      expect(client.take()).toMatch(/x[\s\S]+next$/)
      expect(requests).toHaveLength(2)
    }
  })

  it('is called on its response', async () => {
    const seen: unknown[] = []
    const response = {
      status: 200,
      finished() {
        seen.push(this)
      },
    }
    const { client } = connectTo(response)
    client.send(get())
    await client.settled()
    expect(seen).toEqual([response])
  })
})

describe('whoever observes', () => {
  it('is told of each exchange once, with its error', async () => {
    const answers: (() => unknown)[] = [
      () => ({ status: 200, body: 'x' }),
      () => Promise.reject(new Error('rejected')),
      () => ({ status: 1 }),
      () => ({ status: 200, body: ['a'] }),
    ]
    const client: MemoryClient = connect(() => answers.shift()?.() as GatewayResponse, { observed: true })
    client.send(get().repeat(4))
    await client.settled()
    client.lose()
    expect(client.outcomes.map(error => (error as Error | undefined)?.message)).toEqual([
      undefined,
      'rejected',
      expect.stringContaining('RES-03'),
      undefined,
    ])
  })
})
