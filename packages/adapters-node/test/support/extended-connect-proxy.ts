// Takes WebSockets by HTTP/1.1 and opens each as a stream of an HTTP/2 connection (RFC 8441): so that clients which know HTTP/1.1 alone
// try a server of HTTP/2. Each has a connection of its own: on one that is shared, node takes no new streams while 10 MB wait to be sent.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

/** RFC 6455 §1.3 */
const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Fields of the handshake of HTTP/1.1 that a stream does not have. */
const OF_THE_HANDSHAKE: ReadonlySet<string> = new Set(['connection', 'upgrade', 'host', 'sec-websocket-key'])

export interface ExtendedConnectProxy {
  readonly port: number
  stop(): Promise<void>
}

/** Starts one in front of a server of HTTP/2 by prior knowledge. */
export async function startExtendedConnectProxy(port: number): Promise<ExtendedConnectProxy> {
  const sessions = new Set<ClientHttp2Session>()
  const server = createServer().listen(0, '127.0.0.1')
  server.on('upgrade', (req, socket, head) => {
    const session = connect(`http://127.0.0.1:${port}`)
    sessions.add(session)
    session.on('error', () => socket.destroy())
    session.on('close', () => sessions.delete(session))
    session.on('remoteSettings', ({ enableConnectProtocol }) => {
      if (enableConnectProtocol === true) open(session, { req, socket, head })
      else socket.destroy(new Error('the server does not offer extended CONNECT'))
    })
  })
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const session of sessions) session.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Handshake {
  readonly req: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

function open(session: ClientHttp2Session, { req, socket, head }: Handshake): void {
  const fields = Object.entries(req.headers).filter(([name]) => !OF_THE_HANDSHAKE.has(name))
  const stream = session.request({
    ':method': 'CONNECT',
    ':protocol': req.headers.upgrade,
    ':scheme': 'http',
    ':authority': req.headers.host,
    ':path': req.url,
    ...Object.fromEntries(fields),
  })
  socket.on('error', () => stream.destroy())
  stream.on('error', () => socket.destroy())
  stream.on('aborted', () => socket.destroy())
  stream.on('close', () => {
    session.close()
    if (!stream.readableEnded) socket.destroy()
  })
  socket.on('close', () => stream.writableFinished || stream.close(8))
  stream.on('response', ({ ':status': status, ...rest }) => {
    const isOpen = status === 200
    socket.write(isOpen ? switched(req, rest) : `HTTP/1.1 ${status} Refused\r\nconnection: close\r\n\r\n`)
    stream.pipe(socket)
    if (!isOpen) return
    if (head.length > 0) stream.write(head)
    socket.pipe(stream)
  })
}

function switched(req: IncomingMessage, fields: IncomingHttpHeaders): string {
  const key = `${req.headers['sec-websocket-key']}${KEY_SUFFIX}`
  const accept = createHash('sha1').update(key).digest('base64')
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${String(value)}\r\n`)
  return `HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ${accept}\r\n${lines.join('')}\r\n`
}
