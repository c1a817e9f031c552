// PROXY headers over real sockets, in front of HTTP and of TLS, by both ways of reading.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Application } from '@nsgi/spec'
import { HEADER_TIMEOUT, ProxyAcceptor } from '../../src/transport/proxy-acceptor.ts'
import { certificate, tlsMaterial } from '../support/certificates.ts'
import { Gateway, type GatewayOptions } from '../support/gateway.ts'
import { get, post, read } from '../support/memory-client.ts'
import { sslTlv, tlv, V1_LINE, v2Header, v2Ipv4 } from '../support/proxy-headers.ts'
import { RawClient } from '../support/raw-client.ts'
import { handlePrototype } from '../support/shared-reads.ts'

const AUTO = { protocol: 'auto', allowIps: ['127.0.0.1'] } as const

let gateway: Gateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

/** Tells where the request came from. */
const where: Application = async request => {
  const { remote, local, scheme } = request
  return { status: 200, body: `<${remote.address} ${remote.port} ${local.address} ${scheme} ${await read(request)}>` }
}

async function serve(options: Partial<GatewayOptions> = {}, application = where): Promise<Gateway> {
  gateway = await Gateway.start(application, { proxyProtocol: AUTO, ...options })
  return gateway
}

/** The socket with that text before the first bytes that are written to it. */
function prefixed(socket: Socket, text: string): Duplex {
  let before = text
  const stream: Duplex = new Duplex({
    read: () => void socket.resume(),
    write(chunk: Buffer, _encoding, done) {
      socket.write(Buffer.concat([Buffer.from(before), chunk]), done)
      before = ''
    },
    destroy(error, done) {
      socket.destroy()
      done(error)
    },
  })
  socket.on('data', chunk => stream.push(chunk) || socket.pause())
  socket.on('end', () => stream.push(null))
  return stream
}

const ANSWER = /<.*>/

describe.each([
  ['the shared buffer', true],
  ['data events', false],
])('a server that requires PROXY headers and reads by %s', (_name, shared) => {
  let prototype: Record<string, unknown>
  beforeAll(async () => {
    prototype = await handlePrototype()
    if (!shared) Object.defineProperty(prototype, 'useUserBuffer', { value: undefined, configurable: true })
  })
  afterAll(() => {
    if (!shared) delete prototype['useUserBuffer']
  })

  it.each([
    ['version 1', V1_LINE],
    ['version 2', v2Ipv4(tlv(0x04, 'x'.repeat(300))).toString('latin1')],
  ])('REQ-17: takes the client from a header of %s, for every request on the connection', async (_version, header) => {
    const client = await (await serve()).client()
    for (const start of [header, '', '']) {
      const text = await client.send(`${start}${post('body')}`).until(ANSWER)
      expect(text).toMatch(/<203\.0\.113\.9 47011 127\.0\.0\.1 http body>$/)
    }
    expect(gateway?.logged).toEqual([])
  })

  it('takes a header that is cut anywhere, and requests that come with it', async () => {
    await serve()
    const bytes = V1_LINE + get('/')
    await Promise.all(
      Array.from({ length: bytes.length - 1 }, async (_, i) => {
        const client = await (gateway as Gateway).client()
        client.send(bytes.slice(0, i + 1))
        // Gives the server two turns to read the first part alone; what comes out must not depend on that.
        await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
        expect(await client.send(bytes.slice(i + 1)).until(ANSWER)).toContain('<203.0.113.9 47011 ')
      }),
    )
  })

  it('answers many requests and a large body that come in one piece with the header', async () => {
    await serve()
    const client = await (gateway as Gateway).client()
    const content = 'x'.repeat(300_000)
    client.send(V1_LINE + get('/') + post(content) + get('/'))
    const text = await client.until(/>[^]*>[^]*>/)
    expect(text.match(/<203\.0\.113\.9 47011/g)).toHaveLength(3)
    expect(text).toContain(content)
  })

  it('keeps the peer where the header tells of the proxy’s own connection', async () => {
    await serve()
    for (const header of ['PROXY UNKNOWN\r\n', v2Header(new Uint8Array(), { command: 0x20, family: 0 })]) {
      const client = await (gateway as Gateway).client()
      const { localPort } = client.socket
      expect(await client.send(header).send(get()).until(ANSWER)).toContain(`<127.0.0.1 ${localPort} `)
    }
  })

  it('REQ-16: takes the scheme from a header that tells of TLS, and leaves `tls` to what it speaks itself', async () => {
    await serve({}, ({ scheme, tls }) => ({ status: 200, body: `<${scheme} ${JSON.stringify(tls)}>` }))
    for (const [flags, scheme] of [
      [0x01, 'https'],
      [0x00, 'http'],
    ] as const) {
      const client = await (gateway as Gateway).client()
      client.send(v2Ipv4(sslTlv(flags, [tlv(0x21, 'TLSv1.3')])))
      for (let i = 0; i < 2; i++) expect(await client.send(get()).until(ANSWER)).toContain(`<${scheme} null>`)
      await client.close()
    }
  })

  it('answers a request whose client has closed its side with it', async () => {
    const client = await (await serve()).client()
    client.send(V1_LINE + get()).socket.end()
    expect(await client.rest()).toMatch(/<203\.0\.113\.9 47011 /)
  })

  it('names the client, not the proxy, where a handshake behind the header fails', async () => {
    const { notes } = await serve({ tls: tlsMaterial() })
    const client = await (gateway as Gateway).client()
    expect(await client.send(V1_LINE + get()).rest()).toContain('use https')
    expect(notes).toEqual([{ peer: '203.0.113.9:47011', reason: 'plain HTTP on a port that speaks TLS' }])
  })

  it('sees TLS behind the header, in one piece with it or not', async () => {
    const { where: address } = await serve({ tls: tlsMaterial() })
    for (const isTogether of [true, false]) {
      const socket = connect(address)
      await once(socket, 'connect')
      if (!isTogether) {
        socket.write(V1_LINE)
        while ((gateway as Gateway).server.counts.connections === 0) await new Promise(resolve => setImmediate(resolve))
      }
      // In one segment with the first record, which node writes straight to the handle.
      const stream = isTogether ? prefixed(socket, V1_LINE) : socket
      const client = await RawClient.openSecure({ socket: stream, ca: certificate('authority') })
      expect(await client.send(get()).until(ANSWER)).toContain('<203.0.113.9 47011 127.0.0.1 https >')
      client.socket.destroy()
    }
  })
})

describe('a connection is closed unanswered, and one line says why,', () => {
  async function refused(bytes: string | Uint8Array, options: Partial<GatewayOptions> = {}): Promise<string> {
    const calls: string[] = []
    const { logged } = await serve(options, request => {
      calls.push(request.target)
      return { status: 204 }
    })
    const client = await (gateway as Gateway).client()
    const { localPort } = client.socket
    expect(await client.send(bytes).rest()).toBe('')
    expect(calls).toEqual([])
    expect(logged).toHaveLength(1)
    return (logged[0] as string).replace(`closed a connection from 127.0.0.1:${localPort}: `, '')
  }

  it.each([
    ['without a header', get(), 'invalid PROXY header: no PROXY header'],
    ['with a malformed one', `PROXY TCP4 a b c d\r\n${get()}`, 'invalid PROXY header: malformed line'],
    ['with one too long', 'PROXY '.padEnd(200, 'x'), 'invalid PROXY header: no end of line within 107 bytes'],
    ['with a broken TLV', v2Ipv4(Buffer.of(0x20, 0, 9)), 'invalid PROXY header: a TLV breaks off'],
    ['with an unknown version', v2Header(Buffer.alloc(12), { command: 0x31 }), 'invalid PROXY header: unknown version'],
  ])('%s', async (_, bytes, reason) => expect(await refused(bytes)).toBe(reason))

  it('with the wrong version', async () => {
    const rules = { protocol: 'v2', allowIps: ['*'] } as const
    expect(await refused(V1_LINE, { proxyProtocol: rules })).toBe('invalid PROXY header: expected version 2')
  })

  it.each([[['10.0.0.0/8', '::1']], [[]]])('from a peer that may send none: %j', async allowIps => {
    const rules = { protocol: 'auto', allowIps } as const
    expect(await refused(V1_LINE + get(), { proxyProtocol: rules })).toBe('the peer is not in --proxy-allow-ips')
  })

  it('when it ends within the header', async () => {
    const { logged } = await serve()
    const client = await (gateway as Gateway).client()
    client.send(V1_LINE.slice(0, 9)).socket.end()
    expect(await client.rest()).toBe('')
    expect(logged).toEqual([
      expect.stringMatching(/^closed a connection from 127\.0\.0\.1:\d+: the PROXY header broke off$/),
    ])
  })
})

it('says nothing of a connection that ends without a byte: a load balancer looked whether somebody is there', async () => {
  const { logged, server } = await serve()
  const client = await (gateway as Gateway).client()
  await client.close()
  await server.stop()
  expect(logged).toEqual([])
})

it('a second header is no header but a request that is refused', async () => {
  const client = await (await serve()).client()
  expect(await client.send(V1_LINE + V1_LINE + get()).rest()).toMatch(/^HTTP\/1\.1 \d{3} /)
  expect(gateway?.records).toEqual([])
})

describe('what trusted proxies may forward behind a PROXY header', () => {
  const forwarding = {
    allowIps: ['127.0.0.1'],
    fields: ['x-forwarded-for'],
    schemeFields: ['X-Forwarded-Proto=https'],
  } as const
  const FIELDS = ['X-Forwarded-For: 198.51.100.1', 'X-Forwarded-Proto: https']

  it('is nothing when the client that the header names is not trusted itself', async () => {
    const client = await (await serve({ forwarding })).client()
    expect(await client.send(V1_LINE + get('/', ...FIELDS)).until(ANSWER)).toContain(
      '<203.0.113.9 47011 127.0.0.1 http ',
    )
  })

  it('is believed when the header names a trusted proxy, or the connection is the proxy’s own', async () => {
    await serve({ forwarding })
    for (const header of ['PROXY TCP4 127.0.0.1 192.0.2.2 47011 443\r\n', 'PROXY UNKNOWN\r\n']) {
      const client = await (gateway as Gateway).client()
      expect(await client.send(header + get('/', ...FIELDS)).until(ANSWER)).toContain(
        '<198.51.100.1 null 127.0.0.1 https ',
      )
    }
  })

  it('is the scheme, whatever the header says: the fields tell of a hop before it', async () => {
    const client = await (await serve({ forwarding })).client()
    const trusted = Buffer.from('7f000001c0000202b7a301bb', 'hex')
    client.send(v2Header(Buffer.concat([trusted, sslTlv(0x01)])))
    expect(await client.send(get('/', 'X-Forwarded-Proto: http')).until(ANSWER)).toContain(' http ')
  })

  it('is nothing when the header names a UNIX socket of the proxy’s machine', async () => {
    const client = await (await serve({ forwarding })).client()
    const header = v2Header(Buffer.alloc(216), { family: 0x31 })
    expect(
      await client
        .send(header)
        .send(get('/', ...FIELDS))
        .until(ANSWER),
    ).toContain('<unix: null 127.0.0.1 http ')
  })
})

describe('a server that stops', () => {
  it('closes connections without a byte of a header, and lets a header that has begun come', async () => {
    const { server } = await serve()
    const silent = await (gateway as Gateway).client()
    const begun = await (gateway as Gateway).client()
    begun.send(V1_LINE.slice(0, 20))
    while (server.counts.connections < 2) await new Promise(resolve => setImmediate(resolve))
    const stopped = server.stop()
    expect(await silent.rest()).toBe('')
    expect(await begun.send(V1_LINE.slice(20) + get()).until(ANSWER)).toMatch(/connection: close[^]*<203\.0\.113\.9 /)
    await begun.close()
    await stopped
  })

  it('does not wait for a request behind a header that comes late', async () => {
    const { server } = await serve()
    const client = await (gateway as Gateway).client()
    client.send(V1_LINE.slice(0, 20))
    while (server.counts.connections < 1) await new Promise(resolve => setImmediate(resolve))
    const stopped = server.stop()
    client.send(V1_LINE.slice(20))
    expect(await client.rest()).toBe('')
    await client.close()
    await stopped
  })
})

describe('ProxyAcceptor', () => {
  it('cuts a header off that does not come whole in time, however it drips', async () => {
    const lines: string[] = []
    const note = (_fields: unknown, line?: string): void => void lines.push(line ?? '')
    const acceptor = new ProxyAcceptor(AUTO, { error: note, warn: note, info: note, debug: note })
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect((server.address() as { port: number }).port, '127.0.0.1')
    const [accepted] = (await once(server, 'connection')) as [Socket]
    const end = { address: '127.0.0.1', port: 1 }
    const closed = new Promise<void>((resolve, reject) => {
      const stripped = (): void => reject(new Error('not to be stripped'))
      acceptor.accept(accepted, { remote: end, local: end }, { stripped, closed: resolve })
    })
    acceptor.look(1_000)
    client.write('PROXY ')
    await once(accepted, 'data')
    acceptor.look(1_000 + HEADER_TIMEOUT - 1)
    expect(accepted.destroyed).toBe(false)
    expect(acceptor.size).toBe(1)
    acceptor.look(1_000 + HEADER_TIMEOUT)
    await closed
    expect(acceptor.size).toBe(0)
    expect(lines).toEqual(['closed a connection from 127.0.0.1:1: no whole PROXY header in time'])
    client.destroy()
    server.close()
    await once(server, 'close')
  })
})

it('a header is refused as a request by a server that requires none', async () => {
  gateway = await Gateway.start(where)
  const client = await gateway.client()
  expect(await client.send(V1_LINE + get()).rest()).toMatch(/^HTTP\/1\.1 (?:400|501|505) /)
})
