// What lint finds where the server does not use a response as it must.
import { Duplex, Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest, GatewayResponse } from '../../src/index.ts'
import { createContext, createRequest } from '../../src/testing/index.ts'
import { ControlledBody, giving, iterate, type Watched } from './support/watched.ts'

const error = new Error('the client is lost')

/** A response with a body of two pieces. */
function streaming(): Watched {
  return giving(() => ({ status: 200, body: pieces() }))
}

async function* pieces() {
  yield 'a'
  yield 'b'
}

/** Reads a body to its end. */
async function drain(response: GatewayResponse): Promise<void> {
  const iterator = iterate(response)
  while (!(await iterator.next()).done);
}

/** A request whose client can be lost. */
function losable(): { request: GatewayRequest; client: AbortController } {
  const client = new AbortController()
  return { request: createRequest({ signal: client.signal }), client }
}

describe('a server that keeps the contract', () => {
  it('reads, and finishes', async () => {
    const watched = streaming()
    const response = await watched.respond()
    await drain(response)
    response.finished?.()
    expect(await watched.settled()).toEqual([])
  })

  it('tells a loss in order, though next() hangs', async () => {
    const body = new ControlledBody()
    const watched = giving(() => ({ status: 200, body }))
    const { request, client } = losable()
    const response = await watched.respond(request)
    const iterator = iterate(response)
    void iterator.next()
    client.abort()
    void iterator.return?.()
    response.finished?.(error)
    expect(await watched.settled()).toEqual([])
    expect(body.events).toEqual(['next', 'return'])
  })

  it('destroys a stream whose next() hangs', async () => {
    const body = new Readable({ read() {} })
    const watched = giving(() => ({ status: 200, body }))
    const { request, client } = losable()
    const response = await watched.respond(request)
    const iterator = iterate(response)
    iterator.next().catch(() => {})
    client.abort()
    void iterator.return?.()
    ;(response.body as Readable).destroy()
    response.finished?.(error)
    expect(await watched.settled()).toEqual([])
    expect(body.destroyed).toBe(true)
  })

  it('answers 500 for a body that failed before the head, without any abort', async () => {
    const watched = giving(() => ({ status: 200, body: [5] }))
    const response = await watched.respond()
    const iterator = (response.body as Iterable<string>)[Symbol.iterator]()
    iterator.next()
    iterator.return?.()
    response.finished?.(error)
    expect(await watched.settled()).toEqual(['application RES-04'])
  })

  it('closes what it does not send, by whichever way the body has', async () => {
    const arrays = giving(() => ({ status: 304, body: ['a'] }))
    ;(await arrays.respond()).finished?.()
    expect(await arrays.settled()).toEqual([])
    const generators = streaming()
    const response = await generators.respond(createRequest({ method: 'HEAD' }))
    void (response.body as AsyncGenerator).return(undefined)
    response.finished?.()
    expect(await generators.settled()).toEqual([])
  })
})

describe('a server that reads a body', () => {
  it('RES-27: asks twice at once', async () => {
    const body = new ControlledBody()
    const watched = giving(() => ({ status: 200, body }))
    const iterator = iterate(await watched.respond())
    void iterator.next()
    void iterator.next()
    expect(watched.found).toEqual(['server RES-27'])
  })

  it.each([
    ['RES-17', { method: 'HEAD' }, 200],
    ['RES-18', {}, 204],
    ['RES-19', {}, 304],
    ['RES-20', {}, 205],
  ])('%s: reads what is not to be sent', async (requirement, init, status) => {
    const watched = giving(() => ({ status, body: pieces() }))
    const response = await watched.respond(createRequest(init))
    await iterate(response).next()
    expect(watched.found).toEqual([`server ${requirement}`])
  })

  it('RES-13: asks on although there was too much', async () => {
    const watched = giving(() => ({ status: 200, headers: { 'content-length': '1' }, body: ['ab', 'c'] }))
    const iterator = ((await watched.respond()).body as Iterable<string>)[Symbol.iterator]()
    iterator.next()
    iterator.next()
    expect(watched.found).toEqual(['application APP-03', 'server RES-13', 'application APP-03'])
  })

  it('RES-04: iterates synchronously what is asynchronous, too', async () => {
    const body = { [Symbol.asyncIterator]: pieces, [Symbol.iterator]: () => ['a'].values() }
    const watched = giving(() => ({ status: 200, body }))
    const given = (await watched.respond()).body as unknown as Iterable<string>
    expect([...given]).toEqual(['a'])
    expect(watched.found).toEqual(['server RES-04'])
  })

  it('END-09: takes two iterators', async () => {
    const watched = streaming()
    const response = await watched.respond()
    iterate(response)
    iterate(response)
    expect(watched.found).toEqual(['server END-09'])
  })

  it('END-09: returns an iterator twice, or one that has finished', async () => {
    const watched = streaming()
    const iterator = iterate(await watched.respond())
    await iterator.return?.()
    await iterator.return?.()
    expect(watched.found).toEqual(['server END-09'])
    const ended = streaming()
    const response = await ended.respond()
    const done = iterate(response)
    while (!(await done.next()).done);
    await done.return?.()
    expect(ended.found).toEqual(['server END-09'])
  })

  it('END-09: returns an iterator that has thrown', async () => {
    const watched = giving(() => ({
      status: 200,
      body: {
        [Symbol.iterator]: () => ({
          next: () => {
            throw error
          },
          return: () => ({ done: true as const, value: undefined }),
        }),
      },
    }))
    const iterator = ((await watched.respond()).body as Iterable<string>)[Symbol.iterator]()
    expect(() => iterator.next()).toThrow(error)
    iterator.return?.()
    expect(watched.found).toEqual(['server END-09'])
  })

  it('END-09: asks after it returned', async () => {
    const watched = streaming()
    const iterator = iterate(await watched.respond())
    await iterator.return?.()
    await iterator.next()
    expect(watched.found).toEqual(['server END-09'])
  })
})

describe('a server that ends a response', () => {
  it('END-06: calls finished twice', async () => {
    let calls = 0
    const watched = giving(() => ({ status: 200, finished: () => calls++ }))
    const response = await watched.respond()
    response.finished?.()
    expect(watched.found).toEqual([])
    response.finished?.()
    expect(await watched.settled()).toEqual(['server END-06'])
    expect(calls).toBe(2)
  })

  it('END-06: drops a response without calling finished', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const watched = giving(() => ({ status: 200, body: pieces() }))
    await watched.respond()
    while (watched.found.length === 0) {
      collectGarbage()
      await nextTurn()
    }
    expect(watched.found).toEqual(['server END-06'])
  })

  it('END-07: tells success although the body had not ended', async () => {
    const watched = streaming()
    const response = await watched.respond()
    await iterate(response).next()
    response.finished?.()
    expect(await watched.settled()).toEqual(['server END-07'])
  })

  it('END-07: tells success although the client was lost', async () => {
    const { request, client } = losable()
    const watched = giving(() => ({ status: 200 }))
    const response = await watched.respond(request)
    client.abort()
    response.finished?.()
    expect(await watched.settled()).toEqual(['server END-07'])
  })

  it('END-02: aborts signal after success', async () => {
    const { request, client } = losable()
    const watched = giving(() => ({ status: 200 }))
    const response = await watched.respond(request)
    response.finished?.()
    expect(await watched.settled()).toEqual([])
    client.abort()
    expect(watched.found).toEqual(['server END-02'])
  })

  it('END-05: aborts signal after finished', async () => {
    const { request, client } = losable()
    const watched = giving(() => ({ status: 200 }))
    const response = await watched.respond(request)
    response.finished?.(error)
    client.abort()
    expect(await watched.settled()).toEqual(['server END-05'])
  })

  it('takes a loss in a later turn for another event', async () => {
    const { request, client } = losable()
    const watched = giving(() => ({ status: 200 }))
    const response = await watched.respond(request)
    response.finished?.(error)
    await watched.settled()
    client.abort()
    expect(watched.found).toEqual([])
  })

  it('END-05: closes the body before signal aborts', async () => {
    const { request, client } = losable()
    const watched = streaming()
    const response = await watched.respond(request)
    const iterator = iterate(response)
    await iterator.next()
    void iterator.return?.()
    client.abort()
    response.finished?.(error)
    expect(await watched.settled()).toEqual(['server END-05'])
  })

  it('END-05: closes the body after finished', async () => {
    const { request, client } = losable()
    const watched = streaming()
    const response = await watched.respond(request)
    const iterator = iterate(response)
    await iterator.next()
    client.abort()
    response.finished?.(error)
    void iterator.return?.()
    expect(await watched.settled()).toEqual(['server END-05'])
  })

  it('END-05: asks for more after finished', async () => {
    const watched = streaming()
    const response = await watched.respond()
    const iterator = iterate(response)
    while (!(await iterator.next()).done);
    response.finished?.()
    await iterator.next()
    expect(await watched.settled()).toEqual(['server END-05'])
  })

  it('END-09: leaves a body open, read in part or not at all', async () => {
    for (const method of ['GET', 'HEAD']) {
      const { request, client } = losable()
      const watched = streaming()
      const response = await watched.respond(Object.create(request, { method: { value: method } }) as GatewayRequest)
      if (method === 'GET') await iterate(response).next()
      client.abort()
      response.finished?.(error)
      expect(await watched.settled()).toEqual(['server END-09'])
    }
  })

  it('END-09: returns a stream’s iterator only, which does not hear it', async () => {
    const body = new Readable({ read() {} })
    const watched = giving(() => ({ status: 200, body }))
    const { request, client } = losable()
    const response = await watched.respond(request)
    const iterator = iterate(response)
    iterator.next().catch(() => {})
    client.abort()
    void iterator.return?.()
    response.finished?.(error)
    expect(await watched.settled()).toEqual(['server END-09'])
    body.destroy()
  })
})

describe('a server that changes or misreads a response', () => {
  it.each<[string, (response: { headers: Record<string, unknown>; [name: string]: unknown }) => void]>([
    ['a field', ({ headers }) => (headers['date'] = 'now')],
    ['a line of a field', ({ headers }) => (headers['set-cookie'] as string[]).push('b=2')],
    ['a member', response => (response['reason'] = 'Fine')],
    ['a member that it takes away', response => delete response['body']],
  ])('RES-10: changes %s', async (_name, change) => {
    const mine = { status: 200, headers: { 'set-cookie': ['a=1'] }, body: 'tea' }
    const watched = giving(() => mine)
    const response = await watched.respond()
    change(response as never)
    response.finished?.()
    expect(watched.found).toEqual(['server RES-10'])
    expect(mine).toEqual({ status: 200, headers: { 'set-cookie': ['a=1'] }, body: 'tea' })
  })

  it('RES-10: does so to a response with a class', async () => {
    class Answer {
      get status() {
        return 200
      }
    }
    const watched = giving(() => new Answer())
    const response = await watched.respond()
    Object.assign(response, { sent: true })
    response.finished?.()
    expect(watched.found).toEqual(['server RES-10'])
  })

  it('RES-01: takes a promise for a response', async () => {
    const watched = giving(async () => ({ status: 200 }))
    const returned = watched.application(createRequest(), createContext()) as unknown as GatewayResponse
    expect(returned.status).toBeUndefined()
    expect(watched.found).toEqual(['server RES-01'])
  })

  it('RES-30: calls trailers too early, twice, too late, or where there are none', async () => {
    const make = (): GatewayResponse => ({ status: 200, body: pieces(), trailers: () => ({ digest: 'x' }) })
    const early = giving(make)
    ;(await early.respond()).trailers?.()
    expect(early.found).toEqual(['server RES-30'])
    const twice = giving(make)
    const response = await twice.respond()
    await drain(response)
    response.trailers?.()
    expect(twice.found).toEqual([])
    response.trailers?.()
    expect(twice.found).toEqual(['server RES-30'])
    const late = giving(make)
    const over = await late.respond()
    await drain(over)
    over.finished?.()
    over.trailers?.()
    expect(late.found).toEqual(['server RES-30'])
    const old = giving(make)
    const ancient = await old.respond(createRequest({ httpVersion: '1.0' }))
    await drain(ancient)
    ancient.trailers?.()
    expect(old.found).toEqual(['server RES-30'])
    const single = giving(() => ({ ...make(), body: 'tea' }))
    ;(await single.respond()).trailers?.()
    expect(single.found).toEqual(['server RES-30'])
    const bare = giving(() => ({ ...make(), status: 204 }))
    ;(await bare.respond()).trailers?.()
    expect(bare.found).toEqual(['server RES-30'])
  })
})

describe('a server that hands a connection over', () => {
  const asking = (): GatewayRequest => createRequest({ headers: { upgrade: 'tea' }, upgrade: 'tea' })
  const taking = (): Watched => giving(() => ({ status: 101, upgrade() {} }))

  it('UPG-02: gives something that is no Duplex', async () => {
    const watched = taking()
    const response = await watched.respond(asking())
    response.upgrade?.({ write() {} } as unknown as Duplex)
    expect(watched.found).toEqual(['server UPG-02'])
  })

  it('UPG-02: hands it over twice, or never', async () => {
    const twice = taking()
    const response = await twice.respond(asking())
    response.upgrade?.(new Duplex())
    response.upgrade?.(new Duplex())
    expect(twice.found).toEqual(['server UPG-02'])
    const never = taking()
    ;(await never.respond(asking())).finished?.()
    expect(never.found).toEqual(['server UPG-02'])
  })

  it('UPG-02: reads the body', async () => {
    const watched = giving(() => ({ status: 101, upgrade() {}, body: pieces() }))
    await iterate(await watched.respond(asking())).next()
    expect(watched.found).toEqual(['server UPG-02'])
  })

  it('UPG-04: calls upgrade of an ordinary response', async () => {
    const watched = giving(() => ({ status: 200, upgrade() {} }))
    ;(await watched.respond(asking())).upgrade?.(new Duplex())
    expect(watched.found).toEqual(['server UPG-04'])
  })

  it('UPG-05: finishes before the socket has closed, or tells success of one that broke', async () => {
    const early = taking()
    const response = await early.respond(asking())
    const socket = new Duplex()
    response.upgrade?.(socket)
    response.finished?.()
    expect(early.found).toEqual(['server UPG-05'])
    const broken = taking()
    const other = await broken.respond(asking())
    other.upgrade?.(socket)
    socket.destroy()
    other.finished?.()
    expect(broken.found).toEqual(['server UPG-05'])
  })
})
