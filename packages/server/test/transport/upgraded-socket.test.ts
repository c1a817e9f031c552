// Connections that an application has taken over, over real sockets, by both ways of reading them.
import { once } from 'node:events'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Application, GatewayResponse } from '@nsgi/spec'
import { tlsMaterial } from '../support/certificates.ts'
import { Gateway, type GatewayOptions } from '../support/gateway.ts'
import { type Deferred, deferred, get } from '../support/memory-client.ts'
import type { RawClient } from '../support/raw-client.ts'
import { withoutSharedReads } from '../support/shared-reads.ts'

const ASK = get('/', 'Connection: Upgrade', 'Upgrade: echo')
const SWITCHED = /^HTTP\/1\.1 101 [\s\S]+?\r\n\r\n/
const MIB = 1024 * 1024

let gateway: Gateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

interface Taken {
  readonly client: RawClient
  readonly socket: Duplex
  readonly finished: Deferred<unknown>
}

/** A response that hands over to `use`, and how it ended. */
function takeover(use: (socket: Duplex) => void): { response: GatewayResponse; finished: Deferred<unknown> } {
  const finished = deferred<unknown>()
  return { response: { status: 101, upgrade: use, finished: finished.resolve }, finished }
}

let secure = false
const connect = (): Promise<RawClient> =>
  secure ? (gateway as Gateway).secureClient({}) : (gateway as Gateway).client()

async function serve(application: Application, options?: GatewayOptions): Promise<RawClient> {
  gateway = await Gateway.start(application, { ...options, ...(secure ? { tls: tlsMaterial() } : {}) })
  return connect()
}

/** A client, and the stream that the application has for it. */
async function taken(use: (socket: Duplex) => void = () => undefined, behind = ''): Promise<Taken> {
  const handed = deferred<Duplex>()
  const { response, finished } = takeover(socket => {
    use(socket)
    handed.resolve(socket)
  })
  const client = await serve(() => response)
  client.send(ASK + behind)
  await client.until(SWITCHED)
  return { client, socket: await handed.promise, finished }
}

const echo = (socket: Duplex): void => {
  socket.on('data', (chunk: Buffer) => socket.write(chunk))
  socket.on('end', () => socket.end())
}

describe.each([
  ['that reads into the shared buffer', { isShared: true, isSecure: false }],
  ['that reads by data events', { isShared: false, isSecure: false }],
  ['over TLS', { isShared: true, isSecure: true }],
])('a connection that was handed over by a server %s', (_name, { isShared, isSecure }) => {
  let restore: (() => void) | undefined
  beforeAll(async () => {
    secure = isSecure
    if (!isShared) restore = await withoutSharedReads()
  })
  afterAll(() => restore?.())

  it('sees its client leave while it is paused, as when it is no longer piped from', async () => {
    const { client, socket } = await taken()
    const first = once(socket, 'data')
    client.send('x')
    await first
    // In no read of its own.
    await new Promise(setImmediate)
    socket.pause()
    const ended = once(socket, 'end')
    client.socket.end()
    await ended
    socket.end()
    expect(await client.rest()).toBe('')
  })

  it('is the socket itself', async () => {
    const { socket } = await taken()
    expect(socket).toBeInstanceOf(Socket)
  })

  it('carries bytes both ways, those behind the request first, and ends in order', async () => {
    const { client, finished } = await taken(echo, 'first ')
    await client.send('second').until(/^first second$/)
    await client.close()
    expect(await finished.promise).toBeUndefined()
    expect(gateway?.records).toEqual([expect.objectContaining({ status: 101, bytes: 12, error: undefined })])
    expect(gateway?.server.counts).toEqual({ connections: 0, active: 0 })
  })

  it('carries more than a buffer holds, unchanged, in both directions at once', async () => {
    const { client, finished } = await taken(socket => void pipeline(socket, socket))
    const sent = Buffer.alloc(8 * MIB, 'the quick brown fox ')
    client.send(sent).socket.end()
    expect((await client.rest()) === sent.toString('latin1')).toBe(true)
    expect(await finished.promise).toBeUndefined()
  })

  it('keeps what came before anybody reads', async () => {
    const { client, socket } = await taken()
    client.send('one')
    await once(socket, 'readable')
    expect(String(socket.read())).toBe('one')
    client.send('two')
    expect(String((await once(socket, 'data'))[0])).toBe('two')
  })

  it('holds the client back while nobody reads, and goes on when somebody does', async () => {
    const { client, socket } = await taken()
    const block = Buffer.alloc(MIB, 'x')
    let sent = 0
    while (client.socket.writableLength < 4 * MIB) {
      client.socket.write(block)
      sent += block.length
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(socket.readableLength).toBeLessThanOrEqual(socket.readableHighWaterMark + 64 * 1024)
    let got = 0
    socket.on('data', (chunk: Buffer) => {
      got += chunk.length
    })
    client.socket.end()
    await once(socket, 'end')
    expect(got).toBe(sent)
  })

  it('tells the application when the client does not read, and when it does again', async () => {
    const { client, socket, finished } = await taken()
    const block = Buffer.alloc(MIB, 'x')
    let sent = 0
    client.socket.pause()
    for (;;) {
      sent += block.length
      if (!socket.write(block) && sent > 16 * MIB) break
    }
    const drained = once(socket, 'drain')
    client.socket.resume()
    await drained
    socket.end()
    expect((await client.rest()).length).toBe(sent)
    client.socket.end()
    socket.resume()
    expect(await finished.promise).toBeUndefined()
  })

  it('lets the application end its side and read on', async () => {
    const { client, socket, finished } = await taken(stream => stream.end('last words'))
    expect(await client.rest()).toBe('last words')
    client.send('still here')
    expect(String((await once(socket, 'data'))[0])).toBe('still here')
    client.socket.end()
    expect(await finished.promise).toBeUndefined()
  })

  it('lets the client end its side and read on', async () => {
    const { client, socket, finished } = await taken(stream => stream.resume())
    client.socket.end()
    await once(socket, 'end')
    socket.write('more, ')
    socket.end('and the end')
    expect(await client.rest()).toBe('more, and the end')
    expect(await finished.promise).toBeUndefined()
  })

  it.each([
    ['at once', false],
    ['later', true],
  ])('has the end of a client that ended its side before the application answered %s', async (_when, late) => {
    const { response, finished } = takeover(socket => {
      socket.on('data', chunk => socket.write(`got ${chunk}, `))
      socket.on('end', () => socket.end('then the end'))
    })
    const called = deferred()
    const gate = deferred<GatewayResponse>()
    const client = await serve(() => {
      called.resolve()
      return late ? gate.promise : response
    })
    client.send(`${ASK}behind`).socket.end()
    await called.promise
    // A round trip on another connection: the end has come by now.
    if (late) await (await connect()).send('GARBAGE\r\n\r\n').rest()
    gate.resolve(response)
    expect(await client.rest()).toMatch(/\r\n\r\ngot behind, then the end$/)
    expect(await finished.promise).toBeUndefined()
  })

  it('has an end that nothing came before', async () => {
    const { response, finished } = takeover(socket => socket.on('end', () => socket.end('over')).resume())
    const gate = deferred<GatewayResponse>()
    const called = deferred()
    const client = await serve(() => {
      called.resolve()
      return gate.promise
    })
    client.send(ASK).socket.end()
    await called.promise
    await (await connect()).send('GARBAGE\r\n\r\n').rest()
    gate.resolve(response)
    expect(await client.rest()).toMatch(/\r\n\r\nover$/)
    expect(await finished.promise).toBeUndefined()
  })

  it.each([
    ['taken', true],
    ['not taken', false],
  ])(
    'has the end of a client that sent everything at once, behind a request that takes its time, where it is %s',
    async (_what, takes) => {
      const { response } = takeover(socket => {
        socket.on('data', chunk => socket.write(`got ${chunk}, `))
        socket.on('end', () => socket.end('then the end'))
      })
      const gate = deferred<GatewayResponse>()
      const called = deferred()
      const client = await serve(({ upgrade }) => {
        if (upgrade !== undefined) return takes ? response : { status: 200, body: 'ordinary' }
        called.resolve()
        return gate.promise
      })
      client.send(get() + ASK + (takes ? 'behind' : ASK)).socket.end()
      await called.promise
      await (await connect()).send('GARBAGE\r\n\r\n').rest()
      gate.resolve({ status: 200, body: 'first' })
      const expected = takes
        ? /first[^\n]*HTTP\/1\.1 101 [^]+\r\n\r\ngot behind, then the end$/
        : /first[^]+ordinary[^]+\r\n\r\nordinary$/
      expect(await client.rest()).toMatch(expected)
    },
  )

  it('is answered and closed where the client had ended its side and the offer is not taken', async () => {
    const gate = deferred<GatewayResponse>()
    const called = deferred()
    const client = await serve(() => {
      called.resolve()
      return gate.promise
    })
    client.send(ASK).socket.end()
    await called.promise
    await (await connect()).send('GARBAGE\r\n\r\n').rest()
    gate.resolve({ status: 200, body: 'ordinary' })
    expect(await client.rest()).toMatch(/connection: close\r\n\r\nordinary$/)
    await client.close()
  })

  it('ends with an error when the application destroys it', async () => {
    const { client, socket, finished } = await taken()
    socket.destroy()
    expect(await finished.promise).toMatchObject({ code: 'KIRIN_UPGRADE_CUT' })
    await client.rest()
  })

  it('has sent its head when the application ends it at once, behind pipelined requests too', async () => {
    const { response } = takeover(socket => socket.end())
    const client = await serve(({ upgrade }) => (upgrade === undefined ? { status: 204 } : response))
    client.send(`${get()}${ASK}GET `).socket.end()
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 204 [\s\S]+HTTP\/1\.1 101 [\s\S]+\r\n\r\n$/)
  })

  it('is cut off when upgrade() throws; the server goes on', async () => {
    const { response, finished } = takeover(() => {
      throw new Error('not today')
    })
    const client = await serve(({ upgrade }) => (upgrade === undefined ? { status: 204 } : response))
    client.send(ASK)
    await client.rest()
    expect(await finished.promise).toMatchObject({ message: 'not today' })
    expect(gateway?.logged).toEqual(['the application failed: upgraded connection cut off'])
    await (await connect()).send(get()).until(/204/)
  })

  it('UPG-04: goes on as HTTP where the offer is not taken', async () => {
    const client = await serve(({ target }) => ({ status: 200, body: `answer to ${target}` }))
    for (const target of ['/1', '/2', '/3']) {
      const answer = await client.send(get(target, 'connection: upgrade', 'upgrade: x')).until(/answer to .+/)
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 200 [^]+answer to ${target}$`))
    }
    expect(await client.send(get('/last')).until(/answer to .+/)).toMatch(/answer to \/last$/)
  })

  it('is no business of the keep-alive time-out', async () => {
    const { response } = takeover(echo)
    const client = await serve(({ upgrade }) => (upgrade === undefined ? { status: 204 } : response), {
      timeouts: { idle: 1 },
    })
    await client.send(ASK).until(SWITCHED)
    // Two connections in turn that are found idle and closed: the upgraded one was looked at as often.
    for (let i = 0; i < 2; i++) {
      const idle = await connect()
      await idle.send(get()).rest()
      await idle.close()
    }
    expect(await client.send('still there').until(/still there/)).toBe('still there')
  })

  it('is waited for by a graceful stop, counted as active, and taken away by a quick one', async () => {
    const { client, socket, finished } = await taken(echo)
    const server = gateway?.server
    let stopped = false
    const stop = server?.stop().then(() => {
      stopped = true
    })
    await client.send('while stopping').until(/while stopping/)
    expect(server?.counts).toEqual({ connections: 1, active: 1 })
    expect(stopped).toBe(false)
    server?.destroy()
    await stop
    expect(socket.destroyed).toBe(true)
    expect(await finished.promise).toMatchObject({ code: 'KIRIN_UPGRADE_CUT' })
    expect(gateway?.records).toEqual([expect.objectContaining({ status: 101, bytes: 14 })])
  })
})

describe.each([
  ['the shared buffer', true],
  ['data events', false],
])('a connection that was handed over by a server that reads by %s', (_name, isShared) => {
  let restore: (() => void) | undefined
  beforeAll(async () => {
    secure = false
    if (!isShared) restore = await withoutSharedReads()
  })
  afterAll(() => restore?.())

  it('ends with an error when the client is lost, and nobody has to listen for it', async () => {
    const { client, finished } = await taken()
    client.reset()
    expect(await finished.promise).toMatchObject({ code: 'KIRIN_UPGRADE_CUT', cause: { code: 'ECONNRESET' } })
    expect(gateway?.records).toEqual([expect.objectContaining({ status: 101, error: expect.anything() })])
    expect(gateway?.server.counts).toEqual({ connections: 0, active: 0 })
  })
})
