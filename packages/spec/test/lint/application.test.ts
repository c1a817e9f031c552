// What lint finds where the application is at fault.
import { Readable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest, GatewayResponse } from '../../src/index.ts'
import { lint } from '../../src/lint/index.ts'
import { call, createContext, createRequest } from '../../src/testing/index.ts'
import { ControlledBody, giving, iterate, type Watched } from './support/watched.ts'

/** Sends the response as a conforming server does; what it makes of a failure is its affair. */
async function served(watched: Watched, request: GatewayRequest = createRequest()): Promise<readonly string[]> {
  await call(watched.application, request).catch(() => {})
  return watched.settled()
}

async function* pieces(...chunks: (string | Uint8Array)[]) {
  yield* chunks
}

describe('an application that keeps the contract', () => {
  it.each<[string, () => GatewayResponse | Promise<GatewayResponse>]>([
    ['no body', () => ({ status: 204 })],
    ['text', () => ({ status: 200, headers: { 'content-length': '3' }, body: 'été'.slice(1) })],
    ['bytes', () => ({ status: 200, body: new Uint8Array([1, 2, 3]) })],
    ['a generator', () => ({ status: 200, body: pieces('a', new Uint8Array([1])) })],
    ['an array', () => ({ status: 200, headers: { 'content-length': '2' }, body: ['a', 'b'] })],
    ['a stream', () => ({ status: 200, body: Readable.from([Buffer.from('a')]) })],
    ['a promise', async () => ({ status: 200, body: 'later' })],
    ['close', () => ({ status: 200, headers: { connection: 'Close', 'set-cookie': ['a=1', 'b=2'], gone: undefined } })],
    ['trailers', () => ({ status: 200, body: pieces('a'), trailers: () => ({ digest: 'x' }) })],
    ['a thenable’s response', () => ({ status: 200, reason: 'Très bien', finished: () => {} })],
  ])('%s: nothing is found', async (_name, make) => {
    const watched = giving(make)
    expect(await served(watched)).toEqual([])
    expect(await served(watched, createRequest({ method: 'HEAD' }))).toEqual([])
  })

  it('may say 304 with the length of what it does not send', async () => {
    const watched = giving(() => ({ status: 304, headers: { 'content-length': '5' } }))
    expect(await served(watched)).toEqual([])
  })

  it('may take an upgrade that was offered', async () => {
    const watched = giving(() => ({
      status: 101,
      upgrade: (socket: { end(): void; resume(): void }) => socket.resume(),
    }))
    const request = createRequest({ headers: { upgrade: 'tea' }, upgrade: 'tea' })
    const { socket } = await call(watched.application, request)
    expect(await watched.settled()).toEqual([])
    socket?.destroy()
    expect(await watched.settled()).toEqual([])
  })
})

describe('a response that breaks the contract', () => {
  it.each<[string, string, () => unknown]>([
    ['RES-02', 'is text', () => 'hello'],
    ['RES-02', 'is nothing', () => undefined],
    [
      'RES-02',
      'throws when it is read',
      () => ({
        get status() {
          throw new Error('no')
        },
      }),
    ],
    ['RES-03', 'has no status', () => ({})],
    ['RES-03', 'has a status of 99', () => ({ status: 99 })],
    ['RES-04', 'has a number as body', () => ({ status: 200, body: 5 })],
    ['RES-06', 'has a name in capitals', () => ({ status: 200, headers: { 'X-A': '1' } })],
    ['RES-07', 'has a value of two lines', () => ({ status: 200, headers: { a: '1\r\nb: 2' } })],
    ['RES-12', 'has a length that is none', () => ({ status: 200, headers: { 'content-length': 'a' }, body: 'a' })],
    [
      'APP-03',
      'has a length that is not its body’s',
      () => ({ status: 200, headers: { 'content-length': '1' }, body: 'ab' }),
    ],
    ['APP-07', 'takes an upgrade that was not offered', () => ({ status: 101, upgrade() {} })],
    ['APP-02', 'has a hop-by-hop field', () => ({ status: 200, headers: { 'transfer-encoding': 'chunked' } })],
    ['APP-02', 'keeps the connection alive', () => ({ status: 200, headers: { connection: 'keep-alive' } })],
    ['RES-35', 'has a reason of two lines', () => ({ status: 200, reason: 'a\r\nb' })],
    ['RES-30', 'has trailers that are no function', () => ({ status: 200, trailers: {} })],
    ['UPG-02', 'has an upgrade that is no function', () => ({ status: 200, upgrade: true })],
    ['END-06', 'has a finished that is no function', () => ({ status: 200, finished: 'yes' })],
  ])('%s: %s', async (requirement, _name, make) => {
    expect(await served(giving(make))).toEqual([`application ${requirement}`])
    const thrown = call(lint(() => make() as GatewayResponse))
    await expect(thrown).rejects.toMatchObject({
      code: 'NSGI_VIOLATION',
      message: expect.stringContaining(requirement),
    })
  })

  it('UPG-01: a 2xx to CONNECT without upgrade', async () => {
    const watched = giving(() => ({ status: 200 }))
    expect(await served(watched, createRequest({ method: 'CONNECT', target: 'a:1' }))).toEqual(['application UPG-01'])
  })

  it('APP-01: the same response twice', async () => {
    const response = { status: 200 }
    const watched = giving(() => response)
    expect(await served(watched)).toEqual([])
    expect(await served(watched)).toEqual(['application APP-01'])
  })

  it('APP-01: the same body in two responses', async () => {
    const body = pieces('a')
    const watched = giving(() => ({ status: 200, body }))
    expect(await served(watched)).toEqual([])
    expect(await served(watched)).toEqual(['application APP-01'])
  })

  it('is closed and finished where it is refused', async () => {
    const events: unknown[] = []
    const application = lint(() => ({
      status: 200,
      headers: { te: 'x' },
      body: {
        [Symbol.iterator]: () => ({
          next: () => ({ done: true, value: '' }),
          return: () => events.push('return') as never,
        }),
      },
      finished: error => void events.push((error as { code: string }).code),
    }))
    expect(() => application(createRequest(), createContext())).toThrow('APP-02')
    expect(events).toEqual(['return', 'NSGI_VIOLATION'])
  })
})

describe('a body that breaks the contract', () => {
  it('APP-03: is longer than it says, and is closed', async () => {
    let isClosed = false
    const body = function* () {
      try {
        yield 'ab'
        yield 'cd'
      } finally {
        isClosed = true
      }
    }
    const make = (): GatewayResponse => ({ status: 200, headers: { 'content-length': '3' }, body: body() })
    expect(await served(giving(make))).toEqual(['application APP-03'])
    isClosed = false
    const { error, text } = await call(lint(make))
    expect(error).toMatchObject({ code: 'NSGI_VIOLATION', message: expect.stringContaining('at least 4 bytes') })
    expect(text).toBe('ab')
    expect(isClosed).toBe(true)
  })

  it('APP-03: is shorter than it says', async () => {
    const make = (): GatewayResponse => ({ status: 200, headers: { 'content-length': '3' }, body: pieces('é') })
    expect(await served(giving(make))).toEqual(['application APP-03'])
    expect((await call(lint(make))).error).toMatchObject({ message: expect.stringContaining('the body has 2 bytes') })
  })

  it('may end short of its length, or say anything else, once the server has closed it', async () => {
    const client = new AbortController()
    const body = new ControlledBody()
    const watched = giving(() => ({ status: 200, headers: { 'content-length': '9' }, body }))
    const response = await watched.respond(createRequest({ signal: client.signal }))
    const iterator = iterate(response)
    const step = iterator.next()
    client.abort()
    void iterator.return?.()
    response.finished?.(new Error('lost'))
    body.give({ done: true, value: undefined })
    expect(await step).toEqual({ done: true, value: undefined })
    expect(await watched.settled()).toEqual([])
  })

  it('APP-04: one buffer for all chunks', async () => {
    const body = async function* () {
      const buffer = Buffer.alloc(4)
      for (const byte of [1, 2, 3]) yield buffer.fill(byte)
    }
    const found = await served(giving(() => ({ status: 200, body: body() })))
    expect(new Set(found)).toEqual(new Set(['application APP-04']))
    expect((await call(lint(() => ({ status: 200, body: body() })))).error).toMatchObject({
      message: expect.stringContaining('APP-04'),
    })
  })

  it('APP-04: two buffers in turn', async () => {
    const body = function* () {
      const buffers = [Buffer.alloc(4), Buffer.alloc(4)]
      for (let index = 0; index < 20; index++) yield (buffers[index % 2] as Buffer).fill(index)
    }
    expect(new Set(await served(giving(() => ({ status: 200, body: body() }))))).toEqual(
      new Set(['application APP-04']),
    )
  })

  it('APP-04: bytes that are changed while they are sent', async () => {
    const body = Buffer.from('tea')
    const watched = giving(() => ({ status: 200, body }))
    const response = await watched.respond()
    body.fill(0)
    response.finished?.()
    expect(await watched.settled()).toEqual(['application APP-04'])
  })

  it('APP-04: memory that is transferred away', async () => {
    const body = async function* () {
      const chunk = new Uint8Array(4)
      yield chunk
      structuredClone(chunk.buffer, { transfer: [chunk.buffer] })
    }
    expect(await served(giving(() => ({ status: 200, body: body() })))).toEqual(['application APP-04'])
  })

  it('lets bytes be used again in finished', async () => {
    const body = Buffer.from('tea')
    expect(await served(giving(() => ({ status: 200, body, finished: () => body.fill(0) })))).toEqual([])
  })

  it('RES-04: has no iterator, or fails to give one, which is no rule', async () => {
    const none = giving(() => ({ status: 200, body: { [Symbol.iterator]: () => null } }))
    expect(await served(none)).toEqual(['application RES-04'])
    const failing = giving(() => ({
      status: 200,
      body: {
        [Symbol.iterator]: () => {
          throw new Error('no')
        },
      },
    }))
    expect(await served(failing)).toEqual([])
  })

  it('RES-04: yields a number, or steps that are none', async () => {
    const number = giving(() => ({ status: 200, body: [5] }))
    expect(await served(number)).toEqual(['application RES-04'])
    const none = giving(() => ({ status: 200, body: { [Symbol.iterator]: () => ({ next: () => 'a' }) } }))
    const iterator = (await none.respond()).body as Iterable<string>
    expect(iterator[Symbol.iterator]().next()).toBe('a')
    expect(none.found).toEqual(['application RES-04'])
  })
})

describe('the functions of a response', () => {
  it('APP-06: finished throws, or rejects', async () => {
    const throwing = (): GatewayResponse => ({
      status: 200,
      finished() {
        throw new Error('oops')
      },
    })
    expect(await served(giving(throwing))).toEqual(['application APP-06'])
    await expect(call(lint(throwing))).rejects.toMatchObject({ code: 'NSGI_VIOLATION', cause: new Error('oops') })
    const rejecting = giving(() => ({ status: 200, finished: async () => Promise.reject(new Error('later')) }))
    const response = await rejecting.respond()
    await expect(response.finished?.()).rejects.toThrow('later')
    expect(rejecting.found).toEqual(['application APP-06'])
  })

  it('RES-06, RES-30: trailers gives what cannot be sent', async () => {
    const trailers = (fields: Record<string, string>) =>
      giving(() => ({ status: 200, body: pieces('a'), trailers: () => fields }))
    expect(await served(trailers({ 'X-A': '1' }))).toEqual(['application RES-06'])
    expect(await served(trailers({ 'content-type': 'a' }))).toEqual(['application RES-30'])
  })

  it('are called as methods of the application’s own response', async () => {
    const calls: unknown[] = []
    class Answer {
      #status = 200
      #name = 'mine'
      readonly body = pieces('a')
      get status() {
        return this.#status
      }
      trailers() {
        calls.push(this.#name)
        return undefined
      }
      finished() {
        calls.push(this.#name)
      }
    }
    const watched = giving(() => new Answer())
    expect(await served(watched)).toEqual([])
    expect(calls).toEqual(['mine', 'mine'])
  })
})
