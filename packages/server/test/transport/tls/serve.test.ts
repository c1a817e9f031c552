// The engine over TLS: what an application gets, and what becomes of connections and bodies.
import { createHash, randomBytes } from 'node:crypto'
import type { ConnectionOptions } from 'node:tls'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Application, GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { tlsMaterial } from '../../support/certificates.ts'
import { Gateway } from '../../support/gateway.ts'
import { deferred, get, message, post, read } from '../../support/memory-client.ts'
import type { RawClient } from '../../support/raw-client.ts'

const MIB = 1024 * 1024

let gateway: Gateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})
const serve = async (application: Application): Promise<Gateway> =>
  (gateway = await Gateway.start(application, { tls: tlsMaterial() }))
const connect = (options: ConnectionOptions = {}): Promise<RawClient> => (gateway as Gateway).secureClient(options)

const echo: Application = async request => ({ status: 200, body: `${request.target}:${await read(request)}` })

describe('request.tls', () => {
  const asked = async (options: ConnectionOptions): Promise<GatewayRequest> => {
    const requests: GatewayRequest[] = []
    await serve(request => {
      requests.push(request)
      return { status: 204 }
    })
    const client = await connect(options)
    await client.send(get()).until(/204 [\s\S]+\r\n\r\n/)
    return requests[0] as GatewayRequest
  }

  it('REQ-16: says https, and what was agreed on', async () => {
    const request = await asked({ ALPNProtocols: ['http/1.1'], maxVersion: 'TLSv1.2' })
    expect(request.scheme).toBe('https')
    expect(request.tls).toEqual({
      version: 'TLSv1.2',
      alpn: 'http/1.1',
      servername: 'localhost',
      peerCertificate: null,
      authorized: false,
    })
    expect(request.tls).toBe(Object.create(request).tls)
  })

  it('has null for what the client did not say', async () => {
    const request = await asked({ servername: '' })
    expect(request.tls).toEqual({
      version: 'TLSv1.3',
      alpn: null,
      servername: null,
      peerCertificate: null,
      authorized: false,
    })
  })
})

describe('over TLS', () => {
  it('keeps a connection for several requests, and answers pipelined ones in order', async () => {
    await serve(echo)
    const client = await connect()
    await client.send(post('one')).until(/\/:one$/)
    expect(await client.send(get('/a') + get('/b') + get('/c')).until(/\/a:[\s\S]+\/b:[\s\S]+\/c:$/)).toMatch(/200 OK/)
  })

  it('takes a head that comes byte by byte', async () => {
    await serve(request => ({ status: 200, body: request.target }))
    const client = await connect()
    for (const byte of get('/bytewise')) {
      client.send(byte)
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(await client.until(/\/bytewise$/)).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('receives a large upload whole', async () => {
    await serve(async request => {
      const hash = createHash('sha256')
      for await (const chunk of request.body ?? []) hash.update(chunk)
      return { status: 200, body: `digest ${hash.digest('hex')}` }
    })
    const client = await connect()
    const content = randomBytes(20 * MIB)
    client.send(message('POST / HTTP/1.1', 'host: a', `content-length: ${content.length}`)).send(content)
    expect(await client.until(/digest \w{64}/)).toContain(createHash('sha256').update(content).digest('hex'))
  })

  it.each<[string, (content: Buffer) => Iterable<Uint8Array> | Uint8Array]>([
    ['one buffer', content => content],
    [
      'chunks',
      function* (content) {
        for (let at = 0; at < content.length; at += 50_000) yield content.subarray(at, at + 50_000)
      },
    ],
  ])('sends a large download whole, as %s, and says that it ends', async (_form, make) => {
    const content = randomBytes(20 * MIB)
    await serve(() => ({
      status: 200,
      headers: { 'content-length': `${content.length}`, connection: 'close' },
      body: make(content),
    }))
    const client = await connect()
    const received = await client.send(get()).rest()
    const body = Buffer.from(received.slice(received.indexOf('\r\n\r\n') + 4), 'latin1')
    expect(body.equals(content)).toBe(true)
    expect(await client.failure()).toBeUndefined()
  })

  it('END-04: answers a request behind which the client said that it ends', async () => {
    await serve(echo)
    const client = await connect()
    client.send(post('abc'))
    client.socket.end()
    expect(await client.rest()).toMatch(/\/:abc$/)
    expect(await client.failure()).toBeUndefined()
  })

  it('END-04: takes a large upload whole that was pipelined, and behind which the client said that it ends', async () => {
    const first = deferred<GatewayResponse>()
    const content = randomBytes(2 * MIB)
    const hash = createHash('sha256')
    await serve(async request => {
      if (request.body === null) return first.promise
      // So slowly that more waits all the time.
      for await (const chunk of request.body) {
        hash.update(chunk)
        await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
      }
      return { status: 200, body: `digest ${hash.digest('hex')}` }
    })
    const client = await connect()
    client.send(get()).send(message('POST / HTTP/1.1', 'host: a', `content-length: ${content.length}`))
    // Enough to be held back until the first request is answered.
    await new Promise(resolve => client.socket.write(content.subarray(0, MIB / 4), resolve))
    client.send(content.subarray(MIB / 4)).socket.end()
    while (gateway?.server.counts.active === 0) await new Promise(resolve => setImmediate(resolve))
    for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve))
    first.resolve({ status: 200, body: 'first' })
    expect(await client.rest()).toMatch(
      new RegExp(`first[^]*digest ${createHash('sha256').update(content).digest('hex')}$`),
    )
  })

  it('END-01, END-07: tells the application of a client that resets', async () => {
    const ended = deferred<unknown>()
    const aborted = deferred()
    const called = deferred()
    await serve(({ signal }) => {
      signal.addEventListener('abort', () => aborted.resolve())
      const response: GatewayResponse = {
        status: 200,
        body: (async function* () {
          yield 'begun'
          called.resolve()
          await new Promise(() => undefined)
        })(),
        finished: error => ended.resolve(error),
      }
      return response
    })
    const raw = await (gateway as Gateway).client()
    const client = await connect({ socket: raw.socket })
    await client.send(get()).until(/begun/)
    await called.promise
    raw.reset()
    await aborted.promise
    expect(await ended.promise).toMatchObject({ code: 'KIRIN_CLIENT_LOST' })
  })

  it('RES-33: resets a close-delimited body that fails: the client sees an error, and no end before it', async () => {
    const gate = deferred()
    await serve(() => ({
      status: 200,
      body: (async function* () {
        yield 'one'
        await gate.promise
        throw new Error('broken')
      })(),
    }))
    const client = await connect()
    let ends = 0
    client.socket.on('end', () => ends++)
    await client.send(message('GET / HTTP/1.0')).until(/one/)
    gate.resolve()
    expect(await client.failure()).toBe('ECONNRESET')
    expect(ends).toBe(0)
  })

  it('RES-33: ends a chunked body that fails without its last chunk', async () => {
    await serve(() => ({
      status: 200,
      body: (async function* () {
        yield 'one'
        await Promise.resolve()
        throw new Error('broken')
      })(),
    }))
    const client = await connect()
    expect(await client.send(get()).rest()).toMatch(/3\r\none\r\n$/)
  })

  it('BOD-07: rejects a body that the end of the connection cuts short', async () => {
    const outcome = deferred<unknown>()
    await serve(async request => {
      try {
        await read(request)
        outcome.resolve('whole')
      } catch (error) {
        outcome.resolve(error)
      }
      return { status: 200 }
    })
    const client = await connect()
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 10')).send('half')
    client.socket.end()
    expect(await outcome.promise).toMatchObject({ code: 'KIRIN_BODY_TRUNCATED' })
  })

  it('BOD-05: stops reading an upload that nobody takes', async () => {
    const called = deferred()
    await serve(() => {
      called.resolve()
      return new Promise(() => undefined)
    })
    const client = await connect()
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 1000000000'))
    await called.promise
    let sent = 0
    while (sent < 64 * MIB && client.socket.writableLength < 4 * MIB) {
      client.send(Buffer.alloc(MIB))
      sent += MIB
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(client.socket.writableLength).toBeGreaterThanOrEqual(4 * MIB)
  })

  it('RES-28: asks for no more of a body than a client takes that does not read', async () => {
    let produced = 0
    await serve(() => ({
      status: 200,
      body: (async function* () {
        for (;;) {
          produced += 64 * 1024
          yield Buffer.alloc(64 * 1024, await Promise.resolve(1))
        }
      })(),
    }))
    const client = await connect()
    client.socket.pause()
    client.send(get())
    // It goes on until the kernel's buffers are full: wait until nothing more is asked for over many turns.
    for (let quiet = 0, before = 0; produced === 0 || quiet < 200; quiet++) {
      await new Promise(resolve => setImmediate(resolve))
      if (produced !== before) quiet = 0
      before = produced
    }
    expect(produced).toBeLessThan(32 * MIB)
    client.socket.destroy()
  })
})

describe('an upgrade over TLS', () => {
  it('UPG-02, UPG-03, UPG-05: hands the connection over, with what came behind the request first, and is told of its end', async () => {
    const ended = deferred<unknown[]>()
    await serve(({ upgrade }) => ({
      status: 101,
      upgrade: socket => {
        socket.write(`this is ${upgrade}. `)
        socket.on('data', (chunk: Buffer) => socket.write(`[${chunk.toString()}]`))
        socket.on('end', () => socket.end('bye'))
      },
      finished: (...args) => ended.resolve(args),
    }))
    const client = await connect()
    client.send(`${get('/', 'connection: upgrade', 'upgrade: echo')}early`)
    expect(await client.until(/this is echo\. \[early\]/)).toMatch(/^HTTP\/1\.1 101 /)
    await client.send('later').until(/\[later\]/)
    client.socket.end()
    expect(await client.rest()).toBe('bye')
    expect(await ended.promise).toEqual([])
  })
})

describe('stop over TLS', () => {
  it('LIF-07: lets running responses end, closes idle and silent connections in order, and resolves', async () => {
    const gate = deferred<GatewayResponse>()
    const called = deferred()
    const { server } = await serve(({ target }) => {
      if (target !== '/slow') return { status: 200, body: 'quick' }
      called.resolve()
      return gate.promise
    })
    const [busy, used, fresh] = await Promise.all([connect(), connect(), connect()])
    const silent = await (gateway as Gateway).client()
    await used.send(get()).until(/quick/)
    busy.send(get('/slow'))
    await called.promise
    const stop = server.stop()
    for (const idle of [used, fresh, silent]) {
      await idle.rest()
      expect(await idle.failure()).toBeUndefined()
      await idle.close()
    }
    // The server hears of the closing a little later than the client.
    while (server.counts.connections > 1) await new Promise(resolve => setImmediate(resolve))
    expect(server.counts).toEqual({ connections: 1, active: 1 })
    gate.resolve({ status: 200, body: 'slow' })
    expect(await busy.rest()).toMatch(/connection: close\r\n[\s\S]+slow$/)
    await busy.close()
    await stop
    expect(server.counts).toEqual({ connections: 0, active: 0 })
  })
})
