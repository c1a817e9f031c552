// Applications that fail or break the rules: what the client gets, what the log says, and that the connection
// and the server go on.
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { chunk, connect, deferred, get, message } from '../../support/memory-client.ts'

const NEXT: GatewayResponse = { status: 200, body: 'next' }

/** Answers the first request by that, the second properly. */
async function fail(first: (request: GatewayRequest) => unknown, request = get()) {
  let calls = 0
  const client = connect(request => (calls++ === 0 ? (first(request) as GatewayResponse) : NEXT))
  client.send(request)
  await client.settled()
  return client
}

const FAILED = `${message(
  'HTTP/1.1 500 Internal Server Error',
  'content-type: text/plain; charset=utf-8',
  'content-length: 26',
)}500 Internal Server Error\n`

const throws = (): never => {
  throw new Error('secret detail')
}
const getter = (name: string, get: () => unknown = throws): object =>
  Object.defineProperty({ status: 200, headers: {}, body: 'x' }, name, { get })

class Liar extends Uint8Array {
  override get length(): number {
    return 3
  }
  override get byteLength(): number {
    return 3
  }
}

/** A response whose body has so many bytes instead of 100 once its fields were read. */
function resizing(bytes: number): object {
  const memory = Reflect.construct(ArrayBuffer, [100, { maxByteLength: 200 }]) as ArrayBuffer & {
    resize(length: number): void
  }
  const headers = {
    get x() {
      memory.resize(bytes)
      return 'y'
    },
  }
  return { status: 200, headers, body: new Uint8Array(memory) }
}

const invalid: readonly (readonly [requirement: string, what: string, response: () => unknown])[] = [
  ['RES-01', 'undefined', () => undefined],
  ['RES-01', 'null', () => null],
  ['RES-01', 'a string', () => 'hello'],
  ['RES-01', 'a promise of nothing', () => Promise.resolve()],
  ['RES-03', 'no status', () => ({ body: 'x' })],
  ['RES-03', 'a status that is a string', () => ({ status: '200' })],
  ['RES-03', 'a fractional status', () => ({ status: 200.5 })],
  ['RES-03', 'NaN', () => ({ status: Number.NaN })],
  ['RES-03', 'status 0', () => ({ status: 0 })],
  ['RES-03', 'status 100', () => ({ status: 100 })],
  ['RES-03', 'status 101', () => ({ status: 101 })],
  ['RES-03', 'status 199', () => ({ status: 199 })],
  ['RES-03', 'status 600', () => ({ status: 600 })],
  ['RES-03', 'status 101 with an upgrade that was not offered', () => ({ status: 101, upgrade: () => undefined })],
  ['RES-04', 'a number for a body', () => ({ status: 200, body: 7 })],
  ['RES-04', 'an object for a body', () => ({ status: 200, body: {} })],
  ['RES-04', 'true for a body', () => ({ status: 200, body: true })],
  ['RES-04', 'a function for a body', () => ({ status: 200, body: () => 'x' })],
  ['RES-04', 'an ArrayBuffer for a body', () => ({ status: 200, body: new ArrayBuffer(3) })],
  ['RES-04', 'a Uint16Array for a chunk', () => ({ status: 200, body: [new Uint16Array(3)] })],
  ['RES-04', 'a number for a chunk', () => ({ status: 200, body: [1] })],
  ['RES-04', 'null for a chunk', () => ({ status: 200, body: [null] })],
  ['RES-04', 'a promise for a chunk', () => ({ status: 200, body: [Promise.resolve('x')] })],
  ['RES-04', 'bytes that say another length', () => ({ status: 200, body: Liar.from([1, 2, 3, 4]) })],
  ['RES-04', 'bytes that say another length for a chunk', () => ({ status: 200, body: [Liar.from([1, 2, 3, 4])] })],
  ['RES-12', 'bytes that a field makes fewer', () => resizing(2)],
  ['RES-12', 'bytes that a field makes more', () => resizing(200)],
  ['RES-06', 'an upper-case name', () => ({ status: 200, headers: { 'X-A': '1' } })],
  ['RES-06', 'an empty name', () => ({ status: 200, headers: { '': '1' } })],
  ['RES-06', 'a name with a space', () => ({ status: 200, headers: { 'x a': '1' } })],
  ['RES-06', 'a name with a colon', () => ({ status: 200, headers: { 'x:a': '1' } })],
  ['RES-06', 'a name with CRLF', () => ({ status: 200, headers: { 'x\r\ny': '1' } })],
  ['RES-06', 'a name above 0x7F', () => ({ status: 200, headers: { 'x\xe9': '1' } })],
  ['RES-06', 'an array for headers', () => ({ status: 200, headers: [['x', '1']] })],
  ['RES-06', 'a Headers for headers', () => ({ status: 200, headers: new Headers({ x: '1' }) })],
  ['RES-06', 'a Map for headers', () => ({ status: 200, headers: new Map([['x', '1']]) })],
  ['RES-07', 'a value with CRLF', () => ({ status: 200, headers: { x: 'a\r\nb: c' } })],
  ['RES-07', 'a value with LF', () => ({ status: 200, headers: { x: 'a\nb' } })],
  ['RES-07', 'a value with CR', () => ({ status: 200, headers: { x: 'a\rb' } })],
  ['RES-07', 'a value with NUL', () => ({ status: 200, headers: { x: '\0' } })],
  ['RES-07', 'a value above 0xFF', () => ({ status: 200, headers: { x: '\u2603' } })],
  ['RES-07', 'a bad value in an array', () => ({ status: 200, headers: { x: ['a', 'b\r\n'] } })],
  ['RES-07', 'a bad date', () => ({ status: 200, headers: { date: 'a\r\nb' } })],
  ['RES-07', 'a value that is a number', () => ({ status: 200, headers: { x: 7 } })],
  ['RES-07', 'a value that is null', () => ({ status: 200, headers: { x: null } })],
  ['RES-07', 'a number in an array', () => ({ status: 200, headers: { x: ['a', 7] } })],
  ['RES-12', 'a length that is a number', () => ({ status: 200, headers: { 'content-length': 1 }, body: 'x' })],
  ['RES-12', 'a length that is none', () => ({ status: 200, headers: { 'content-length': '1x' }, body: 'x' })],
  ['RES-12', 'two lengths', () => ({ status: 200, headers: { 'content-length': ['1', '1'] }, body: 'x' })],
  ['RES-12', 'a length above the body’s', () => ({ status: 200, headers: { 'content-length': '2' }, body: 'x' })],
  ['RES-12', 'a length below the body’s', () => ({ status: 200, headers: { 'content-length': '1' }, body: 'xy' })],
  ['RES-12', 'characters for a length', () => ({ status: 200, headers: { 'content-length': '1' }, body: '\xe9' })],
  ['RES-12', 'a length without a body', () => ({ status: 200, headers: { 'content-length': '2' } })],
]

describe('an invalid response', () => {
  it.each(invalid)(
    'RES-02, %s: %s is answered 500, named in the log, and the connection goes on',
    async (requirement, _what, response) => {
      for (const form of [response, () => Promise.resolve(response())]) {
        const client = await fail(form)
        expect(client.take()).toBe(FAILED)
        expect(client.logged).toEqual([
          expect.objectContaining({
            level: 'error',
            fields: expect.objectContaining({ requirement, method: 'GET', target: '/' }),
          }),
        ])
        client.send(get())
        expect(client.take()).toMatch(/next$/)
      }
    },
  )

  it('RES-02: its body is closed: a stream is destroyed', async () => {
    const body = Readable.from(['x'])
    const client = await fail(() => ({ status: 1, body }))
    expect(client.take()).toBe(FAILED)
    expect(body.destroyed).toBe(true)
  })

  it('RES-34: a discarded stream may still fail', async () => {
    const discarding: readonly (readonly [number, string])[] = [
      [1, get()],
      [200, message('HEAD / HTTP/1.1', 'host: a')],
      [304, get()],
    ]
    for (const [status, request] of discarding) {
      const body = createReadStream('/nonexistent/file')
      const closed = new Promise<void>(resolve => body.on('close', resolve))
      const client = await fail(() => ({ status, body }), request)
      await closed
      client.send(get())
      expect(client.take()).toMatch(/next$/)
    }
  })

  it('UPG-01: a 2xx to CONNECT is one, and the connection ends', async () => {
    const client = await fail(() => ({ status: 200 }), message('CONNECT a:1 HTTP/1.1', 'host: a:1'))
    expect(client.take()).toMatch(/^HTTP\/1\.1 500 [\s\S]+connection: close/)
    expect(client.logged[0]?.fields).toMatchObject({ requirement: 'UPG-01' })
    const refused = await fail(() => ({ status: 405 }), message('CONNECT a:1 HTTP/1.1', 'host: a:1'))
    expect(refused.take()).toMatch(/^HTTP\/1\.1 405 /)
  })
})

describe('an application that fails before the head', () => {
  const misbehaviours: readonly (readonly [string, () => unknown])[] = [
    ['throws', throws],
    ['rejects', () => Promise.reject(new Error('secret detail'))],
    ['rejects with undefined', () => Promise.reject(undefined)],
    ['has a then that throws', () => getter('then')],
    ['has a then that throws when called', () => ({ then: throws })],
    ['has a status that throws', () => getter('status')],
    ['has headers that throw', () => getter('headers')],
    ['has a body that throws', () => getter('body')],
    ['has a finished that throws when looked at', () => getter('finished')],
    ['has a header value that throws', () => ({ status: 200, headers: getter('x') })],
    ['has a body whose iterator throws', () => ({ status: 200, body: { [Symbol.asyncIterator]: throws } })],
    ['has a body whose iterator is none', () => ({ status: 200, body: { [Symbol.iterator]: () => undefined } })],
    [
      'has a body whose first next() throws',
      () => ({ status: 200, body: { [Symbol.iterator]: () => ({ next: throws }) } }),
    ],
    [
      'has a body whose first next() gives nothing',
      () => ({ status: 200, body: { [Symbol.iterator]: () => ({ next: () => undefined }) } }),
    ],
    [
      'has a body whose first next() gives a promise of nothing',
      () => ({ status: 200, body: { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve() }) } }),
    ],
    [
      'has a body whose first step throws when looked at',
      () => ({
        status: 200,
        body: { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(getter('done')) }) },
      }),
    ],
    [
      'has a generator that throws at once',
      () => ({
        status: 200,
        // oxlint-disable-next-line require-yield -- it throws first
        body: (async function* () {
          throw new Error('secret detail')
        })(),
      }),
    ],
    [
      'calls its thenable’s callbacks twice',
      () => ({
        then(resolve: (value: unknown) => void, reject: (error: unknown) => void) {
          reject(new Error('first'))
          resolve({ status: 200, body: 'second' })
          throw new Error('third')
        },
      }),
    ],
  ]
  it.each(misbehaviours)(
    'RES-32, RES-34: one that %s is answered 500 without detail, and the connection goes on',
    async (_name, misbehave) => {
      const client = await fail(misbehave)
      expect(client.take()).toBe(FAILED)
      expect(client.logged.map(one => one.level)).toEqual(['error'])
      client.send(get())
      expect(client.take()).toMatch(/next$/)
    },
  )

  it('answers once when a thenable calls back twice', async () => {
    const then = (resolve: (value: unknown) => void): void => {
      resolve({ status: 200, body: 'first' })
      resolve({ status: 200, body: 'second' })
    }
    const client = await fail(() => ({ then }))
    expect(client.take()).toMatch(/first$/)
  })

  it('RES-17, RES-32: to HEAD is answered 500 without content', async () => {
    const client = await fail(throws, message('HEAD / HTTP/1.1', 'host: a') + get())
    expect(client.take()).toMatch(/^HTTP\/1\.1 500 [^\r]+\r\n(?:[\w-]+: [^\r]*\r\n)+\r\nHTTP\/1\.1 200 OK/)
  })

  it('RES-32: after it informed is answered 500 behind that', async () => {
    const client = await fail(request => {
      request.inform?.(103)
      throw new Error('secret detail')
    })
    expect(client.take()).toBe(message('HTTP/1.1 103 Early Hints') + FAILED)
  })
})

describe('an application that fails after the head', () => {
  async function* breaking() {
    yield 'one'
    await Promise.resolve()
    throw new Error('secret detail')
  }

  it('RES-33: leaves a chunked body without its end', async () => {
    const client = await fail(() => ({ status: 200, body: breaking() }), get() + get())
    expect(client.take()).toBe(message('HTTP/1.1 200 OK', 'transfer-encoding: chunked') + chunk('one'))
    expect(client.wire.calls.at(-1)).toBe('end')
    expect(client.wire.isPaused).toBe(false)
    expect(client.logged).toHaveLength(1)
  })

  it('RES-33: leaves a body of declared length short', async () => {
    const client = await fail(() => ({ status: 200, headers: { 'content-length': '9' }, body: breaking() }))
    expect(client.take()).toBe(`${message('HTTP/1.1 200 OK', 'content-length: 9')}one`)
    expect(client.wire.calls.at(-1)).toBe('end')
  })

  it('RES-33: resets a connection whose end would look like the body’s', async () => {
    const client = await fail(() => ({ status: 200, body: breaking() }), message('GET / HTTP/1.0'))
    expect(client.take()).toBe(`${message('HTTP/1.1 200 OK', 'connection: close')}one`)
    expect(client.wire.calls).toEqual(['reset'])
  })

  it('RES-33: cuts off also when no chunk had come, but the head had', async () => {
    const gate = deferred()
    const client = await fail(() => ({
      status: 200,
      body: (async function* () {
        await gate.promise
        yield 7
      })(),
    }))
    expect(client.take()).toBe(message('HTTP/1.1 200 OK', 'transfer-encoding: chunked'))
    gate.resolve()
    await client.settled()
    expect(client.take()).toBe('')
    expect(client.isClosed).toBe(true)
  })

  it('RES-33: when a stream fails', async () => {
    const body = new Readable({
      read() {
        this.push('one')
        this.destroy(new Error('secret detail'))
      },
    })
    const client = await fail(() => ({ status: 200, body }))
    expect(client.take()).not.toMatch(/0\r\n\r\n$/)
    expect(client.isClosed).toBe(true)
    expect(client.logged).toHaveLength(1)
  })

  it('RES-33: when a step throws once it is looked at', async () => {
    const steps = [{ done: false, value: 'one' }, getter('done'), {}]
    const body = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(steps.shift()) }) }
    const client = await fail(() => ({ status: 200, body }))
    expect(client.take()).toMatch(/3\r\none\r\n$/)
    expect(client.isClosed).toBe(true)
  })
})

describe('an application that throws what throws when it is looked at', () => {
  const hostile = (): object =>
    new Proxy(
      {},
      {
        get: () => throws(),
        getPrototypeOf: () => throws(),
      },
    )

  it.each([
    [
      'throws it',
      () => {
        throw hostile() as Error
      },
    ],
    ['rejects with it', () => Promise.reject(hostile() as Error)],
  ])('RES-32, RES-34: is answered when it %s, and the connection goes on', async (_name, first) => {
    const client = await fail(first)
    expect(client.take()).toBe(FAILED)
    expect(client.logged).toHaveLength(1)
    client.send(get())
    await client.settled()
    expect(client.take()).toMatch(/\r\n\r\nnext$/)
  })
})
