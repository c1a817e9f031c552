// How an exchange ends: the signal, the iterator's return() and finished(), each once and in their order.
import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { type Journal, LOST, LOST_BODY, serveWithJournal } from '../../support/journal.ts'
import { chunk, connectTo, deferred, get, post } from '../../support/memory-client.ts'

const STUCK = new Promise<never>(() => undefined)

describe('an exchange that succeeds', () => {
  it.each<[string, (journal: Journal) => GatewayResponse]>([
    ['a string', () => ({ status: 200, body: 'x' })],
    ['bytes', () => ({ status: 200, body: Buffer.alloc(100_000) })],
    ['nothing', () => ({ status: 204 })],
    ['a body in chunks', journal => ({ status: 200, body: journal.body(['a', 'b']) })],
    [
      'a body of known length',
      journal => ({ status: 200, headers: { 'content-length': '2' }, body: journal.body(['a', 'b']) }),
    ],
    ['an empty iterable', () => ({ status: 200, body: [] })],
  ])(
    'END-02, END-06, END-07, END-09: with %s calls finished once without an error, and nothing else',
    async (_n, make) => {
      const { client, journal } = serveWithJournal(journal => () => ({
        ...make(journal),
        finished: journal.finished(),
      }))
      client.send(get())
      await client.settled()
      expect(journal.events).toEqual(['finished'])
      client.lose()
      await client.settled()
      expect(journal.events).toEqual(['finished'])
    },
  )

  it('END-07: calls finished only when the last byte has reached the transport', async () => {
    for (const body of ['x', ['a', 'b']]) {
      const { client, journal } = serveWithJournal(journal => () => ({
        status: 200,
        body,
        finished: journal.finished(),
      }))
      client.wire.stall()
      client.send(get())
      await client.settled()
      expect(client.take()).toMatch(/x$|0\r\n\r\n$/)
      expect(journal.events).toEqual([])
      client.wire.unstall()
      expect(journal.events).toEqual(['finished'])
    }
  })

  it('END-02: has a signal that is not aborted afterwards, also when first looked at then', async () => {
    const { client, requests } = connectTo({ status: 200, body: 'x' })
    client.send(get())
    await client.settled()
    client.lose()
    expect(requests[0]?.signal.aborted).toBe(false)
  })

  it('END-02: makes no signal unless asked, and the same one each time', () => {
    const { client, requests } = connectTo(STUCK)
    client.send(get())
    const signal = requests[0]?.signal
    expect(signal).toBeInstanceOf(AbortSignal)
    expect(requests[0]?.signal).toBe(signal)
    expect((Object.create(requests[0] as GatewayRequest) as GatewayRequest).signal).toBe(signal)
  })
})

describe('a client that is lost', () => {
  it('END-01, END-05: while the application is at work aborts the signal; the response is discarded', async () => {
    const gate = deferred()
    const { client, journal } = serveWithJournal(journal => async () => {
      await gate.promise
      return { status: 200, body: journal.body(['a']), finished: journal.finished() }
    })
    client.send(get()).lose()
    expect(journal.events).toEqual(['signal'])
    gate.resolve()
    await client.settled()
    expect(journal.events).toEqual(LOST_BODY)
    expect(journal.errors[0]).toMatchObject({ code: 'KIRIN_CLIENT_LOST' })
    expect(client.output).toBe('')
  })

  it('END-03: is known to a signal that is first looked at afterwards', () => {
    const { client, requests } = connectTo(STUCK)
    client.send(get()).lose(new Error('reset by peer'))
    expect(requests[0]?.signal.aborted).toBe(true)
    expect(requests[0]?.signal.reason).toMatchObject({ code: 'KIRIN_CLIENT_LOST', cause: { message: 'reset by peer' } })
  })

  it('END-01, END-05, END-10: while the body’s next() is stuck aborts, returns and finishes, waiting for nothing', async () => {
    const { client, journal } = serveWithJournal(journal => () => ({
      status: 200,
      body: journal.body(['a', 'b'], STUCK),
      finished: journal.finished(),
    }))
    client.send(get())
    await client.settled()
    expect(client.take()).toContain(chunk('a'))
    client.lose()
    expect(journal.events).toEqual(LOST_BODY)
  })

  it('END-10: is not waited on by a generator that is stuck', async () => {
    async function* stuck() {
      yield 'a'
      await STUCK
    }
    const { client, journal } = serveWithJournal(journal => () => ({
      status: 200,
      body: stuck(),
      finished: journal.finished(),
    }))
    client.send(get())
    await client.settled()
    client.lose()
    expect(journal.events).toEqual(LOST)
  })

  it('END-09: while the body waits for room returns it', async () => {
    const { client, journal } = serveWithJournal(journal => () => ({
      status: 200,
      body: journal.body(['x'.repeat(70_000), 'b', 'c']),
      finished: journal.finished(),
    }))
    client.wire.stall()
    client.send(get())
    await client.settled()
    client.lose()
    client.connection.drained()
    expect(journal.events).toEqual(LOST_BODY)
  })

  it('END-01, END-07, END-09: while bytes wait to be sent aborts and finishes with an error; a done body is not returned', async () => {
    for (const body of ['x', ['a', 'b'], undefined]) {
      const { client, journal } = serveWithJournal(journal => () => ({
        status: 200,
        body: body ?? journal.body(['a']),
        finished: journal.finished(),
      }))
      client.wire.stall()
      client.send(get())
      await client.settled()
      expect(journal.events).toEqual([])
      client.lose()
      expect(journal.events).toEqual(LOST)
    }
  })

  it('END-06: with several answers on the way, finishes each once', async () => {
    const { client, journal } = serveWithJournal(journal => () => ({
      status: 200,
      body: 'x',
      finished: journal.finished(),
    }))
    client.wire.stall()
    client.send(get() + get() + post('abc'))
    await client.settled()
    client.lose()
    expect(journal.events.filter(event => event !== 'signal')).toEqual(Array(3).fill('finished with an error'))
  })

  it('END-06: is told to whoever observes, once', async () => {
    const { client } = serveWithJournal(() => () => STUCK, true)
    client.send(get()).lose()
    expect(client.outcomes).toEqual([expect.objectContaining({ code: 'KIRIN_CLIENT_LOST' })])
  })

  it('END-04: is not one that closes its side only', async () => {
    const gate = deferred()
    const { client, journal } = serveWithJournal(journal => async () => {
      await gate.promise
      return { status: 200, body: 'answer', finished: journal.finished() }
    })
    client.send(get()).end()
    await client.settled()
    expect(journal.events).toEqual([])
    gate.resolve()
    await client.settled()
    expect(client.take()).toMatch(/answer$/)
    expect(journal.events).toEqual(['finished'])
  })
})
