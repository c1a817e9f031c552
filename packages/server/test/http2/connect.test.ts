// CONNECT over HTTP/2: tunnels (RFC 9113 §8.5), and streams that become something else (RFC 8441).
import { once } from 'node:events'
import { type ClientHttp2Stream, constants, type OutgoingHttpHeaders } from 'node:http2'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Application, GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { DEFAULT_HTTP2_SETTINGS } from '../../src/http2/session-options.ts'
import { tlsMaterial } from '../support/certificates.ts'
import { Gateway, type GatewayOptions } from '../support/gateway.ts'
import { Http2Client } from '../support/http2-client.ts'
import { deferred } from '../support/memory-client.ts'

const HTTP2: GatewayOptions = { http2: { ...DEFAULT_HTTP2_SETTINGS, extendedConnect: true } }
const TUNNEL: OutgoingHttpHeaders = { ':method': 'CONNECT', ':authority': 'db.example:5432' }
const WEBSOCKET: OutgoingHttpHeaders = { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/chat?room=1' }

let gateway: Gateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

async function serve(application: Application, options: GatewayOptions = {}): Promise<Http2Client> {
  gateway = await Gateway.start(application, { ...HTTP2, ...options })
  return gateway.http2Client()
}

const echo = (): GatewayResponse => ({ status: 200, upgrade: socket => void socket.pipe(socket) })

async function statusOf(stream: ClientHttp2Stream): Promise<number | undefined> {
  const [headers] = (await once(stream, 'response')) as [{ ':status'?: number }]
  return headers[':status']
}

/** A response to be taken by `upgrade`, and what becomes of it. */
function taken(): { response: GatewayResponse; socket: Promise<Duplex>; finished: Promise<unknown> } {
  const socket = deferred<Duplex>()
  const finished = deferred<unknown>()
  const response: GatewayResponse = { status: 200, upgrade: socket.resolve, finished: error => finished.resolve(error) }
  return { response, socket: socket.promise, finished: finished.promise }
}

describe.each([
  ['by prior knowledge', {}],
  ['over TLS', { tls: tlsMaterial() }],
])('a stream that leaves HTTP, %s', (_how, options: GatewayOptions) => {
  it('UPG-01: is offered to CONNECT as a tunnel, without a body', async () => {
    const requests: GatewayRequest[] = []
    const client = await serve(request => {
      requests.push(request)
      return echo()
    }, options)
    const stream = client.begin(TUNNEL)
    expect(await statusOf(stream)).toBe(200)
    const { method, target, path, query, authority, upgrade, body } = requests[0] as GatewayRequest
    expect({ method, target, path, query, authority, upgrade, body }).toEqual({
      method: 'CONNECT',
      target: 'db.example:5432',
      path: '',
      query: '',
      authority: 'db.example:5432',
      upgrade: 'connect',
      body: null,
    })
  })

  it('UPG-01: is offered by the name of its protocol to an extended CONNECT', async () => {
    const requests: GatewayRequest[] = []
    const client = await serve(request => {
      requests.push(request)
      return echo()
    }, options)
    const stream = client.begin({ ...WEBSOCKET, ':protocol': 'WebSocket' })
    expect(await statusOf(stream)).toBe(200)
    const { method, target, path, query, scheme, authority, upgrade, body } = requests[0] as GatewayRequest
    expect({ method, target, path, query, scheme, authority, upgrade, body }).toEqual({
      method: 'CONNECT',
      target: '/chat?room=1',
      path: '/chat',
      query: 'room=1',
      scheme: options.tls === undefined ? 'http' : 'https',
      authority: `localhost:${gateway?.where.port}`,
      upgrade: 'websocket',
      body: null,
    })
  })

  it('UPG-02, UPG-03, UPG-05: carries bytes both ways until both sides have ended', async () => {
    const { response, socket, finished } = taken()
    const client = await serve(async () => {
      await new Promise(setImmediate)
      return response
    }, options)
    const stream = client.begin(WEBSOCKET)
    stream.write('early ')
    const answer = Http2Client.answer(stream)
    ;(await socket).pipe(await socket)
    const large = Buffer.alloc(3_000_000, 'large ')
    stream.end(large)
    const { status, headers, body, code } = await answer
    expect([status, code, headers['content-length'], headers['transfer-encoding']]).toEqual([
      200,
      0,
      undefined,
      undefined,
    ])
    expect(body.equals(Buffer.concat([Buffer.from('early '), large]))).toBe(true)
    expect(await finished).toBeUndefined()
    expect(gateway?.records).toMatchObject([{ status: 200, bytes: large.length + 6, error: undefined }])
  })

  it('is one of many on its connection, beside requests', async () => {
    const client = await serve(request => (request.upgrade ? echo() : { status: 200, body: request.path }), options)
    const words = Array.from({ length: 50 }, (_, i) => `word ${i}`)
    const streams = words.map(() => client.begin(WEBSOCKET))
    const echoed = streams.map(stream => Http2Client.answer(stream))
    expect((await client.request({ ':path': '/beside' })).body.toString()).toBe('/beside')
    for (const [i, stream] of streams.entries()) stream.end(words[i])
    expect((await Promise.all(echoed)).map(({ body }) => body.toString())).toEqual(words)
  })
})

describe('the end of a stream that was handed over', () => {
  it('END-04: leaves the application its side when the client has ended its own', async () => {
    const { response, socket, finished } = taken()
    const client = await serve(() => response)
    const stream = client.begin(TUNNEL)
    stream.end('all')
    const answer = Http2Client.answer(stream)
    const handed = await socket
    handed.resume()
    await once(handed, 'end')
    handed.end('not yet')
    expect((await answer).body.toString()).toBe('not yet')
    expect(await finished).toBeUndefined()
  })

  it.each([
    ['in the middle', constants.NGHTTP2_CANCEL],
    ['without an error', constants.NGHTTP2_NO_ERROR],
  ])('UPG-05: is an error when the client resets it %s', async (_how, code) => {
    const { response, socket, finished } = taken()
    const requests: GatewayRequest[] = []
    const client = await serve(request => {
      requests.push(request)
      return response
    })
    const stream = client.begin(WEBSOCKET)
    await statusOf(stream)
    const handed = await socket
    stream.close(code)
    const closed = once(handed, 'close')
    expect(await finished).toMatchObject({ code: 'KIRIN_UPGRADE_CUT' })
    expect(requests[0]?.signal.aborted).toBe(true)
    await closed
  })

  it('UPG-05: is an error when the connection is lost', async () => {
    const { response, socket, finished } = taken()
    const client = await serve(() => response)
    await statusOf(client.begin(WEBSOCKET))
    ;(await socket).resume()
    client.destroy()
    expect(await finished).toMatchObject({ code: 'KIRIN_UPGRADE_CUT' })
  })

  it('is a reset when the application destroys it, or throws over it', async () => {
    const client = await serve(request => ({
      status: 200,
      upgrade(socket) {
        if (request.path === '/throws') throw new Error('not this one')
        socket.destroy()
      },
    }))
    for (const path of ['/destroys', '/throws']) {
      const stream = client.begin({ ...WEBSOCKET, ':path': path })
      await Http2Client.answer(stream)
      expect(stream.readableEnded && stream.rstCode === constants.NGHTTP2_NO_ERROR && !stream.aborted).toBe(false)
    }
    expect(gateway?.logged).toEqual(['the application failed: upgraded connection cut off'])
  })

  it('does not come from time: what is silent is the application’s', async () => {
    const client = await serve(request => (request.upgrade ? echo() : { status: 200, body: request.body }), {
      timeouts: { body: 50, send: 50 },
    })
    const stream = client.begin(WEBSOCKET)
    await statusOf(stream)
    // A body that stalls is cut off by then.
    const stalled = client.begin({ ':method': 'POST' })
    stalled.write('x')
    await Http2Client.answer(stalled)
    stream.end('still there')
    expect((await Http2Client.answer(stream)).body.toString()).toBe('still there')
  })
})

describe('a CONNECT that is not taken', () => {
  it('UPG-04: gets an ordinary response, and the connection goes on', async () => {
    const client = await serve(request =>
      request.path === '/chat' ? { status: 403, body: 'no' } : { status: 200, body: request.path },
    )
    const stream = client.begin(WEBSOCKET)
    stream.write('frames nobody waits for')
    const { status, body, code } = await Http2Client.answer(stream)
    expect([status, body.toString(), code]).toEqual([403, 'no', 0])
    expect((await client.request({ ':path': '/next' })).body.toString()).toBe('/next')
    expect(client.goaways).toEqual([])
  })

  it.each<[string, GatewayResponse]>([
    ['RES-03: a 101, which HTTP/2 does not have', { status: 101, upgrade: () => undefined }],
    ['UPG-01: a 2xx without an upgrade', { status: 200, body: 'no tunnel' }],
  ])('is answered with 500 for %s', async (_what, response) => {
    const client = await serve(() => response)
    const stream = client.begin(WEBSOCKET)
    const { status } = await Http2Client.answer(stream)
    expect(status).toBe(500)
    expect(gateway?.logged).toEqual(['the application failed: answered 500'])
  })

  it.each([
    ['is no name', 'web socket'],
    ['would pass for a tunnel', 'connect'],
  ])('is refused where its protocol %s', async (_what, protocol) => {
    const client = await serve(echo)
    const { status } = await Http2Client.answer(client.begin({ ...WEBSOCKET, ':protocol': protocol }))
    expect(status).toBe(400)
    expect(gateway?.records).toEqual([])
  })

  it('is refused where extended CONNECT was not offered', async () => {
    const client = await serve(echo, { http2: DEFAULT_HTTP2_SETTINGS })
    expect(client.session.remoteSettings.enableConnectProtocol ?? false).toBe(false)
    const { status, code } = await Http2Client.answer(client.begin(WEBSOCKET))
    expect([status, code]).toEqual([0, constants.NGHTTP2_PROTOCOL_ERROR])
    expect(gateway?.records).toEqual([])
  })
})
