import { EventEmitter, once } from 'node:events'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Application, GatewayResponse } from '@nsgi/spec'
import { type Bridge, get, startBridge } from '../support/bridge.ts'
import { RawClient } from '../support/raw-client.ts'

let bridge: Bridge
afterEach(() => bridge.stop())

/** Serves one response over and over; emits 'finished' with what that was called with. */
async function serve(response: () => GatewayResponse): Promise<EventEmitter> {
  const ends = new EventEmitter()
  const application: Application = () => ({
    ...response(),
    finished: (...given) => void ends.emit('finished', ...given),
  })
  bridge = await startBridge(application)
  return ends
}

async function* parts(...given: string[]): AsyncGenerator<string> {
  for (const part of given) yield part
}

const field = (
  response: { headers: readonly (readonly [string, string])[] } | undefined,
  name: string,
): string | undefined => response?.headers.find(([key]) => key.toLowerCase() === name)?.[1]

describe('a gateway response under node:http', () => {
  it.each([
    ['a string', 'grün', '5'],
    ['bytes', Buffer.from('abc'), '3'],
    ['null', null, '0'],
    ['nothing', undefined, '0'],
  ])('gets a content-length for %s', async (_kind, body, length) => {
    await serve(() => ({ status: 200, headers: { 'x-a': ['1', '2'] }, body }))
    const [response] = await bridge.ask()
    expect(field(response, 'content-length')).toBe(length)
    expect(response?.headers.filter(([name]) => name === 'x-a')).toEqual([
      ['x-a', '1'],
      ['x-a', '2'],
    ])
  })

  it('is chunked when its length is unknown, and close-delimited to HTTP/1.0', async () => {
    await serve(() => ({ status: 200, body: parts('a', '', 'bc') }))
    expect((await bridge.ask())[0]).toMatchObject({ body: 'abc', truncated: false })
    const [old] = await bridge.ask('GET / HTTP/1.0\r\n\r\n')
    expect([old?.body, field(old, 'transfer-encoding')]).toEqual(['abc', undefined])
  })

  it('may be a plain iterable', async () => {
    await serve(() => ({ status: 200, body: ['a', Buffer.from('b')] }))
    expect((await bridge.ask())[0]?.body).toBe('ab')
  })

  it('has a head of latin1 bytes whatever its body is', async () => {
    for (const body of ['string', Buffer.from('bytes'), null]) {
      await serve(() => ({ status: 200, headers: { 'x-name': 'é' }, body }))
      expect(field((await bridge.ask())[0], 'x-name')).toBe('é')
      await bridge.stop()
    }
    await serve(() => ({ status: 200, headers: { 'x-name': 'é' }, body: parts('stream') }))
    expect(field((await bridge.ask())[0], 'x-name')).toBe('é')
  })

  it.each([
    ['HEAD of a string', { status: 200, body: 'hello' }, 'content-length', '5'],
    ['HEAD of a stream', { status: 200, body: parts('hello') }, 'transfer-encoding', 'chunked'],
    [
      'HEAD of a declared length',
      { status: 200, headers: { 'content-length': '7' }, body: parts('x') },
      'content-length',
      '7',
    ],
  ])('keeps the head of GET for %s', async (_kind, response: GatewayResponse, name, value) => {
    await serve(() => response)
    const [got] = await bridge.ask(get('/', { method: 'HEAD' }))
    expect([field(got, name), got?.body]).toEqual([value, ''])
  })

  it.each([204, 304])('never iterates the body of a %d', async status => {
    let iterated = false
    const body = (async function* () {
      iterated = true
      yield 'no'
    })()
    const ends = await serve(() => ({ status, body }))
    const finished = once(ends, 'finished')
    expect((await bridge.ask())[0]).toMatchObject({ body: '' })
    expect([await finished, iterated]).toEqual([[], false])
  })

  it('sends trailers after a stream', async () => {
    await serve(() => ({
      status: 200,
      headers: { trailer: 'x-sum' },
      body: parts('a'),
      trailers: () => ({ 'x-sum': '1' }),
    }))
    expect((await bridge.ask())[0]).toMatchObject({ trailers: [['x-sum', '1']] })
  })

  it('sends no trailer that is forbidden there, and asks for none without chunked framing', async () => {
    let asked = 0
    await serve(() => ({
      status: 200,
      body: parts('a'),
      trailers: () => {
        asked++
        return { 'content-length': '1', host: 'b', 'set-cookie': 'c', te: 'd', 'x-sum': ['1', '2'] }
      },
    }))
    const [response] = await bridge.ask()
    expect(response?.trailers).toEqual([
      ['x-sum', '1'],
      ['x-sum', '2'],
    ])
    await bridge.ask('GET / HTTP/1.0\r\n\r\n')
    expect(asked).toBe(1)
  })

  it('has a 205 without content, whatever its body is', async () => {
    await serve(() => ({ status: 205, headers: { 'content-length': '4' }, body: 'four' }))
    const [response] = await bridge.ask()
    expect([field(response, 'content-length'), response?.body]).toEqual(['0', ''])
  })

  it('drops hop-by-hop fields and honours connection: close', async () => {
    await serve(() => ({
      status: 200,
      headers: { 'transfer-encoding': 'gzip', 'keep-alive': 'x', connection: 'close, x', upgrade: 'h2' },
    }))
    const [response] = await bridge.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(response?.headers.map(([name]) => name.toLowerCase())).toEqual(['connection', 'content-length', 'date'])
    expect(field(response, 'connection')).toBe('close')
  })

  it('sends the head while the first chunk is still to come, and each chunk when it comes', async () => {
    const gate = new EventEmitter()
    await serve(() => ({
      status: 200,
      body: (async function* () {
        await once(gate, 'open')
        yield 'first'
        await once(gate, 'open')
        yield 'second'
      })(),
    }))
    const client = await RawClient.connect(bridge.port)
    client.send(get('/'))
    expect(await client.seen('\r\n\r\n')).not.toContain('first')
    gate.emit('open')
    expect(await client.seen('first')).not.toContain('second')
    gate.emit('open')
    expect(await client.toEnd()).toContain('second')
  })

  it.each([
    ['no object', undefined],
    ['a status that is not final', { status: 100 }],
    ['a status above 599', { status: 600 }],
    ['a name in upper case', { status: 200, headers: { 'X-A': '1' } }],
    ['a line break in a value', { status: 200, headers: { a: '1\r\nb: 2' } }],
    ['a body that is none', { status: 200, body: 1 }],
    ['a wrong content-length', { status: 200, headers: { 'content-length': '3' }, body: 'four' }],
    ['a content-length that is none', { status: 200, headers: { 'content-length': 'x' }, body: 'four' }],
  ])('is a 500 without detail for %s', async (_kind, response) => {
    bridge = await startBridge(() => response as GatewayResponse)
    expect((await bridge.ask())[0]).toMatchObject({
      statusLine: 'HTTP/1.1 500 Internal Server Error',
      body: 'Internal Server Error\n',
    })
    expect(bridge.logged).toHaveLength(1)
  })

  it('is told when it was invalid', async () => {
    const ends = await serve(() => ({ status: 99 }))
    const finished = once(ends, 'finished')
    await bridge.ask()
    expect(await finished).toEqual([expect.objectContaining({ message: 'Status 99 is not a final one' })])
  })

  it('leaves out a reason that would split the head', async () => {
    await serve(() => ({ status: 200, reason: 'O\r\nK' }))
    expect((await bridge.ask())[0]?.statusLine).toBe('HTTP/1.1 200 OK')
  })
})

describe('how a response ends', () => {
  it('is without an error after the last byte', async () => {
    const ends = await serve(() => ({ status: 200, body: parts('a') }))
    const finished = once(ends, 'finished')
    await bridge.ask()
    expect(await finished).toEqual([])
  })

  it.each([
    [
      'a body that throws',
      () =>
        (async function* () {
          yield 'part'
          throw new Error('broken')
        })(),
      {},
      'broken',
    ],
    ['more than was declared', () => parts('abc', 'd'), { 'content-length': '3' }, 'exceeds'],
    ['less than was declared', () => parts('ab'), { 'content-length': '3' }, 'before its content-length'],
    ['a chunk that is none', () => parts('a', 1 as unknown as string), {}, 'must be a string'],
  ])('is a visible truncation for %s', async (_kind, body, headers, message) => {
    const ends = await serve(() => ({ status: 200, headers, body: body() }))
    const finished = once(ends, 'finished')
    expect((await bridge.ask())[0]).toMatchObject({ statusLine: 'HTTP/1.1 200 OK', truncated: message !== 'exceeds' })
    expect(await finished).toEqual([expect.objectContaining({ message: expect.stringContaining(message) as unknown })])
  })

  it('is a 500 for a body that throws before its first chunk', async () => {
    const ends = await serve(() => ({
      status: 200,
      body: (async function* (): AsyncGenerator<string> {
        yield* []
        throw new Error('at once')
      })(),
    }))
    const finished = once(ends, 'finished')
    expect((await bridge.ask())[0]?.statusLine).toBe('HTTP/1.1 500 Internal Server Error')
    expect(await finished).toEqual([expect.objectContaining({ message: 'at once' })])
  })

  it('is signal, then return, then finished, each once, when the client is lost', async () => {
    const order: string[] = []
    const ends = new EventEmitter()
    bridge = await startBridge(request => {
      request.signal.addEventListener('abort', () => order.push('signal'))
      const iterator: AsyncIterableIterator<string> = {
        [Symbol.asyncIterator]: () => iterator,
        next: async () =>
          order.length === 0 && order.push('next') ? { done: false, value: 'first' } : new Promise(() => {}),
        return: () => {
          order.push('return')
          return new Promise(() => {})
        },
      }
      return {
        status: 200,
        body: iterator,
        finished: error => ends.emit('finished', (error as NodeJS.ErrnoException).code),
      }
    })
    const finished = once(ends, 'finished')
    const client = await RawClient.connect(bridge.port)
    client.send(get('/'))
    await client.seen('first')
    client.reset()
    expect(await finished).toEqual(['ECONNRESET'])
    expect(order).toEqual(['next', 'signal', 'return'])
  })

  it('finds the signal aborted when it is asked for after the loss, and closes what comes too late', async () => {
    const gate = new EventEmitter()
    const ends = new EventEmitter()
    bridge = await startBridge(async request => {
      if (request.path === '/begun') return { status: 200, body: 'yes' }
      gate.emit('begun')
      await once(gate, 'answer')
      return { status: 200, finished: error => ends.emit('finished', error instanceof Error, request.signal.aborted) }
    })
    const begun = once(gate, 'begun')
    const client = await RawClient.connect(bridge.port)
    client.send(get('/slow'))
    await begun
    client.reset()
    await client.toEnd()
    // The loss has been seen by the server when a later connection is answered.
    await bridge.ask(get('/begun'))
    const finished = once(ends, 'finished')
    gate.emit('answer')
    expect(await finished).toEqual([true, true])
  })

  it('survives a throw in finished', async () => {
    bridge = await startBridge(() => ({
      status: 200,
      finished: () => {
        throw new Error('in finished')
      },
    }))
    await bridge.ask()
    expect((await bridge.ask())[0]?.statusLine).toBe('HTTP/1.1 200 OK')
    expect(bridge.logged).toHaveLength(2)
  })
})

describe('a response that is broken off', () => {
  it.each([
    ['a body that throws', ['part', new Error('broken')]],
    ['a chunk that is none', ['part', 1]],
  ])('is signal, then return, then finished where the server breaks off, for %s', async (_what, steps) => {
    const order: string[] = []
    const ends = new EventEmitter()
    bridge = await startBridge(request => {
      request.signal.addEventListener('abort', () => order.push('signal'))
      return {
        status: 200,
        body: {
          [Symbol.asyncIterator]: () => ({
            next: async () => {
              const value = steps.shift()
              if (value instanceof Error) throw value
              return { done: false, value: value as string }
            },
            return: () => void order.push('return'),
          }),
        } as unknown as AsyncIterable<string>,
        finished: error => ends.emit('finished', error),
      }
    })
    const finished = once(ends, 'finished')
    const threw = steps[1] instanceof Error
    expect((await bridge.ask())[0]).toMatchObject({ body: expect.stringMatching(/^part/) as unknown, truncated: true })
    expect((await finished)[0]).toBeInstanceOf(Error)
    // What threw is done: it is not returned.
    expect(order).toEqual(threw ? ['signal'] : ['signal', 'return'])
  })

  it('resets the connection where closing it would look like the end', async () => {
    await serve(() => ({
      status: 200,
      body: (async function* () {
        yield 'part'
        throw new Error('broken')
      })(),
    }))
    const client = await RawClient.connect(bridge.port)
    client.send('GET / HTTP/1.0\r\n\r\n')
    await expect(client.toEnd()).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('is with an error where the client was lost while bytes waited', async () => {
    const gate = new EventEmitter()
    const ends = await serve(() => {
      gate.emit('called')
      return { status: 200, body: 'x'.repeat(32 * 1024 * 1024) }
    })
    const finished = once(ends, 'finished')
    const client = await RawClient.connect(bridge.port)
    client.socket.pause()
    const called = once(gate, 'called')
    client.send(get('/'))
    await called
    client.reset()
    expect(await finished).toEqual([expect.objectContaining({ code: 'ECONNRESET' })])
  })
})

describe('a body that is not read to its end', () => {
  /** Kinds of body, each with the event by which it tells that it was closed. */
  const bodies = {
    'a stream': (closed: () => void) =>
      new Readable({
        read() {
          this.push('a')
        },
        destroy(error, done) {
          closed()
          done(error)
        },
      }),
    'an iterable': (closed: () => void) => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 'a' }),
        return: async () => {
          closed()
          throw new Error('not heard')
        },
      }),
    }),
  } as const
  const unread: readonly (readonly [string, number, string])[] = [
    ['HEAD', 200, 'HTTP/1.1 200 OK'],
    ['GET', 204, 'HTTP/1.1 204 No Content'],
    ['GET', 205, 'HTTP/1.1 205 Reset Content'],
    ['GET', 304, 'HTTP/1.1 304 Not Modified'],
    ['GET', 42, 'HTTP/1.1 500 Internal Server Error'],
  ]
  const cases = Object.entries(bodies).flatMap(([name, body]) =>
    unread.map(([m, s, l]) => [name, m, s, l, body] as const),
  )

  it.each(cases)('is closed once: %s to %s with %d', async (_name, method, status, statusLine, body) => {
    let closed = 0
    const ends = await serve(() => ({ status, body: body(() => closed++) as AsyncIterable<string> }))
    const finished = once(ends, 'finished')
    expect((await bridge.ask(get('/', { method })))[0]).toMatchObject({ statusLine })
    expect((await finished)[0] instanceof Error).toBe(status === 42)
    expect(closed).toBe(1)
  })

  it.each(Object.entries(bodies))('is closed when the client is lost: %s', async (_name, body) => {
    let closed = 0
    const ends = await serve(() => ({ status: 200, body: body(() => closed++) as AsyncIterable<string> }))
    const finished = once(ends, 'finished')
    const client = await RawClient.connect(bridge.port)
    client.send(get('/'))
    await client.seen('\r\n\r\n')
    client.reset()
    expect((await finished)[0]).toBeInstanceOf(Error)
    expect(closed).toBe(1)
  })
})
