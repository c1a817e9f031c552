// How an exchange ends: the signal, the iterator's return() and finished(), each once and in their order.
import { describe, expect, it } from '@jest/globals'
import type { Application, GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { chunk, connect, connectTo, deferred, get, type MemoryClient, post } from '../../support/memory-client.ts'

/** What was called, in order. */
class Journal {
  readonly events: string[] = []
  readonly errors: unknown[] = []

  watch(request: GatewayRequest): void {
    request.signal.addEventListener('abort', () => this.events.push('signal'))
  }

  finished(): NonNullable<GatewayResponse['finished']> {
    return (...args: unknown[]) => {
      this.events.push(args.length === 0 ? 'finished' : 'finished with an error')
      this.errors.push(args[0])
    }
  }

  /** A body that yields those chunks, waiting for `gate` before the last; its return() is noted. */
  body(chunks: readonly unknown[], gate?: Promise<unknown>): AsyncIterable<string> {
    let at = 0
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          if (at === chunks.length - 1) await gate
          if (at === chunks.length) return { done: true as const, value: undefined }
          const value = chunks[at++]
          if (value instanceof Error) throw value
          return { done: false as const, value: value as string }
        },
        return: () => {
          this.events.push('return')
          return Promise.resolve({ done: true as const, value: undefined })
        },
      }),
    }
  }
}

function serve(application: (journal: Journal) => Application, observed = false) {
  const journal = new Journal()
  const serving = application(journal)
  const client = connect(
    (request, context) => {
      journal.watch(request)
      return serving(request, context)
    },
    { observed },
  )
  return { client, journal }
}

const STUCK = new Promise<never>(() => undefined)
const LOST = ['signal', 'finished with an error']
const LOST_BODY = ['signal', 'return', 'finished with an error']

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
      const { client, journal } = serve(journal => () => ({ ...make(journal), finished: journal.finished() }))
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
      const { client, journal } = serve(journal => () => ({ status: 200, body, finished: journal.finished() }))
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
    const { client, journal } = serve(journal => async () => {
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
    const { client, journal } = serve(journal => () => ({
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
    const { client, journal } = serve(journal => () => ({ status: 200, body: stuck(), finished: journal.finished() }))
    client.send(get())
    await client.settled()
    client.lose()
    expect(journal.events).toEqual(LOST)
  })

  it('END-09: while the body waits for room returns it', async () => {
    const { client, journal } = serve(journal => () => ({
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
      const { client, journal } = serve(journal => () => ({
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
    const { client, journal } = serve(journal => () => ({ status: 200, body: 'x', finished: journal.finished() }))
    client.wire.stall()
    client.send(get() + get() + post('abc'))
    await client.settled()
    client.lose()
    expect(journal.events.filter(event => event !== 'signal')).toEqual(Array(3).fill('finished with an error'))
  })

  it('END-06: is told to whoever observes, once', async () => {
    const { client } = serve(() => () => STUCK, true)
    client.send(get()).lose()
    expect(client.outcomes).toEqual([expect.objectContaining({ code: 'KIRIN_CLIENT_LOST' })])
  })

  it('END-04: is not one that closes its side only', async () => {
    const gate = deferred()
    const { client, journal } = serve(journal => async () => {
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

describe('finished', () => {
  const broken: readonly (readonly [string, unknown[], Record<string, string>])[] = [
    ['throws', ['a', new Error('broken')], {}],
    ['yields what is no chunk', ['a', 7], {}],
    ['yields more than was declared', ['a', 'bc'], { 'content-length': '2' }],
  ]
  it.each(broken)('END-05, END-06, END-09: a body that %s after the head', async (name, chunks, headers) => {
    const { client, journal } = serve(journal => () => ({
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
    const { client, journal } = serve(journal => () => ({
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
      const { client, journal } = serve(
        journal => () => ({ status: 200, body: body(), finished: journal.finished() }),
        true,
      )
      client.send(get())
      await client.settled()
      expect(journal.events.at(-1)).toBe('finished with an error')
      expect(client.outcomes).toEqual([expect.anything()])
    }
    const { client } = serve(() => () => Promise.reject(undefined), true)
    client.send(get())
    await client.settled()
    expect(client.outcomes).toEqual([expect.anything()])
  })

  it('END-06: of an invalid response gets the error, and the body is closed first', async () => {
    const { client, journal } = serve(journal => () => ({
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
