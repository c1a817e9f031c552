// Requests and responses over HTTP/2, by both ways to it.
import { once } from 'node:events'
import { constants } from 'node:http2'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Application, GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { DEFAULT_HTTP2_SETTINGS } from '../../src/http2/session-options.ts'
import { tlsMaterial } from '../support/certificates.ts'
import { Gateway, type GatewayOptions } from '../support/gateway.ts'
import { Http2Client } from '../support/http2-client.ts'
import { deferred, get, read } from '../support/memory-client.ts'

const MIB = 1024 * 1024
const HTTP2: GatewayOptions = { http2: DEFAULT_HTTP2_SETTINGS }

let gateway: Gateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

async function serve(application: Application, options: GatewayOptions = {}): Promise<Http2Client> {
  gateway = await Gateway.start(application, { ...HTTP2, ...options })
  return gateway.http2Client()
}

/** What an application is told of a request. */
async function asked(
  headers: Parameters<Http2Client['request']>[0],
  options: GatewayOptions = {},
): Promise<GatewayRequest> {
  const requests: GatewayRequest[] = []
  const client = await serve(request => {
    requests.push(request)
    return { status: 204 }
  }, options)
  expect((await client.request(headers)).status).toBe(204)
  return requests[0] as GatewayRequest
}

describe.each([
  ['by prior knowledge', {}],
  ['over TLS', { tls: tlsMaterial() }],
])('HTTP/2 %s', (_how, options: GatewayOptions) => {
  it('gives the request as HTTP/1 does: REQ-02 to REQ-05, REQ-15, REQ-16, REQ-18', async () => {
    const request = await asked({ ':method': 'pAtCh', ':path': '/a%2Fb//../c?x=1?y' }, options)
    const { method, target, mount, path, query, scheme, authority, httpVersion, upgrade } = request
    expect({ method, target, mount, path, query, scheme, authority, httpVersion, upgrade }).toEqual({
      method: 'pAtCh',
      target: '/a%2Fb//../c?x=1?y',
      mount: '',
      path: '/a%2Fb//../c',
      query: 'x=1?y',
      scheme: options.tls === undefined ? 'http' : 'https',
      authority: `localhost:${gateway?.where.port}`,
      httpVersion: '2',
      upgrade: undefined,
    })
    expect(request.remote).toMatchObject({ address: '127.0.0.1', port: expect.any(Number) })
    expect(request.local).toEqual({ address: '127.0.0.1', port: gateway?.where.port })
    expect(request.tls?.alpn).toBe(options.tls === undefined ? undefined : 'h2')
  })

  it('answers many requests at once, and HTTP/1 beside it', async () => {
    const client = await serve(
      async request => ({ status: 200, body: `[${request.path} ${await read(request)}]` }),
      options,
    )
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, i) => client.request({ ':path': `/${i}`, ':method': 'POST' }, { body: `${i}` })),
    )
    expect(answers.map(({ body }) => body.toString())).toEqual(answers.map((_, i) => `[/${i} ${i}]`))
    const old = await (options.tls === undefined ? gateway?.client() : gateway?.secureClient())
    expect(await old?.send(get('/old')).until(/\[\/old \]/)).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('takes and sends large bodies whole, both at once', async () => {
    const client = await serve(request => ({ status: 200, body: request.body }), options)
    const body = Buffer.alloc(8 * MIB)
    for (let at = 0; at < body.length; at += 4) body.writeUInt32LE(at, at)
    const answer = await client.request({ ':method': 'POST' }, { body })
    expect(answer.body.equals(body)).toBe(true)
  })

  it('sends a large buffer whole', async () => {
    const body = Buffer.alloc(8 * MIB, 'content')
    const client = await serve(() => ({ status: 200, body }), options)
    const answer = await client.request({})
    expect(answer.body.equals(body)).toBe(true)
    expect(answer.headers['content-length']).toBe(`${body.length}`)
  })
})

describe('fields of a request', () => {
  it('REQ-19 to REQ-22: are a record and a list, as received, without pseudo-header fields', async () => {
    const request = await asked({ ':path': '/', 'x-one': ['1', '2'], cookie: ['a=1', 'b=2'], 'x-latin': 'caf\xe9' })
    expect({ ...request.headers }).toEqual({ 'x-one': '1, 2', cookie: 'a=1; b=2', 'x-latin': 'caf\xe9' })
    expect(Object.getPrototypeOf(request.headers)).toBeNull()
    const fields = ['x-one', '1', 'x-one', '2', 'cookie', 'a=1', 'cookie', 'b=2', 'x-latin', 'caf\xe9']
    expect(request.rawHeaders).toEqual(fields)
    expect(request.headers).toBe(Object.create(request).headers)
  })

  it('REQ-18: have Host for the authority where there is no other', async () => {
    const request = await asked({ host: 'shop.example' })
    expect(request.authority).toBe('shop.example')
  })

  it('REQ-17: are believed about scheme and client where they come from a trusted proxy', async () => {
    const request = await asked(
      { 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.7' },
      {
        forwarding: { allowIps: ['127.0.0.1'], fields: ['x-forwarded-for'], schemeFields: ['x-forwarded-proto=https'] },
      },
    )
    expect(request.scheme).toBe('https')
    expect(request.remote.address).toBe('192.0.2.7')
  })

  it('REQ-07: have * for a target of OPTIONS', async () => {
    const { target, path, query } = await asked({ ':method': 'OPTIONS', ':path': '*' })
    expect({ target, path, query }).toEqual({ target: '*', path: '*', query: '' })
  })
})

describe('what is refused', () => {
  it.each<[string, number, Record<string, string | string[]>]>([
    ['HOST_INVALID', 400, { ':authority': 'here.example', host: 'elsewhere.example' }],
    ['HOST_INVALID', 400, { ':authority': 'a,b' }],
    ['TARGET_FORM', 400, { ':scheme': 'ftp' }],
    ['TARGET_FORM', 400, { ':method': 'CONNECT', ':authority': 'no-port', ':scheme': '', ':path': '' }],
    ['EXPECTATION', 417, { expect: 'miracles' }],
    ['REQUEST_LINE_TOO_LONG', 414, { ':path': `/${'a'.repeat(5000)}` }],
    ['FIELD_TOO_LARGE', 431, { 'x-large': 'a'.repeat(9000) }],
    ['TOO_MANY_FIELDS', 431, { 'x-many': Array.from({ length: 101 }, () => 'a') }],
  ])('%s is answered with %i, and the application not called', async (code, status, headers) => {
    const client = await serve(() => ({ status: 204 }))
    const fields: Parameters<Http2Client['request']>[0] = { ...headers }
    for (const name of [':scheme', ':path']) if (fields[name] === '') delete fields[name]
    expect(await client.request(fields)).toMatchObject({ status, code: constants.NGHTTP2_NO_ERROR })
    expect(gateway?.records).toEqual([])
    expect(gateway?.notes).toEqual([{ peer: expect.stringMatching(/^127/), status, code }])
    expect((await client.request({})).status).toBe(204)
  })
})

describe('a request body', () => {
  it('BOD-01, BOD-10: is null without content, with empty trailers', async () => {
    const request = await asked({})
    expect(request.body).toBeNull()
    expect({ ...request.trailers }).toEqual({})
  })

  it('BOD-01: is null where its length is declared to be zero', async () => {
    const request = await asked({ ':method': 'POST', 'content-length': '0' })
    expect(request.body).toBeNull()
  })

  it('BOD-10: is followed by its trailers, without those that are forbidden there', async () => {
    let trailers: unknown[] = []
    const client = await serve(async request => {
      trailers = [request.trailers]
      await read(request)
      trailers.push({ ...request.trailers })
      return { status: 204 }
    })
    await client.request({ ':method': 'POST' }, { body: 'content', trailers: { 'x-sum': '7', authorization: 'no' } })
    expect(trailers).toEqual([undefined, { 'x-sum': '7' }])
  })

  it('BOD-05: is not read ahead when nobody reads it, beyond the window', async () => {
    const called = deferred()
    const client = await serve(() => {
      called.resolve()
      return new Promise(() => undefined)
    })
    const stream = client.begin({ ':method': 'POST' }, { endStream: false })
    stream.write(Buffer.alloc(4 * MIB))
    await called.promise
    for (let quiet = 0, before = -1; quiet < 100; quiet++) {
      await new Promise(resolve => setImmediate(resolve))
      const { localWindowSize = 0 } = stream.state
      if (localWindowSize !== before) quiet = 0
      before = localWindowSize
    }
    expect(stream.writableLength).toBeGreaterThanOrEqual(3 * MIB)
    stream.close(constants.NGHTTP2_CANCEL)
  })

  it('BOD-11: can be read to its end after the response', async () => {
    const outcome = deferred<string>()
    const client = await serve(request => {
      void read(request).then(outcome.resolve)
      return { status: 200, body: 'early' }
    })
    const stream = client.begin({ ':method': 'POST' }, { endStream: false })
    const answered = Http2Client.answer(stream)
    stream.write('one ')
    await once(stream, 'response')
    stream.end('two')
    expect(await outcome.promise).toBe('one two')
    expect(await answered).toMatchObject({ status: 200, code: constants.NGHTTP2_NO_ERROR })
  })

  it('BOD-09: that nobody wants is refused without an error when the response is complete', async () => {
    const client = await serve(() => ({ status: 200, body: 'no, thank you' }))
    const stream = client.begin({ ':method': 'POST' }, { endStream: false })
    stream.write(Buffer.alloc(MIB))
    const answer = await Http2Client.answer(stream)
    expect(answer.body.toString()).toBe('no, thank you')
    expect(answer.code).toBe(constants.NGHTTP2_NO_ERROR)
    expect((await client.request({})).status).toBe(200)
  })
})

describe('100 Continue', () => {
  it('EXP-01, EXP-02: is sent at the first read, once', async () => {
    const gate = deferred()
    const client = await serve(async request => {
      await gate.promise
      return { status: 200, body: await read(request) }
    })
    const stream = client.begin({ ':method': 'POST', expect: '100-continue' }, { endStream: false })
    const answered = Http2Client.answer(stream)
    let continued = 0
    stream.on('continue', () => {
      continued++
      stream.end('content')
    })
    gate.resolve()
    expect((await answered).body.toString()).toBe('content')
    expect(continued).toBe(1)
  })

  it('EXP-01: is not sent when the body is not read', async () => {
    const client = await serve(() => ({ status: 403 }))
    const stream = client.begin({ ':method': 'POST', expect: '100-continue' }, { endStream: false })
    const answer = await Http2Client.answer(stream)
    expect(answer).toMatchObject({ status: 403, informational: [] })
  })
})

describe('a response', () => {
  const answerTo = async (response: unknown, headers = {}) =>
    (await serve(() => response as GatewayResponse)).request(headers)

  it.each<[string, GatewayResponse, object]>([
    ['text', { status: 200, body: 'h\xe9' }, { 'content-length': '3' }],
    ['bytes', { status: 201, body: Buffer.from('abc') }, { 'content-length': '3' }],
    ['nothing', { status: 200 }, { 'content-length': '0' }],
    [
      'an array',
      { status: 200, headers: { 'set-cookie': ['a', 'b'], vary: ['x', 'y'] } },
      { 'set-cookie': ['a', 'b'], vary: 'x, y' },
    ],
    ['a field that node sends once only', { status: 200, headers: { etag: ['a', 'b'] } }, { etag: 'a, b' }],
    ['bytes in fields', { status: 200, headers: { 'x-latin': 'caf\xe9' } }, { 'x-latin': 'caf\xe9' }],
    ['a date', { status: 200, headers: { date: 'today' } }, { date: 'today' }],
    ['white space', { status: 200, headers: { 'x-space': ' a\t' } }, { 'x-space': 'a' }],
  ])('of %s arrives: RES-04, RES-05, RES-09, RES-11, RES-23', async (_what, response, headers) => {
    const answer = await answerTo(response)
    expect(answer.status).toBe(response.status)
    expect(answer.headers).toMatchObject({ date: expect.any(String), ...headers })
  })

  it('RES-05: has no line of a field without a value, also of one that node sends once only', async () => {
    const { headers } = await answerTo({ status: 200, headers: { etag: [], 'x-list': [] } })
    expect(Object.keys(headers).filter(name => name === 'etag' || name === 'x-list')).toEqual([])
  })

  it('RES-05: has the fields and trailers that are called as what every object has', async () => {
    const named = JSON.parse('{ "__proto__": "a", "constructor": "b" }') as Record<string, string>
    const { headers, trailers } = await answerTo({
      status: 200,
      headers: named,
      body: ['text'],
      trailers: () => named,
    })
    for (const fields of [headers, trailers ?? {}]) {
      expect(Object.entries(fields)).toEqual(expect.arrayContaining(Object.entries(named)))
    }
  })

  it('RES-21, RES-22: loses hop-by-hop fields, and may end the connection', async () => {
    const fields = { connection: 'close', 'keep-alive': 'x', upgrade: 'x', te: 'x', 'http2-settings': 'x' }
    const client = await serve(() => ({ status: 200, headers: fields, body: 'last' }))
    const { headers, body } = await client.request({})
    expect(Object.keys(headers)).toEqual(['date', 'content-length'])
    expect(body.toString()).toBe('last')
    await client.end()
    expect(client.goaways[0]?.[0]).toBe(constants.NGHTTP2_NO_ERROR)
  })

  it.each<[string, number, GatewayResponse, object]>([
    ['HEAD', 200, { status: 200, body: 'abc' }, { 'content-length': '3' }],
    ['HEAD', 200, { status: 200, headers: { 'content-length': '7' }, body: ['a'] }, { 'content-length': '7' }],
    ['GET', 204, { status: 204, body: 'abc' }, {}],
    ['GET', 304, { status: 304, headers: { 'content-length': '9' } }, { 'content-length': '9' }],
    ['GET', 205, { status: 205, body: 'abc' }, { 'content-length': '0' }],
  ])('to %s with %i has no content: RES-17 to RES-20', async (method, status, response, headers) => {
    const answer = await answerTo(response, { ':method': method })
    expect(answer.status).toBe(status)
    expect(answer.body).toHaveLength(0)
    const others = Object.entries(answer.headers).filter(([name]) => name !== 'date')
    expect(Object.fromEntries(others)).toEqual(headers)
  })

  it.each<[string, () => GatewayResponse]>([
    ['an iterable', () => ({ status: 200, body: ['one', '', Buffer.from('two')] })],
    [
      'an async iterable',
      () => ({
        status: 200,
        body: (async function* () {
          yield 'one'
          await Promise.resolve()
          yield 'two'
        })(),
      }),
    ],
    ['text', () => ({ status: 200, body: 'onetwo' })],
  ])('RES-30: of %s is followed by its trailers', async (_what, response) => {
    const trailers = { 'x-sum': '7', 'content-length': '9' }
    const answer = await answerTo({ ...response(), trailers: () => trailers })
    expect(answer.body.toString()).toBe('onetwo')
    expect(answer.trailers).toMatchObject({ 'x-sum': '7' })
    expect(answer.trailers).not.toHaveProperty('content-length')
  })

  it('RES-30: may have nothing to say in its trailers', async () => {
    const answer = await answerTo({ status: 200, body: ['content'], trailers: () => undefined })
    expect(answer).toMatchObject({ status: 200, trailers: undefined, code: constants.NGHTTP2_NO_ERROR })
  })

  it('RES-31: comes behind what inform() sends', async () => {
    const client = await serve(request => {
      request.inform?.(103, { link: '</style.css>; rel=preload' })
      return { status: 200, body: 'done' }
    })
    const { informational } = await client.request({})
    expect(informational).toMatchObject([{ ':status': 103, link: '</style.css>; rel=preload' }])
  })

  it('RES-25: has its head out before the first chunk is there', async () => {
    const gate = deferred()
    const client = await serve(() => ({
      status: 200,
      body: (async function* () {
        await gate.promise
        yield 'late'
      })(),
    }))
    const stream = client.begin({})
    const answered = Http2Client.answer(stream)
    await once(stream, 'response')
    gate.resolve()
    expect((await answered).body.toString()).toBe('late')
  })

  it('RES-28: asks for no more than the client takes', async () => {
    let produced = 0
    const client = await serve(() => ({
      status: 200,
      body: (function* () {
        for (;;) {
          produced += 16 * 1024
          yield Buffer.alloc(16 * 1024)
        }
      })(),
    }))
    const stream = client.begin({})
    await once(stream, 'response')
    for (let quiet = 0, before = 0; quiet < 100; quiet++) {
      await new Promise(resolve => setImmediate(resolve))
      if (produced !== before) quiet = 0
      before = produced
    }
    expect(produced).toBeLessThan(MIB)
    stream.close(constants.NGHTTP2_CANCEL)
  })
})

describe('failure', () => {
  const failing = async function* (): AsyncGenerator<string> {
    yield 'one'
    await Promise.resolve()
    throw new Error('broken')
  }

  it.each<[string, () => unknown]>([
    [
      'a throw',
      () => {
        throw new Error('secret')
      },
    ],
    ['RES-03', () => ({ status: 99 })],
    ['RES-06', () => ({ status: 200, headers: { 'Upper-Case': 'x' } })],
    ['RES-07', () => ({ status: 200, headers: { 'x-split': 'a\r\nb: c' } })],
    ['RES-12', () => ({ status: 200, headers: { 'content-length': '9' }, body: 'short' })],
    ['a 101, which HTTP/2 does not have', () => ({ status: 101, upgrade: () => undefined })],
  ])('RES-02, RES-32: before the head is a 500 without detail: %s', async (_what, application) => {
    const client = await serve(application as Application)
    const answer = await client.request({})
    expect(answer.status).toBe(500)
    expect(answer.body.toString()).toBe('500 Internal Server Error\n')
    expect(gateway?.logged).toEqual(['the application failed: answered 500'])
  })

  it('RES-33, END-07: after the head resets the stream, and no other', async () => {
    const ended: unknown[] = []
    const client = await serve(({ path }) => ({
      status: 200,
      body: path === '/fail' ? failing() : 'fine',
      finished: (...args) => void ended.push(args[0]),
    }))
    const [failed, fine] = await Promise.all([client.request({ ':path': '/fail' }), client.request({ ':path': '/' })])
    expect(failed.code).toBe(constants.NGHTTP2_INTERNAL_ERROR)
    expect(fine.body.toString()).toBe('fine')
    expect(ended).toEqual(expect.arrayContaining([undefined, expect.objectContaining({ message: 'broken' })]))
  })

  it('resets the stream of a request that the application drops, and no other', async () => {
    const client = await serve(request => {
      if (request.path === '/drop') (request as unknown as { 'nsgi.drop'(): void })['nsgi.drop']()
      return { status: 200, body: 'fine' }
    })
    const [dropped, fine] = await Promise.all([client.request({ ':path': '/drop' }), client.request({ ':path': '/' })])
    expect([dropped.status, dropped.code]).toEqual([0, constants.NGHTTP2_INTERNAL_ERROR])
    expect(fine.body.toString()).toBe('fine')
    expect(gateway?.logged).toEqual([])
  })

  it.each([
    ['RES-13: more', ['one', 'two']],
    ['RES-14: less', ['o']],
  ])('%s than the declared length resets the stream', async (_what, body) => {
    const client = await serve(() => ({ status: 200, headers: { 'content-length': '3' }, body }))
    const answer = await client.request({})
    expect(answer.code).toBe(constants.NGHTTP2_INTERNAL_ERROR)
    expect(answer.body.length).toBeLessThanOrEqual(3)
  })

  it('END-05: a client that resets is told in order: signal, return, finished', async () => {
    const events: string[] = []
    const over = deferred()
    const begun = deferred()
    const client = await serve(({ signal }) => {
      signal.addEventListener('abort', () => events.push('signal'))
      return {
        status: 200,
        body: {
          [Symbol.asyncIterator]: () => {
            let calls = 0
            return {
              next: async () => {
                if (calls++ === 0) return { done: false as const, value: 'begun' }
                begun.resolve()
                return new Promise<never>(() => undefined)
              },
              return: async () => {
                events.push('return')
                return { done: true as const, value: undefined }
              },
            }
          },
        },
        finished: error => {
          events.push(`finished ${(error as { code?: string }).code}`)
          over.resolve()
        },
      }
    })
    const stream = client.begin({})
    await Promise.all([once(stream, 'response'), begun.promise])
    stream.close(constants.NGHTTP2_CANCEL)
    await over.promise
    expect(events).toEqual(['signal', 'return', 'finished KIRIN_CLIENT_LOST'])
  })

  it('END-01: a connection that is dropped ends what was under way on it', async () => {
    const lost = deferred()
    const called = deferred()
    const client = await serve(({ signal }) => {
      signal.addEventListener('abort', () => lost.resolve())
      called.resolve()
      return new Promise(() => undefined)
    })
    client.begin({})
    await called.promise
    client.destroy()
    await lost.promise
    expect(gateway?.records[0]?.status).toBe(0)
  })

  it('END-02, END-06: success is told once, and the signal does not abort', async () => {
    const finished: unknown[][] = []
    let aborts = 0
    const client = await serve(({ signal }) => {
      signal.addEventListener('abort', () => aborts++)
      return { status: 200, body: 'fine', finished: (...args) => void finished.push(args) }
    })
    await client.request({})
    await client.request({ ':method': 'HEAD' })
    client.destroy()
    await gateway?.server.stop()
    expect(finished).toEqual([[], []])
    expect(aborts).toBe(0)
    expect(gateway?.records).toMatchObject([
      { status: 200, bytes: 4, error: undefined },
      { status: 200, bytes: 0, error: undefined },
    ])
  })
})
