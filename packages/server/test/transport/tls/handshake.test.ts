// Handshakes: which are made, which are refused, and what the log says of it.
import { once } from 'node:events'
import { connect as connectPlainly, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectSecurely, type PeerCertificate, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { TlsMaterial } from '../../../src/ipc/messages.ts'
import { type CertificateName, certificate, privateKey, tlsMaterial } from '../../support/certificates.ts'
import { Gateway, type GatewayOptions } from '../../support/gateway.ts'
import { get } from '../../support/memory-client.ts'
import type { RawClient } from '../../support/raw-client.ts'

const gateways: Gateway[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(gateways.splice(0).map(gateway => gateway.close()))
})

async function serve(tls: TlsMaterial = tlsMaterial(), options: GatewayOptions = {}): Promise<Gateway> {
  const gateway = await Gateway.start(
    request => ({
      status: 200,
      body: (request.tls?.peerCertificate as PeerCertificate | null | undefined)?.subject.CN ?? 'nobody',
    }),
    { tls, ...options },
  )
  gateways.push(gateway)
  return gateway
}

/** A bare TCP connection. */
async function plain({ where }: Gateway): Promise<Socket> {
  const socket = connectPlainly(where)
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}

/** Waits for the line about a failed handshake. */
async function failure(gateway: Gateway): Promise<object> {
  for (;;) {
    const at = gateway.logged.findIndex(line => line.startsWith('TLS handshake failed'))
    if (at >= 0) return gateway.notes[at] as object
    await new Promise(resolve => setImmediate(resolve))
  }
}

/** The subject of the certificate that a client gets. */
async function nameFor(gateway: Gateway, servername: string): Promise<string> {
  const client = await gateway.secureClient({ servername, rejectUnauthorized: false })
  return (client.socket as TLSSocket).getPeerX509Certificate()?.subject ?? ''
}

describe('a client that cannot be served', () => {
  it('that speaks plain HTTP is told so, and the log too', async () => {
    const gateway = await serve()
    const client = await gateway.client()
    const answer = await client.send(get()).rest()
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[\s\S]+\r\n\r\nThis port speaks TLS: use https\.\n$/)
    expect(await client.failure()).toBeUndefined()
    expect(await failure(gateway)).toMatchObject({ reason: 'plain HTTP on a port that speaks TLS' })
  })

  it('that speaks something else is dropped', async () => {
    const gateway = await serve()
    const client = await gateway.client()
    expect(await client.send('\x00\x01\x02').rest()).toBe('')
    expect(await failure(gateway)).toMatchObject({ reason: 'what came is no TLS' })
  })

  it('that offers no protocol which is spoken here gets an alert', async () => {
    const gateway = await serve()
    await expect(gateway.secureClient({ ALPNProtocols: ['smtp'] })).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
    })
    expect(await failure(gateway)).toMatchObject({
      peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      reason: 'no application protocol',
    })
  })

  it('that speaks nothing newer than TLS 1.1 is refused', async () => {
    const gateway = await serve()
    const old: ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
    await expect(gateway.secureClient(old)).rejects.toMatchObject({ code: expect.stringContaining('PROTOCOL_VERSION') })
  })

  it('that leaves within its handshake is forgotten', async () => {
    const gateway = await serve()
    const socket = await plain(gateway)
    socket.end(Buffer.from('1603010200010001fc0303', 'hex'))
    await once(socket.resume(), 'close')
    await failure(gateway)
    expect(gateway.server.counts.connections).toBe(0)
  })

  it.each([
    ['says nothing', ''],
    ['sends its handshake too slowly', '1603010200010001fc0303'],
  ])('that %s is cut off, by the sweep', async (_what, hex) => {
    const gateway = await serve(tlsMaterial(), { handshakeTimeout: 5, timeouts: { idle: 5 } })
    const socket = await plain(gateway)
    if (hex !== '') socket.write(Buffer.from(hex, 'hex'))
    await once(socket.resume(), 'close')
    await gateway.server.stop()
    expect(gateway.server.counts.connections).toBe(0)
  })

  it('that tries to have the keys made anew loses its connection', async () => {
    const gateway = await serve()
    const client = await gateway.secureClient({ maxVersion: 'TLSv1.2' })
    await client.send(get()).until(/nobody/)
    // The client's own end may refuse as well; either way the connection is over.
    ;(client.socket as TLSSocket).renegotiate({}, () => undefined)
    await client.rest()
    expect(client.socket.readableEnded || client.socket.destroyed).toBe(true)
  })
})

describe('certificates of clients', () => {
  const asking = (clientCertificates: TlsMaterial['clientCertificates']): TlsMaterial =>
    tlsMaterial(['server'], { clientCertificates, ca: certificate('authority') })
  const showing = (name: CertificateName): ConnectionOptions => ({ cert: certificate(name), key: privateKey(name) })
  const whoAmI = async (client: RawClient): Promise<string> =>
    (await client.send(get('/', 'connection: close')).rest()).split('\r\n\r\n')[1] ?? ''

  it.each(['optional', 'required'] as const)('reach the application where they are %s', async how => {
    const gateway = await serve(asking(how))
    expect(await whoAmI(await gateway.secureClient(showing('client')))).toBe('A client')
  })

  it('are not asked for by default', async () => {
    const gateway = await serve()
    expect(await whoAmI(await gateway.secureClient(showing('client')))).toBe('nobody')
  })

  it('may be missing where they are optional', async () => {
    const gateway = await serve(asking('optional'))
    expect(await whoAmI(await gateway.secureClient())).toBe('nobody')
  })

  it.each(['optional', 'required'] as const)('of somebody else are refused where they are %s', async how => {
    const gateway = await serve(asking(how))
    const socket = connectSecurely({ ...gateway.where, ...showing('stranger'), rejectUnauthorized: false })
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.write(get())
    let received = ''
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()))
    await new Promise(resolve => socket.on('close', resolve))
    expect(received).toBe('')
    expect(gateway.records).toEqual([])
    const { peer, reason } = (await failure(gateway)) as { readonly peer?: string; readonly reason?: string }
    expect(peer).toMatch(/^127\.0\.0\.1:\d+$/)
    expect(reason).toContain('DEPTH_ZERO_SELF_SIGNED_CERT')
  })

  it('must be there where they are required', async () => {
    const gateway = await serve(asking('required'))
    const socket = connectSecurely({ ...gateway.where, rejectUnauthorized: false })
    sockets.push(socket)
    const [error] = (await once(socket.resume(), 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toMatch(/CERTIFICATE_REQUIRED|ECONNRESET/)
    expect(await failure(gateway)).toMatchObject({ reason: 'peer did not return a certificate' })
  })
})

describe('several certificates', () => {
  it('are chosen by the name that a client asks for', async () => {
    const gateway = await serve(tlsMaterial(['server', 'shop', 'admin']))
    expect(await nameFor(gateway, 'localhost')).toBe('CN=localhost')
    expect(await nameFor(gateway, 'shop.example')).toBe('CN=shop.example')
    expect(await nameFor(gateway, 'SHOP.example')).toBe('CN=shop.example')
    expect(await nameFor(gateway, 'www.shop.example')).toBe('CN=shop.example')
  })

  it('a name spelled out goes before a wildcard', async () => {
    const gateway = await serve(tlsMaterial(['server', 'shop', 'admin']))
    expect(await nameFor(gateway, 'admin.shop.example')).toBe('CN=admin.shop.example')
  })

  it('the first one is for names that are in none, and for clients without a name', async () => {
    const gateway = await serve(tlsMaterial(['shop', 'server']))
    expect(await nameFor(gateway, 'elsewhere.example')).toBe('CN=shop.example')
    expect(await nameFor(gateway, 'a.b.shop.example')).toBe('CN=shop.example')
    expect(await nameFor(gateway, '')).toBe('CN=shop.example')
  })
})

describe('renewed certificates', () => {
  it('are for new connections; the old ones go on', async () => {
    const gateway = await serve()
    const before = await gateway.secureClient()
    await before.send(get()).until(/nobody/)
    gateway.server.renewTls(tlsMaterial(['renewed']))
    const after = await gateway.secureClient()
    const [old, fresh] = [before, after].map(
      client => (client.socket as TLSSocket).getPeerX509Certificate()?.serialNumber,
    )
    expect(fresh).not.toBe(old)
    await before.send(get()).until(/nobody/)
    await after.send(get()).until(/nobody/)
  })

  it('can be others than before: names, and whether clients must show one', async () => {
    const gateway = await serve()
    gateway.server.renewTls(
      tlsMaterial(['shop', 'server'], { clientCertificates: 'required', ca: certificate('authority') }),
    )
    const client = await gateway.secureClient({ cert: certificate('client'), key: privateKey('client') })
    expect(await client.send(get()).until(/A client/)).toMatch(/200 OK/)
  })
})

describe('sessions', () => {
  /** Makes a connection, and gives it with the session to resume it by, which comes behind the answer in TLS 1.3. */
  async function session(gateway: Gateway, options: ConnectionOptions): Promise<Buffer> {
    const client = await gateway.secureClient(options)
    const made = once(client.socket, 'session') as Promise<[Buffer]>
    client.send(get())
    await client.until(/nobody|client/)
    return (client.socket as TLSSocket).getSession() ?? (await made)[0]
  }

  const isResumed = async (gateway: Gateway, options: ConnectionOptions): Promise<boolean> =>
    ((await gateway.secureClient(options)).socket as TLSSocket).isSessionReused()

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'of one worker are resumed by another with the same keys for tickets: %s',
    async maxVersion => {
      const [one, other] = [await serve(), await serve()]
      const known = await session(one, { maxVersion })
      expect(await isResumed(other, { maxVersion, session: known })).toBe(true)
    },
  )

  it('are resumed under any of several certificates', async () => {
    const material = tlsMaterial(['server', 'shop'])
    const [one, other] = [await serve(material), await serve(material)]
    const options: ConnectionOptions = { servername: 'www.shop.example' }
    expect(await isResumed(other, { ...options, session: await session(one, options) })).toBe(true)
  })

  it('are resumed with the certificate that the client had shown', async () => {
    const material = tlsMaterial(['server'], { clientCertificates: 'required', ca: certificate('authority') })
    const [one, other] = [await serve(material), await serve(material)]
    const options: ConnectionOptions = { cert: certificate('client'), key: privateKey('client') }
    const known = await session(one, options)
    const client = await other.secureClient({ ...options, session: known })
    expect((client.socket as TLSSocket).isSessionReused()).toBe(true)
    await client.send(get()).until(/A client/)
  })

  it('survive a renewal of the certificates', async () => {
    const gateway = await serve()
    const known = await session(gateway, {})
    gateway.server.renewTls(tlsMaterial(['renewed']))
    expect(await isResumed(gateway, { session: known })).toBe(true)
  })

  it('are not resumed with other keys for tickets', async () => {
    const [one, other] = [
      await serve(),
      await serve(tlsMaterial(['server'], { ticketKeys: Buffer.alloc(48, 8).toString('base64') })),
    ]
    expect(await isResumed(other, { session: await session(one, {}) })).toBe(false)
  })
})
