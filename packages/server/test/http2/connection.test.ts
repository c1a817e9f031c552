// Connections of HTTP/2: how they begin and end, what they refuse, and how long things may take.
import { once } from 'node:events'
import { constants } from 'node:http2'
import { connect } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Application, GatewayResponse } from '@nsgi/spec'
import { DEFAULT_HTTP2_SETTINGS } from '../../src/http2/session-options.ts'
import { certificate, tlsMaterial } from '../support/certificates.ts'
import { END_HEADERS, END_STREAM, FRAME, FrameClient, GET, literals, PREFACE } from '../support/frame-client.ts'
import { Gateway, type GatewayOptions } from '../support/gateway.ts'
import { Http2Client } from '../support/http2-client.ts'
import { deferred, get, read } from '../support/memory-client.ts'

const {
  NGHTTP2_CANCEL,
  NGHTTP2_ENHANCE_YOUR_CALM,
  NGHTTP2_INTERNAL_ERROR,
  NGHTTP2_NO_ERROR,
  NGHTTP2_PROTOCOL_ERROR,
  NGHTTP2_REFUSED_STREAM,
} = constants

let gateway: Gateway | undefined
const frameClients: FrameClient[] = []
afterEach(async () => {
  for (const { socket } of frameClients.splice(0)) socket.destroy()
  await gateway?.close()
  gateway = undefined
})

async function serve(application: Application, options: GatewayOptions = {}): Promise<Gateway> {
  gateway = await Gateway.start(application, { http2: DEFAULT_HTTP2_SETTINGS, ...options })
  return gateway
}

async function frames(): Promise<FrameClient> {
  const client = await FrameClient.open((gateway as Gateway).where.port)
  frameClients.push(client)
  return client
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

const hello: Application = () => ({ status: 200, body: 'hello' })

describe('the beginning of a connection', () => {
  it('tells HTTP/2 from HTTP/1 when it comes byte by byte', async () => {
    const { where } = await serve(hello)
    const socket = connect(where)
    for (const byte of 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n') {
      socket.write(byte)
      await new Promise(resolve => setImmediate(resolve))
    }
    socket.write(Buffer.from('000000040000000000', 'hex'))
    const [settings] = (await once(socket, 'data')) as [Buffer]
    expect(settings[3]).toBe(FRAME.settings)
    socket.destroy()
  })

  it.each(['PUT', 'PROPFIND', 'POST'])(
    'takes HTTP/1 for what it is when it begins with %s byte by byte',
    async method => {
      await serve(request => ({ status: 200, body: `[${request.method}]` }))
      const client = await (gateway as Gateway).client()
      for (const byte of `${method} / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n`) {
        client.send(byte)
        await new Promise(resolve => setImmediate(resolve))
      }
      expect(await client.until(/\[.*\]/)).toContain(`[${method}]`)
    },
  )

  it('that is no HTTP/2 after all ends with an error', async () => {
    const { where } = await serve(hello)
    const socket = connect(where)
    socket.write('PRI / HTTP/1.1\r\nhost: a\r\n\r\n')
    await once(socket.resume(), 'close')
    expect(gateway?.logged).toEqual(['HTTP/2 connection failed'])
  })

  it.each([
    ['with a body', FrameClient.frame(FRAME.data, END_STREAM, 1, Buffer.from('all of it')), 'all of it'],
    ['with an empty body', FrameClient.frame(FRAME.data, END_STREAM, 1), ''],
    ['with trailers', FrameClient.frame(FRAME.headers, END_STREAM | END_HEADERS, 1, literals([['x-sum', '1']])), ''],
  ])('may come in one packet with a request %s', async (_what, end, body) => {
    const { where } = await serve(async request => ({ status: 200, body: `[${await read(request)}]` }))
    const fields = literals([[':method', 'POST'], ...GET.slice(1)])
    const request = Buffer.concat([FrameClient.frame(FRAME.headers, END_HEADERS, 1, fields), end])
    const client = await FrameClient.open(where.port, { behind: request })
    frameClients.push(client)
    const answer = await client.frame(({ type }) => type === FRAME.data)
    expect(answer.payload.toString()).toBe(`[${body}]`)
  })

  it('is refused as HTTP/1 of an unknown version where HTTP/2 is off', async () => {
    await serve(hello, { http2: undefined })
    const client = await (gateway as Gateway).client()
    expect(await client.send('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n').rest()).toMatch(/^HTTP\/1\.1 (?:4|5)\d\d /)
  })

  it('may stand behind a PROXY header', async () => {
    const { where } = await serve(({ remote }) => ({ status: 200, body: `[${remote.address}]` }), {
      proxyProtocol: { protocol: 'v1', allowIps: ['127.0.0.1'] },
    })
    const client = await FrameClient.open(where.port, { first: 'PROXY TCP4 192.0.2.7 192.0.2.8 1234 80\r\n' })
    frameClients.push(client)
    client.headers(1, END_HEADERS | END_STREAM, GET)
    const { payload } = await client.frame(({ type }) => type === FRAME.data)
    expect(payload.toString()).toBe('[192.0.2.7]')
  })

  it('offers HTTP/1 alone over TLS where HTTP/2 is off', async () => {
    await serve(hello, { http2: undefined, tls: tlsMaterial() })
    await expect((gateway as Gateway).secureClient({ ALPNProtocols: ['h2'] })).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
    })
  })
})

describe('what is malformed', () => {
  it.each<[string, readonly (readonly [string, string])[]]>([
    ['a field of the connection', [...GET, ['connection', 'close']]],
    ['transfer-encoding', [...GET, ['transfer-encoding', 'chunked']]],
    ['te with more than trailers', [...GET, ['te', 'gzip']]],
    ['a name in upper case', [...GET, ['X-Upper', 'a']]],
    ['a pseudo-header field behind the others', [...GET.slice(0, 3), ['x', 'a'], [':authority', 'localhost']]],
    ['an unknown pseudo-header field', [...GET, [':color', 'red']]],
    ['a method twice', [...GET, [':method', 'GET']]],
    ['no path', GET.filter(([name]) => name !== ':path')],
    ['a length that is none', [...GET, ['content-length', 'ten']]],
  ])('resets the stream: %s', async (_what, fields) => {
    await serve(hello)
    const client = await frames()
    client.headers(1, END_HEADERS | END_STREAM, fields)
    expect(await client.resetOf(1)).toBe(NGHTTP2_PROTOCOL_ERROR)
    client.headers(3, END_HEADERS | END_STREAM, GET)
    await client.frame(({ type, stream, flags }) => type === FRAME.data && stream === 3 && (flags & END_STREAM) !== 0)
    expect(gateway?.records).toHaveLength(1)
  })

  it('never reaches the application: a field with a line feed in its value', async () => {
    await serve(request => ({ status: 200, body: JSON.stringify(request.rawHeaders) }))
    const client = await frames()
    client.headers(1, END_HEADERS | END_STREAM, [...GET, ['x-split', 'a\nb: c'], ['x', 'y']])
    const { payload } = await client.frame(({ type }) => type === FRAME.data)
    expect(payload.toString()).toBe('["x","y"]')
  })

  it.each([
    ['more', 'too long'],
    ['less', 'a'],
  ])('resets the stream when its body has %s than was declared, and the body rejects', async (_what, body) => {
    const outcome = deferred<unknown>()
    const called = deferred()
    await serve(async request => {
      called.resolve()
      await read(request).then(outcome.resolve, outcome.resolve)
      return { status: 204 }
    })
    const client = await frames()
    client.headers(1, END_HEADERS, [[':method', 'POST'], ...GET.slice(1), ['content-length', '4']])
    await called.promise
    client.send(FRAME.data, END_STREAM, 1, Buffer.from(body))
    // Newer versions of Node end the whole connection over it.
    const { type, payload } = await client.frame(one => one.type === FRAME.reset || one.type === FRAME.goaway)
    const code = payload.readUInt32BE(type === FRAME.reset ? 0 : 4)
    expect([NGHTTP2_PROTOCOL_ERROR, NGHTTP2_INTERNAL_ERROR]).toContain(code)
    expect(await outcome.promise).toMatchObject({ code: 'KIRIN_BODY_TRUNCATED' })
  })
})

describe('a request that its client resets before the application is called', () => {
  it('never reaches it', async () => {
    await serve(hello)
    const client = await frames()
    client.socket.cork()
    client.headers(1, END_HEADERS, [[':method', 'POST'], ...GET.slice(1)]).reset(1, NGHTTP2_CANCEL)
    client.headers(3, END_HEADERS | END_STREAM, GET)
    client.socket.uncork()
    await client.frame(({ type, stream, flags }) => type === FRAME.data && stream === 3 && (flags & END_STREAM) !== 0)
    expect(gateway?.records.map(({ request }) => request.method)).toEqual(['GET'])
  })
})

describe('a stream that the client resets', () => {
  const POST = [[':method', 'POST'], ...GET.slice(1)] as const

  it('BOD-07, END-01: rejects the body, and the signal aborts', async () => {
    const outcome = deferred<unknown>()
    const aborted = deferred()
    const begun = deferred()
    await serve(async request => {
      request.signal.addEventListener('abort', () => aborted.resolve())
      try {
        for await (const chunk of request.body ?? []) if (chunk.length > 0) begun.resolve()
        outcome.resolve('whole')
      } catch (error) {
        outcome.resolve(error)
      }
      return { status: 204 }
    })
    const client = await frames()
    client.headers(1, END_HEADERS, POST).send(FRAME.data, 0, 1, Buffer.from('half'))
    await begun.promise
    client.reset(1, NGHTTP2_CANCEL)
    expect(await outcome.promise).toMatchObject({ code: 'KIRIN_BODY_TRUNCATED' })
    await aborted.promise
  })

  it.each([
    ['at rest', () => new Promise<never>(() => undefined)],
    ['held back by its window', () => Promise.resolve({ done: false as const, value: Buffer.alloc(64 * 1024) })],
  ])('END-01: without an error, while its response is %s, is lost at once', async (_how, next) => {
    const ended = deferred<unknown>()
    await serve(() => {
      let calls = 0
      const first = Promise.resolve({ done: false as const, value: Buffer.from('first') })
      return {
        status: 200,
        body: { [Symbol.asyncIterator]: () => ({ next: () => (calls++ === 0 ? first : next()) }) },
        finished: error => ended.resolve(error),
      }
    })
    const client = await frames()
    client.headers(1, END_HEADERS | END_STREAM, GET)
    await client.frame(({ type, payload }) => type === FRAME.data && payload.length > 0)
    client.reset(1, NGHTTP2_NO_ERROR)
    expect(await ended.promise).toMatchObject({ code: 'KIRIN_CLIENT_LOST' })
  })

  it('BOD-07: rejects the body after the response, too, when there is no error', async () => {
    const outcome = deferred<unknown>()
    await serve(request => {
      void read(request).then(outcome.resolve, outcome.resolve)
      return { status: 200, body: 'early' }
    })
    const client = await frames()
    client.headers(1, END_HEADERS, POST).send(FRAME.data, 0, 1, Buffer.from('half'))
    await client.frame(({ type, flags }) => type === FRAME.data && (flags & END_STREAM) !== 0)
    client.reset(1, NGHTTP2_NO_ERROR)
    expect(await outcome.promise).toMatchObject({ code: 'KIRIN_BODY_TRUNCATED' })
  })
})

describe('a client that is gone', () => {
  /** Windows as large as can be: how much is sent is for sockets to say. */
  const WINDOW = 0x7fffffff
  const initialWindow = Buffer.from([0, 4, ...word(WINDOW)])
  const moreWindow = FrameClient.frame(
    FRAME.windowUpdate,
    0,
    0,
    word(WINDOW - DEFAULT_HTTP2_SETTINGS.initialWindowSize),
  )

  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      yield Buffer.alloc(16_384)
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  it.each([
    ['over TLS', true],
    ['over TCP', false],
  ])('%s is noticed though it took nothing of a response that goes on', async (_what, isSecure) => {
    const finished = deferred<unknown>()
    const { server, where } = await serve(() => ({ status: 200, body: endless(), finished: finished.resolve }), {
      ...(isSecure ? { tls: tlsMaterial() } : {}),
      timeouts: { send: 600_000, idle: 600_000 },
    })
    const raw = connect(where)
    const secured = { socket: raw, servername: 'localhost', ca: certificate('authority'), ALPNProtocols: ['h2'] }
    const socket = isSecure ? connectSecurely(secured) : raw
    await once(socket, isSecure ? 'secureConnect' : 'connect')
    const client = FrameClient.begin(socket, initialWindow)
    socket.write(moreWindow)
    client.headers(1, END_HEADERS | END_STREAM, GET)
    await client.frame(({ type }) => type === FRAME.data)
    socket.pause()
    // Until the system takes no more of it.
    let read = -1
    while (raw.bytesRead !== read) {
      read = raw.bytesRead
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    raw.resetAndDestroy()
    expect(await finished.promise).toMatchObject({ code: 'KIRIN_CLIENT_LOST' })
    while (server.counts.connections > 0) await new Promise(resolve => setTimeout(resolve, 10))
  })
})

describe('floods', () => {
  it('of streams that are reset at once end the connection (CVE-2023-44487)', async () => {
    let calls = 0
    await serve(() => {
      calls++
      return new Promise(() => undefined)
    })
    const client = await frames()
    for (let stream = 1; stream < 10_000; stream += 2) {
      client.headers(stream, END_HEADERS | END_STREAM, GET).reset(stream, NGHTTP2_CANCEL)
      if (stream % 100 === 1) await new Promise(resolve => setImmediate(resolve))
    }
    expect(await client.goaway()).toBe(NGHTTP2_ENHANCE_YOUR_CALM)
    await client.end()
    // One read may hold a thousand of them.
    expect(calls).toBeLessThan(2500)
    expect(gateway?.logged).toContain('HTTP/2 connection ended: too many streams were reset')
  })

  it('of CONTINUATION end the connection (CVE-2024-27983)', async () => {
    await serve(hello)
    const client = await frames()
    client.send(FRAME.headers, END_STREAM, 1, literals(GET))
    for (let i = 0; i < 1000; i++) client.send(FRAME.continuation, 0, 1, literals([[`x-${i}`, 'a'.repeat(1000)]]))
    await client.end()
    expect(gateway?.records).toEqual([])
  })

  it('of pings and settings that the client does not read the answers of end the connection', async () => {
    await serve(hello)
    const client = await frames()
    client.socket.pause()
    let isClosed = false
    client.socket.on('close', () => (isClosed = true))
    for (let i = 0; i < 2_000_000 && !isClosed; i++) {
      client.send(FRAME.ping, 0, 0, Buffer.alloc(8)).send(FRAME.settings)
      if (i % 1000 === 0) await new Promise(resolve => setImmediate(resolve))
    }
    expect(isClosed).toBe(true)
  })

  it('of heads larger than any limit are refused', async () => {
    await serve(hello)
    const client = await frames()
    client.send(FRAME.headers, END_STREAM, 1, literals(GET))
    const field = literals([['x', 'a'.repeat(8000)]])
    for (let i = 0; i < 7; i++) client.send(FRAME.continuation, 0, 1, Buffer.concat([field, field]))
    client.send(FRAME.continuation, END_HEADERS, 1)
    await client.frame(({ type, stream }) => type === FRAME.headers && stream === 1)
    expect(gateway?.notes).toMatchObject([{ status: 431, code: 'HEAD_TOO_LARGE' }])
    expect(gateway?.records).toEqual([])
  })

  it('of streams beyond what was allowed at once are refused, one by one', async () => {
    const gates: (() => void)[] = []
    await serve(() => new Promise<GatewayResponse>(resolve => gates.push(() => resolve({ status: 204 }))), {
      http2: { ...DEFAULT_HTTP2_SETTINGS, maxConcurrentStreams: 2 },
    })
    const client = await frames()
    await client.frame(({ type, flags }) => type === FRAME.settings && flags === 1)
    for (const stream of [1, 3, 5]) client.headers(stream, END_HEADERS | END_STREAM, GET)
    expect(await client.resetOf(5)).toBe(NGHTTP2_REFUSED_STREAM)
    for (const open of gates) open()
    await client.frame(({ type, stream }) => type === FRAME.headers && stream === 3)
    expect(gates).toHaveLength(2)
  })
})

describe('a stop', () => {
  it('LIF-07: lets what is under way end, closes idle connections, and resolves', async () => {
    const gate = deferred<GatewayResponse>()
    const called = deferred()
    const { server } = await serve(({ path }) => {
      if (path !== '/slow') return { status: 200, body: 'quick' }
      called.resolve()
      return gate.promise
    })
    const busy = await (gateway as Gateway).http2Client()
    const idle = await (gateway as Gateway).http2Client()
    const fresh = await frames()
    await idle.request({})
    const slow = busy.request({ ':path': '/slow' })
    await called.promise
    const stop = server.stop()
    await idle.end()
    await fresh.end()
    while (server.counts.connections > 1) await new Promise(resolve => setImmediate(resolve))
    expect(server.counts).toEqual({ connections: 1, active: 1 })
    gate.resolve({ status: 200, body: 'slow' })
    expect(await slow).toMatchObject({ status: 200, code: NGHTTP2_NO_ERROR })
    await busy.end()
    await stop
    expect(server.counts).toEqual({ connections: 0, active: 0 })
    expect(busy.goaways[0]?.[0]).toBe(NGHTTP2_NO_ERROR)
  })

  it('names the last request that is answered: one that crosses the announcement may be sent again elsewhere', async () => {
    const gate = deferred<GatewayResponse>()
    const called = deferred()
    const { server } = await serve(() => {
      called.resolve()
      return gate.promise
    })
    const client = await frames()
    client.headers(1, END_HEADERS | END_STREAM, GET)
    await called.promise
    const stop = server.stop()
    const { payload } = await client.frame(({ type }) => type === FRAME.goaway)
    expect(payload.readUInt32BE(0)).toBe(1)
    client.headers(3, END_HEADERS | END_STREAM, GET)
    gate.resolve({ status: 204 })
    await client.frame(({ type, stream }) => type === FRAME.headers && stream === 1)
    await stop
    expect(gateway?.records).toHaveLength(1)
  })

  it('lets all end that came in one packet with the goodbye of a client, and then the connection', async () => {
    const gate = deferred<GatewayResponse>()
    const { where } = await serve(() => gate.promise)
    const get = (stream: number): Buffer =>
      FrameClient.frame(FRAME.headers, END_HEADERS | END_STREAM, stream, literals(GET))
    const goodbye = FrameClient.frame(FRAME.goaway, 0, 0, Buffer.alloc(8))
    const client = await FrameClient.open(where.port, { behind: Buffer.concat([get(1), goodbye, get(3)]) })
    frameClients.push(client)
    const { payload } = await client.frame(({ type }) => type === FRAME.goaway)
    expect(payload.readUInt32BE(0)).toBe(3)
    gate.resolve({ status: 204 })
    for (const id of [1, 3]) await client.frame(({ type, stream }) => type === FRAME.headers && stream === id)
    await client.end()
    expect(gateway?.records).toHaveLength(2)
  })

  it('quickly resets what is under way', async () => {
    const lost = deferred()
    const called = deferred()
    const { server } = await serve(({ signal }) => {
      signal.addEventListener('abort', () => lost.resolve())
      called.resolve()
      return new Promise(() => undefined)
    })
    const client = await (gateway as Gateway).http2Client()
    client.begin({})
    await called.promise
    server.destroy()
    await lost.promise
    await client.end()
    await server.stop()
    expect(server.counts).toEqual({ connections: 0, active: 0 })
  })
})

describe('time-outs, by the sweep', () => {
  it.each<[string, GatewayOptions['timeouts']]>([
    ['without a request', { firstData: 5 }],
    ['between requests', { idle: 5 }],
  ])('end a connection %s', async (what, timeouts) => {
    await serve(hello, { timeouts })
    const client = await (gateway as Gateway).http2Client()
    if (what === 'between requests') await client.request({})
    await client.end()
    await gateway?.server.stop()
    expect(gateway?.server.counts.connections).toBe(0)
  })

  it('drop a client that says goodbye and stays, soon and whatever an idle one is granted', async () => {
    const { server, where } = await serve(hello, { timeouts: { idle: 600_000, firstData: 600_000 } })
    const socket = connect({ ...where, allowHalfOpen: true })
    const goodbye = FrameClient.frame(FRAME.goaway, 0, 0, Buffer.alloc(8))
    socket.write(Buffer.concat([Buffer.from(PREFACE), FrameClient.frame(FRAME.settings), goodbye]))
    socket.resume()
    await once(socket, 'end')
    while (server.counts.connections > 0) await new Promise(resolve => setTimeout(resolve, 10))
    expect(socket.readableEnded).toBe(true)
    socket.destroy()
  })

  it('BOD-12: answer a body that pauses with 408', async () => {
    const outcome = deferred<unknown>()
    await serve(
      async request => {
        await read(request).then(outcome.resolve, outcome.resolve)
        return { status: 204 }
      },
      { timeouts: { body: 5 } },
    )
    const client = await (gateway as Gateway).http2Client()
    const stream = client.begin({ ':method': 'POST' }, { endStream: false })
    stream.write('half')
    expect((await Http2Client.answer(stream)).status).toBe(408)
    expect(await outcome.promise).toMatchObject({ code: 'KIRIN_BODY_TIMEOUT' })
    expect(gateway?.records[0]?.status).toBe(408)
  })

  it('answer 503 where the application takes longer than it may, cut off a response that has begun, and serve on', async () => {
    const cut = deferred<unknown>()
    await serve(
      ({ path }) => {
        if (path === '/never') return new Promise(() => undefined)
        if (path !== '/begun') return { status: 204 }
        const body = async function* () {
          yield 'some'
          await new Promise(() => undefined)
        }
        return { status: 200, body: body(), finished: error => cut.resolve(error) }
      },
      { timeouts: { request: 5 } },
    )
    const client = await (gateway as Gateway).http2Client()
    expect((await client.request({ ':path': '/never' })).status).toBe(503)
    const begun = client.begin({ ':path': '/begun' })
    begun.on('error', () => undefined)
    expect(await cut.promise).toMatchObject({ code: 'KIRIN_REQUEST_TIMEOUT' })
    expect((await client.request({})).status).toBe(204)
    expect(gateway?.logged[0]).toMatch(/--request-timeout\): answered 503$/)
  })

  it('give up a client that takes nothing of its response, on that stream alone', async () => {
    const ended = deferred<unknown>()
    await serve(
      ({ path }) =>
        path === '/large'
          ? { status: 200, body: Buffer.alloc(1024 * 1024), finished: error => ended.resolve(error) }
          : { status: 204 },
      { timeouts: { send: 5 } },
    )
    const client = await (gateway as Gateway).http2Client()
    const stalled = client.begin({ ':path': '/large' })
    await once(stalled, 'response')
    expect(await ended.promise).toMatchObject({ code: 'KIRIN_CLIENT_LOST', cause: { code: 'KIRIN_CLIENT_STALLED' } })
    expect((await client.request({})).status).toBe(204)
    expect(gateway?.logged).toEqual([expect.stringMatching(/^dropped a connection/)])
  })
})

describe('BOD-12: a limit on bodies', () => {
  it.each([
    ['declared', { 'content-length': '5' }],
    ['not declared', {}],
  ])('answers 413 to a longer one, %s', async (how, fields) => {
    const outcome = deferred<unknown>()
    const called = deferred()
    await serve(
      async request => {
        called.resolve()
        await read(request).then(outcome.resolve, outcome.resolve)
        return { status: 204 }
      },
      { limits: { bodySize: 4 } },
    )
    const client = await (gateway as Gateway).http2Client()
    const stream = client.begin({ ':method': 'POST', ...fields }, { endStream: false })
    if (how === 'declared') stream.end('12345')
    else {
      stream.write('1')
      await called.promise
      stream.end('2345')
    }
    expect((await Http2Client.answer(stream)).status).toBe(413)
    expect(gateway?.records).toHaveLength(how === 'declared' ? 0 : 1)
    if (how === 'declared') outcome.resolve({ code: 'KIRIN_BODY_TOO_LARGE' })
    expect(await outcome.promise).toMatchObject({ code: 'KIRIN_BODY_TOO_LARGE' })
    expect((await client.request({ ':method': 'POST' }, { body: '1234' })).status).toBe(204)
  })
})

describe('a worker without a free place', () => {
  it('ends connections with their next response', async () => {
    await serve(hello, { maxConnections: 1 })
    const client = await (gateway as Gateway).http2Client()
    expect((await client.request({})).status).toBe(200)
    await client.end()
    expect(client.goaways[0]).toEqual([NGHTTP2_NO_ERROR, 1])
  })
})

describe('HTTP/1 beside it', () => {
  it('goes on as if there were no HTTP/2', async () => {
    await serve(hello)
    const client = await (gateway as Gateway).client()
    expect(await client.send(get()).until(/hello$/)).toMatch(/^HTTP\/1\.1 200 OK/)
  })
})

describe('a client that breaks the protocol', () => {
  it.each([
    ['content on no stream', FrameClient.frame(FRAME.data, 0, 0, Buffer.from('x'))],
    ['a ping of three bytes', FrameClient.frame(FRAME.ping, 0, 0, Buffer.alloc(3))],
    [
      'fields that cannot be decoded',
      FrameClient.frame(FRAME.headers, END_HEADERS, 1, Buffer.from([0xff, 0xff, 0x7f])),
    ],
  ])('is told, and its connection ends though it does not leave: %s', async (_what, wrong) => {
    const { where } = await serve(hello, { timeouts: { send: 100 } })
    const client = await FrameClient.open(where.port, { behind: wrong })
    frameClients.push(client)
    expect(await client.goaway()).not.toBe(NGHTTP2_NO_ERROR)
    await client.end()
    await gateway?.server.stop()
    // From 22 on node says so by itself.
    const line = /^HTTP\/2 connection (?:ended: the client broke the protocol|failed)$/
    expect(gateway?.logged).toEqual([expect.stringMatching(line)])
  })

  it('ends what it has under way', async () => {
    const finished = deferred<unknown>()
    const { where } = await serve(
      () => ({ status: 200, body: endless(), finished: error => finished.resolve(error) }),
      {
        timeouts: { send: 100 },
      },
    )
    const client = await FrameClient.open(where.port)
    frameClients.push(client)
    client.headers(1, END_STREAM | END_HEADERS, GET)
    await client.frame(({ type }) => type === FRAME.data)
    client.send(FRAME.data, 0, 0, Buffer.from('x'))
    await client.end()
    expect(await finished.promise).toMatchObject({ code: 'KIRIN_CLIENT_LOST' })
  })
})

async function* endless(): AsyncGenerator<string> {
  for (;;) {
    yield 'more'
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
