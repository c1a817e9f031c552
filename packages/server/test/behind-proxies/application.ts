// What the real proxies forward to, and the client in front of them.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import { connect, type TLSSocket } from 'node:tls'
import { certificate } from '../support/certificates.ts'
import { applicationDirectory, type KirinProcess, startKirin } from '../support/kirin-process.ts'

/** `/where` tells of the request, `/sum` of its body, `/two` streams two pieces, `/release` lets the second go, `/socket` echoes. */
const APPLICATION = `
import { createHash } from 'node:crypto'

let release = () => {}
const released = new Promise(resolve => (release = resolve))

async function* twoPieces() {
  yield 'first\\n'
  await released
  yield 'second\\n'
}

async function sum(body) {
  const hash = createHash('sha256')
  for await (const chunk of body) hash.update(chunk)
  return hash.digest('hex')
}

export default async function application(request) {
  const { path, scheme, authority, remote, headers, body } = request
  switch (path) {
    case '/where': {
      const { address, port } = remote
      return { status: 200, body: JSON.stringify({ scheme, authority, address, port, for: headers['x-forwarded-for'] }) }
    }
    case '/sum':
      return { status: 200, body: await sum(body) }
    case '/large':
      return { status: 200, body: Buffer.alloc(4 * 1024 * 1024, 'kirin') }
    case '/two':
      return { status: 200, headers: { 'x-accel-buffering': 'no' }, body: twoPieces() }
    case '/release':
      release()
      return { status: 204 }
    case '/socket': {
      if (request.upgrade !== 'websocket') return { status: 426 }
      const accept = createHash('sha1')
        .update(headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11')
        .digest('base64')
      return { status: 101, headers: { 'sec-websocket-accept': accept }, upgrade: socket => socket.pipe(socket) }
    }
    default:
      return { status: 404 }
  }
}
`

/** A kirin to be put behind a proxy. */
export interface Behind {
  readonly kirin: KirinProcess
  readonly directory: string
  /** `NaN` on a UNIX socket alone. */
  readonly port: number
}

/** Starts kirin with that application; resolves when it listens. */
export async function startBehind(...args: readonly string[]): Promise<Behind> {
  const directory = applicationDirectory({ 'app.mjs': APPLICATION })
  const kirin = startKirin([...args, 'app.mjs'], { cwd: directory })
  const [, port] = await kirin.line(/Listening at (?:https?:\S+:(\d+)|unix:)/)
  return { kirin, directory, port: Number(port) }
}

/** Where the client is: on the same machine, but not at an address that kirin trusts. */
export const CLIENT_ADDRESS = '127.0.0.9'

/** A client of the proxy, by TLS on that port. */
export class ProxyClient {
  private readonly tls: { host: string; port: number; localAddress: string; servername: string; ca: string }

  constructor(port: number) {
    this.tls = {
      host: '127.0.0.1',
      port,
      localAddress: CLIENT_ADDRESS,
      servername: 'localhost',
      ca: certificate('authority'),
    }
  }

  /** The response to a request, its body unread. */
  async open(path: string, headers: Readonly<Record<string, string>> = {}, body?: Buffer): Promise<IncomingMessage> {
    const method = body === undefined ? 'GET' : 'POST'
    const request = httpsRequest({
      ...this.tls,
      path,
      method,
      headers: { host: 'shop.example', ...headers },
      agent: false,
    })
    request.end(body)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    return response
  }

  /** What the application says of a request with those fields, or the status if it is not 200. */
  async where(headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const response = await this.open('/where', headers)
    const body = await text(response)
    return response.statusCode === 200 ? JSON.parse(body) : response.statusCode
  }

  /** The same over HTTP/2. */
  async whereOverHttp2(headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const { port, ...tls } = this.tls
    const session = connectHttp2(`https://127.0.0.1:${port}`, tls)
    const stream = session.request({ ':path': '/where', ':authority': 'shop.example', ...headers })
    const body = await text(stream)
    session.close()
    await once(session, 'close')
    return JSON.parse(body)
  }

  /** Whether an upload of that many bytes arrives as it was sent. */
  async uploads(bytes: number): Promise<boolean> {
    const content = randomBytes(bytes)
    return (await text(await this.open('/sum', {}, content))) === createHash('sha256').update(content).digest('hex')
  }

  /** Whether a large response arrives whole. */
  async downloads(): Promise<boolean> {
    return (await text(await this.open('/large'))) === 'kirin'.repeat(1024 * 1024).slice(0, 4 * 1024 * 1024)
  }

  /** The pieces of a stream whose second is only made when the first has arrived. */
  async pieces(): Promise<readonly string[]> {
    const response = await this.open('/two')
    const pieces: string[] = []
    for await (const piece of response.setEncoding('utf8')) {
      pieces.push(piece as string)
      if (pieces.length === 1) (await this.open('/release')).resume()
    }
    return pieces
  }

  /** What comes back over a WebSocket's connection on which `ping` was sent. */
  async echo(): Promise<string> {
    const socket: TLSSocket = connect(this.tls)
    await once(socket, 'secureConnect')
    const key = Buffer.alloc(16, 1).toString('base64')
    const lines = ['GET /socket HTTP/1.1', 'Host: shop.example', 'Connection: Upgrade', 'Upgrade: websocket']
    socket.write(`${[...lines, `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13'].join('\r\n')}\r\n\r\n`)
    let received = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk))
    while (!received.includes('\r\n\r\n')) await once(socket, 'data')
    if (!received.startsWith('HTTP/1.1 101 ')) throw new Error(received)
    socket.write('ping')
    while (!received.endsWith('ping')) await once(socket, 'data')
    socket.destroy()
    return received.slice(-4)
  }
}
