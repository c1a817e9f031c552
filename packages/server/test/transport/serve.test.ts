// The engine over real sockets, by both ways of reading them.
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Application } from '@nsgi/spec'
import { createContext } from '@nsgi/spec/testing'
import { createGatewayServer } from '../../src/transport/serve.ts'
import { Gateway } from '../support/gateway.ts'
import { get, message, post, read } from '../support/memory-client.ts'
import { RawClient } from '../support/raw-client.ts'
import { handlePrototype, withoutSharedReads } from '../support/shared-reads.ts'

const MIB = 1024 * 1024

let gateway: Gateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})
const serve = async (application: Application): Promise<Gateway> => (gateway = await Gateway.start(application))

const echo: Application = async request => ({ status: 200, body: `${request.target}:${await read(request)}` })

it('reads into one shared buffer where node has the means', async () => {
  const prototype = await handlePrototype()
  const original = prototype['useUserBuffer'] as (buffer: Uint8Array) => unknown
  const buffers = new Set<Uint8Array>()
  prototype['useUserBuffer'] = function (this: unknown, buffer: Uint8Array) {
    buffers.add(buffer)
    return original.call(this, buffer)
  }
  try {
    const { server } = await serve(() => ({ status: 204 }))
    const clients = [await gateway?.client(), await gateway?.client()]
    for (const client of clients) await client?.send(get()).until(/ 204 [\s\S]+\r\n\r\n/)
    expect(server.counts.connections).toBe(2)
    expect(buffers.size).toBe(1)
  } finally {
    delete prototype['useUserBuffer']
  }
})

describe.each([
  ['the shared buffer', true],
  ['data events', false],
])('a server that reads by %s', (_name, shared) => {
  let restore: (() => void) | undefined
  beforeAll(async () => {
    if (!shared) restore = await withoutSharedReads()
  })
  afterAll(() => restore?.())

  it('answers requests on one connection', async () => {
    const { records } = await serve(request => ({ status: 200, body: request.target }))
    const client = await (gateway as Gateway).client()
    for (const target of ['/a', '/b', '/c']) {
      expect(await client.send(get(target)).until(/\r\n\r\n\/./)).toMatch(new RegExp(`${target}$`))
    }
    expect(records.map(record => [record.request.target, record.status, record.bytes, record.error])).toEqual([
      ['/a', 200, 2, undefined],
      ['/b', 200, 2, undefined],
      ['/c', 200, 2, undefined],
    ])
  })

  it('tells the ends of the connection', async () => {
    const { where } = await serve(({ remote, local }) => ({ status: 200, body: JSON.stringify({ remote, local }) }))
    const client = await (gateway as Gateway).client()
    const answer = await client.send(get()).until(/\}\}/)
    const { localPort } = client.socket
    expect(answer).toContain(
      `{"remote":{"address":"127.0.0.1","port":${localPort}},"local":{"address":"127.0.0.1","port":${where.port}}}`,
    )
  })

  it('BOD-06: never mixes the bytes of connections that send at once', async () => {
    const { client } = await serve(echo)
    const clients = await Promise.all(Array.from({ length: 8 }, () => (gateway as Gateway).client()))
    expect(client).toBeDefined()
    // Each sends a head in pieces, and a body that all keep waiting, while the others' bytes come in between.
    const contents = clients.map((_client, i) => String.fromCharCode(97 + i).repeat(5000 + i))
    const heads = contents.map((content, i) =>
      message(`POST /${i} HTTP/1.1`, 'host: a', `content-length: ${content.length}`),
    )
    for (let step = 0; step < 12; step++) {
      for (const [i, one] of clients.entries()) {
        const head = heads[i] as string
        const content = contents[i] as string
        if (step < 4) one.send(head.slice((head.length * step) / 4, (head.length * (step + 1)) / 4))
        else one.send(content.slice((content.length * (step - 4)) / 8, (content.length * (step - 3)) / 8))
      }
      await new Promise(resolve => setImmediate(resolve))
    }
    for (const [i, one] of clients.entries()) {
      const answer = await one.until(new RegExp(`/${i}:[a-z]{${(contents[i] as string).length}}`))
      expect(answer.endsWith(`/${i}:${contents[i]}`)).toBe(true)
    }
  })

  it('receives a large upload whole', async () => {
    await serve(async request => {
      const hash = createHash('sha256')
      for await (const chunk of request.body ?? []) hash.update(chunk)
      return { status: 200, body: `digest ${hash.digest('hex')}` }
    })
    const client = await (gateway as Gateway).client()
    const content = randomBytes(20 * MIB)
    client.send(message('POST / HTTP/1.1', 'host: a', `content-length: ${content.length}`)).send(content)
    expect(await client.until(/digest \w{64}/)).toContain(createHash('sha256').update(content).digest('hex'))
  })

  it('BOD-06: leaves chunks as they are that the application keeps, while more comes for it and for others', async () => {
    await serve(async request => {
      const chunks: Uint8Array[] = []
      for await (const chunk of request.body ?? []) chunks.push(chunk)
      return { status: 200, body: `digest ${createHash('sha256').update(Buffer.concat(chunks)).digest('hex')}` }
    })
    const uploads = Array.from({ length: 4 }, async (_, i) => {
      const client = await (gateway as Gateway).client()
      const content = randomBytes(3 * MIB + i * 70_001)
      // What comes behind it lies in the same memory as its end.
      const behind = get(`/behind-${i}`)
      client.send(message('POST / HTTP/1.1', 'host: a', `content-length: ${content.length}`)).send(content)
      client.send(behind)
      const answers = await client.until(/digest \w{64}[\s\S]*digest \w{64}/)
      expect(answers).toContain(createHash('sha256').update(content).digest('hex'))
    })
    await Promise.all(uploads)
  })

  it('receives a large chunked upload whole', async () => {
    await serve(async request => {
      const hash = createHash('sha256')
      for await (const chunk of request.body ?? []) hash.update(chunk)
      return { status: 200, body: `digest ${hash.digest('hex')}` }
    })
    const client = await (gateway as Gateway).client()
    const content = randomBytes(5 * MIB)
    client.send(message('POST / HTTP/1.1', 'host: a', 'transfer-encoding: chunked'))
    for (let at = 0, size = 1; at < content.length; at += size, size = (size * 7) % 100_003) {
      const piece = content.subarray(at, at + size)
      client
        .send(`${piece.length.toString(16)}\r\n`)
        .send(piece)
        .send('\r\n')
    }
    client.send('0\r\n\r\n')
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
  ])('sends a large download whole, as %s', async (_form, make) => {
    const content = randomBytes(20 * MIB)
    await serve(() => ({
      status: 200,
      headers: { 'content-length': `${content.length}`, connection: 'close' },
      body: make(content),
    }))
    const client = await (gateway as Gateway).client()
    const received = await client.send(get()).rest()
    const body = Buffer.from(received.slice(received.indexOf('\r\n\r\n') + 4), 'latin1')
    expect(body.equals(content)).toBe(true)
    expect(await client.failure()).toBeUndefined()
  })

  it('BOD-05: stops reading an upload that nobody takes', async () => {
    let begun: (() => void) | undefined
    const called = new Promise<void>(resolve => (begun = resolve))
    await serve(() => {
      begun?.()
      return new Promise(() => undefined)
    })
    const client = await (gateway as Gateway).client()
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 1000000000'))
    await called
    // More than the kernel's buffers hold: what is not read backs up to here.
    const socket: Socket = client.socket
    let sent = 0
    while (sent < 64 * MIB && socket.writableLength < 4 * MIB) {
      client.send(Buffer.alloc(MIB))
      sent += MIB
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(socket.writableLength).toBeGreaterThanOrEqual(4 * MIB)
  })

  it('lets the answers out that came before a request which the application drops', async () => {
    const errors: unknown[] = []
    await serve(request => {
      if (request.target === '/drop') (request as unknown as { 'nsgi.drop'(): void })['nsgi.drop']()
      return { status: 200, body: 'x'.repeat(50_000), finished: error => void errors.push(error) }
    })
    const client = await (gateway as Gateway).client()
    const received = await client.send(get('/first') + get('/drop') + get('/behind')).rest()
    expect(received.match(/x+/g)?.map(({ length }) => length)).toEqual([50_000])
    expect(errors).toEqual([expect.objectContaining({ code: 'KIRIN_DROPPED' }), undefined])
  })

  it('answers a request to which the client half-closed', async () => {
    await serve(echo)
    const client = await (gateway as Gateway).client()
    client.send(post('abc'))
    client.socket.end()
    expect(await client.rest()).toMatch(/\/:abc$/)
    expect(await client.failure()).toBeUndefined()
  })

  it('answers pipelined requests, half-closed behind them', async () => {
    await serve(async request => ({ status: 200, body: await Promise.resolve(`[${request.target}]`) }))
    const client = await (gateway as Gateway).client()
    const targets = Array.from({ length: 5000 }, (_, i) => `/${i}`)
    client.send(targets.map(target => get(target)).join(''))
    client.socket.end()
    expect((await client.rest()).match(/\[(.*?)\]/g)).toEqual(targets.map(target => `[${target}]`))
  })

  it('takes a head that comes byte by byte', async () => {
    await serve(request => ({ status: 200, body: request.target }))
    const client = await (gateway as Gateway).client()
    for (const byte of get('/bytewise')) {
      client.send(byte)
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(await client.until(/\/bytewise$/)).toMatch(/^HTTP\/1\.1 200 /)
  })
})

it('ends a request as ever when its record fails: the log has that, and the connection goes on', async () => {
  const logged: unknown[] = []
  const note = (...line: unknown[]): unknown => logged.push(line)
  const log = { error: note, warn: note, info: note, debug: note }
  const failure = new Error('broken on purpose')
  const server = createGatewayServer({
    application: ({ path }) => ({ status: 200, body: [path] }),
    context: createContext({ log }),
    log,
    onExchange: () => {
      throw failure
    },
  })
  const client = await RawClient.open({ port: (await server.listen({ port: 0 })) as number })
  try {
    for (const path of ['/one', '/two']) await client.send(get(path)).until(new RegExp(`${path}\r\n0\r\n\r\n`))
    expect(logged[0]).toEqual([{ err: failure }, 'a request that is over could not be recorded'])
  } finally {
    server.destroy()
    await client.close()
  }
})

describe('listening', () => {
  it('REQ-28: on a UNIX socket gives peers a null port', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gateway-'))
    const path = join(directory, 's')
    const log = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined }
    const application: Application = ({ remote, local }) => ({
      status: 200,
      body: JSON.stringify([remote.port, local.port]),
    })
    const server = createGatewayServer({ application, context: createContext(), log })
    try {
      expect(await server.listen({ path })).toBeUndefined()
      const client = await RawClient.open({ path })
      expect(await client.send(get('/', 'connection: close')).rest()).toMatch(/\[null,null\]$/)
      await client.close()
    } finally {
      await server.stop()
      rmSync(directory, { recursive: true })
    }
  })

  it('RES-33: on a UNIX socket outlives a body that fails and ends with the connection', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gateway-'))
    const path = join(directory, 's')
    const log = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined }
    async function* failing() {
      yield 'one'
      await Promise.resolve()
      throw new Error('broken')
    }
    const application: Application = ({ target }) => ({ status: 200, body: target === '/fail' ? failing() : 'fine' })
    const server = createGatewayServer({ application, context: createContext(), log })
    try {
      await server.listen({ path })
      const client = await RawClient.open({ path })
      await client.send(message('GET /fail HTTP/1.0')).rest()
      await client.close()
      const next = await RawClient.open({ path })
      expect(await next.send(message('GET / HTTP/1.0')).rest()).toMatch(/fine$/)
      await next.close()
    } finally {
      await server.stop()
      rmSync(directory, { recursive: true })
    }
  })

  it('says which port it got where any will do', async () => {
    const log = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined }
    const server = createGatewayServer({ application: () => ({ status: 204 }), context: createContext(), log })
    const port = (await server.listen({ port: 0, host: '127.0.0.1' })) as number
    const client = await RawClient.open({ port, host: '127.0.0.1' })
    expect(await client.send(get('/', 'connection: close')).rest()).toMatch(/^HTTP\/1\.1 204 /)
    await client.close()
    await server.stop()
  })

  it('rejects when the address is taken', async () => {
    const { where } = await serve(() => ({ status: 204 }))
    const log = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined }
    const second = createGatewayServer({ application: () => ({ status: 204 }), context: createContext(), log })
    await expect(second.listen(where)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await second.stop()
  })
})
