// Several requests on one connection: their order, and when the connection goes on.
import { describe, expect, it } from '@jest/globals'
import type { GatewayResponse } from '@nsgi/spec'
import { HELD_HIGH_WATER } from '../../../src/exchange/limits.ts'
import {
  connect,
  connectTo,
  type Deferred,
  deferred,
  get,
  type MemoryClient,
  message,
  post,
} from '../../support/memory-client.ts'

const bodies = (output: string): string[] =>
  [...output.matchAll(/\r\n\r\n(\/[a-z0-9]*)/g)].map(match => match[1] as string)

describe('pipelined requests', () => {
  it('RES-29: are answered in order, whatever order their answers are ready in', async () => {
    const gates = new Map<string, Deferred<GatewayResponse>>()
    const client = connect(request => {
      const gate = deferred<GatewayResponse>()
      gates.set(request.path, gate)
      return gate.promise
    })
    client.send(get('/1') + post('abc') + get('/3'))
    expect([...gates.keys()]).toEqual(['/1'])
    for (const path of ['/1', '/', '/3']) {
      gates.get(path)?.resolve({ status: 200, body: path })
      await client.settled()
    }
    expect(bodies(client.output)).toEqual(['/1', '/', '/3'])
  })

  it('RES-29: are answered in order when some answers are at once and some stream', async () => {
    async function* stream(path: string) {
      yield path
      await Promise.resolve()
      yield '-end'
    }
    const client = connect(({ path }) => {
      if (path === '/stream') return { status: 200, headers: { 'content-length': '11' }, body: stream(path) }
      return path === '/later' ? Promise.resolve({ status: 200, body: path }) : { status: 200, body: path }
    })
    const order = ['/now', '/later', '/stream', '/now', '/stream', '/later', '/later', '/now', '/now']
    client.send(order.map(path => get(path)).join(''))
    await client.settled()
    expect(bodies(client.output)).toEqual(order)
  })

  it('are all answered in order when there are very many', async () => {
    for (const delayed of [false, true]) {
      const seen: string[] = []
      const client = connect(request => {
        seen.push(request.path)
        return delayed ? Promise.resolve({ status: 204 }) : { status: 204 }
      })
      const order = Array.from({ length: 1500 }, (_, i) => `/${i}`)
      client.send(order.map(path => get(path)).join(''))
      await client.settled()
      expect(seen).toEqual(order)
      expect(client.output.split('HTTP/1.1 204').length - 1).toBe(1500)
    }
  })

  it('are not all worked on in one turn of the event loop, which is everybody’s', async () => {
    let calls = 0
    const client = connect(async () => {
      calls++
      return Promise.resolve({ status: 204 })
    })
    client.send(get('/').repeat(1000))
    const seen = [calls]
    while (calls < 1000) {
      const before = calls
      await new Promise(resolve => setImmediate(resolve))
      seen.push(calls - before)
    }
    expect(Math.max(...seen)).toBeLessThan(50)
    await client.settled()
    expect(client.output.match(/ 204 /g)).toHaveLength(1000)
  })

  it('END-04: are all answered when the client has closed its side behind them', async () => {
    for (const delayed of [0, 1, 2, 3]) {
      const client = connect(request => {
        const response = { status: 200, body: request.path }
        return Number(request.path.slice(1)) <= delayed ? Promise.resolve(response) : response
      })
      client.send(get('/1') + get('/2') + get('/3')).end()
      await client.settled()
      expect(bodies(client.output)).toEqual(['/1', '/2', '/3'])
      expect(client.wire.calls.at(-1)).toBe('end')
    }
  })

  it('END-04: are all answered when the end was told while they waited', async () => {
    const gate = deferred<GatewayResponse>()
    const { client } = connectTo(gate.promise, { status: 200, body: '/2' }, { status: 200, body: '/3' })
    client.send(get('/1') + get('/2') + get('/3'))
    client.connection.ended()
    gate.resolve({ status: 200, body: '/1' })
    await client.settled()
    expect(bodies(client.output)).toEqual(['/1', '/2', '/3'])
    expect(client.wire.calls.at(-1)).toBe('end')
  })

  it('END-04: the last one is told that the connection ends when the end is known', async () => {
    const gate = deferred<GatewayResponse>()
    const { client } = connectTo(gate.promise)
    client.send(get()).end()
    gate.resolve({ status: 200, body: 'answer' })
    await client.settled()
    expect(client.take()).toContain('connection: close\r\n')
    expect(client.isClosed).toBe(true)
  })

  it('stop at one that is refused: those before it are answered first', async () => {
    const gate = deferred<GatewayResponse>()
    const { client, requests } = connectTo(gate.promise)
    client.send(get('/1') + message('GET /2 HTTP/1.1') + get('/3'))
    await client.settled()
    expect(client.output).toBe('')
    gate.resolve({ status: 200, body: 'first' })
    await client.settled()
    expect(client.take()).toMatch(/^HTTP\/1\.1 200 [\s\S]+firstHTTP\/1\.1 400 /)
    expect(requests).toHaveLength(1)
    expect(client.isClosed).toBe(true)
  })

  it('RES-28: are not taken while the client does not take the answers', async () => {
    const { client, requests } = connectTo({ status: 200, body: 'x'.repeat(40 * 1024) })
    client.wire.stall()
    client.send(get().repeat(10))
    await client.settled()
    expect(requests).toHaveLength(2)
    client.wire.unstall()
    await client.settled()
    expect(requests).toHaveLength(10)
    expect(client.wire.isPaused).toBe(false)
  })
})

describe('a connection', () => {
  const http10 = (...fields: readonly string[]): string => message('GET / HTTP/1.0', ...fields)
  it.each<[string, string, boolean, string | undefined]>([
    ['goes on after HTTP/1.1', get(), true, undefined],
    ['ends after HTTP/1.1 with close', get('/', 'connection: close'), false, 'close'],
    ['ends after HTTP/1.1 with close in a list, in capitals', get('/', 'connection: foo, CLOSE'), false, 'close'],
    [
      'ends after HTTP/1.1 with close in a second field',
      get('/', 'connection: foo', 'connection: close'),
      false,
      'close',
    ],
    ['ends after HTTP/1.1 with close and a tab behind it', get('/', 'connection: close\t, foo'), false, 'close'],
    [
      'goes on after HTTP/1.1 with what only resembles close',
      get('/', 'connection: close\xa0, close x'),
      true,
      undefined,
    ],
    ['ends after HTTP/1.0', http10(), false, 'close'],
    ['ends after HTTP/1.0 with keep-alive and close', http10('connection: keep-alive, close'), false, 'close'],
    ['goes on after HTTP/1.0 with keep-alive', http10('connection: Keep-Alive'), true, 'keep-alive'],
  ])('%s', async (_name, bytes, goesOn, connection) => {
    for (const body of ['x', null, new Uint8Array(3)]) {
      const { client, requests } = connectTo({ status: 200, body })
      client.send(bytes)
      await client.settled()
      expect(/\r\nconnection: (.*)\r\n/.exec(client.take())?.[1]).toBe(connection)
      client.send(get())
      await client.settled()
      expect(requests).toHaveLength(goesOn ? 2 : 1)
      expect(client.isClosed).toBe(!goesOn)
    }
  })

  it('RES-22: ends when the application says so', async () => {
    for (const connection of ['close', 'Close', 'x-foo, close', ['keep-alive', 'close']]) {
      const { client, requests } = connectTo({ status: 200, headers: { connection }, body: 'x' })
      client.send(get() + get())
      await client.settled()
      expect(client.take()).toContain('\r\nconnection: close\r\n')
      expect(requests).toHaveLength(1)
      expect(client.isClosed).toBe(true)
    }
  })

  it('LIF-07: ends after the response under way when the server drains, and says so', async () => {
    const gate = deferred<GatewayResponse>()
    const { client, requests } = connectTo(gate.promise)
    client.send(get() + get())
    client.drain()
    expect(client.isClosed).toBe(false)
    gate.resolve({ status: 200, body: 'x' })
    await client.settled()
    expect(client.take()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*connection: close\r\n/)
    expect(requests).toHaveLength(1)
    expect(client.isClosed).toBe(true)
  })

  it.each<[string, (client: MemoryClient) => unknown]>([
    ['LIF-07: the server drains', client => client.drain()],
    ['END-04: the client closes its side', client => client.end()],
  ])('ends behind a stream whose head had promised to go on when meanwhile %s', async (_name, happen) => {
    const gate = deferred()
    const { client } = connectTo({
      status: 200,
      body: (async function* () {
        yield 'one'
        await gate.promise
      })(),
    })
    client.send(get())
    await client.settled()
    expect(client.take()).not.toContain('connection: close')
    happen(client)
    expect(client.isClosed).toBe(false)
    gate.resolve()
    await client.settled()
    expect(client.take()).toBe('0\r\n\r\n')
    expect(client.isClosed).toBe(true)
  })

  it('LIF-07: ends at once when it is idle, also one that was used', async () => {
    const { client } = connectTo({ status: 204 })
    client.drain()
    expect(client.wire.calls).toEqual(['end'])
    const used = connectTo({ status: 204 }).client.send(get())
    await used.settled()
    used.drain()
    expect(used.wire.calls).toEqual(['end'])
  })

  it('LIF-07: takes the request whose head has begun when the server drains', async () => {
    const { client, requests } = connectTo({ status: 204 })
    client.send(get().slice(0, 10))
    client.drain()
    client.send(get().slice(10))
    await client.settled()
    expect(requests).toHaveLength(1)
    expect(client.take()).toContain('connection: close')
  })

  it('throws away what comes after its end, and reads on so that the client’s end is seen', async () => {
    const { client, requests } = connectTo({ status: 200, headers: { connection: 'close' } })
    client.send(get() + get(), 'x'.repeat(200_000)).end()
    await client.settled()
    expect(requests).toHaveLength(1)
    expect(client.untaken).toBe(0)
  })
})

describe('what is pipelined behind a request that is being answered', () => {
  it('is held up to the high-water mark and one read, and then left to the client', async () => {
    const gate = deferred<GatewayResponse>()
    let calls = 0
    const client = connect(() => (calls++ === 0 ? gate.promise : { status: 204 }))
    const many = get().repeat(Math.ceil(HELD_HIGH_WATER / get().length / 2))
    await client.send(get(), ...Array.from({ length: 8 }, () => many)).settled()
    expect(client.wire.isPaused).toBe(true)
    expect(client.untaken).toBeGreaterThanOrEqual(5 * many.length)
    gate.resolve({ status: 204 })
    await client.settled()
    expect(client.untaken).toBe(0)
    expect(client.take().match(/ 204 /g)).toHaveLength(1 + (8 * many.length) / get().length)
  })

  it('END-01: does not keep the loss of the client from being seen, where it is less', async () => {
    const client = connect(() => new Promise(() => undefined))
    await client.send(get(), get(), get().slice(0, 7)).settled()
    expect(client.wire.isPaused).toBe(false)
    expect(client.untaken).toBe(0)
  })
})
