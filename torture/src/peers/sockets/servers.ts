// The two servers: Kirin's engine and `node:http`, each over real sockets in this process.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { createGatewayServer } from '@nsgi/server'
import type { GatewayRequest } from '@nsgi/spec'
import { createContext } from '@nsgi/spec/testing'
import { ByClient, clientKey, freePort, NOT_TAKEN, type Peer } from './peer.ts'

interface Seeing {
  readonly method: string
  readonly target: string
  body: string
  whole: boolean
}

/** Kirin's engine. */
export async function startKirinPeer(): Promise<Peer> {
  const seen = new ByClient<Seeing>()
  const context = createContext()
  const server = createGatewayServer({
    context,
    log: context.log,
    async application(request: GatewayRequest) {
      const { method, target, body, remote } = request
      const one: Seeing = { method, target, body: '', whole: body === null }
      seen.add(clientKey(remote.address, remote.port), one)
      // A body that broke off, or is malformed, rejects here: that is then answered as the client's fault.
      if (body !== null) for await (const chunk of body) one.body += Buffer.from(chunk).toString('latin1')
      one.whole = true
      return { status: method === 'CONNECT' ? NOT_TAKEN : 204 }
    },
  })
  const port = await freePort()
  await server.listen({ port, host: '127.0.0.1' })
  return {
    name: 'kirin',
    port,
    take: client => seen.take(client),
    async stop() {
      server.destroy()
      await server.stop()
    },
  }
}

/** `node:http` as it comes. */
export async function startNodePeer(): Promise<Peer> {
  const seen = new ByClient<Seeing>()
  const note = (request: IncomingMessage): Seeing => {
    const one = { method: request.method ?? '', target: request.url ?? '', body: '', whole: false }
    seen.add(clientKey(request.socket.remoteAddress, request.socket.remotePort), one)
    return one
  }
  const server = createServer((request, response) => {
    const one = note(request)
    request.on('data', (chunk: Buffer) => {
      one.body += chunk.toString('latin1')
    })
    request.on('error', () => undefined)
    request.on('end', () => {
      one.whole = request.complete
      response.writeHead(204).end()
    })
  })
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    note(request).whole = true
    // The client may have gone, or be gone already.
    socket.on('error', () => undefined)
    // Unread, it would never see the client's end.
    socket.resume().end(`HTTP/1.1 ${NOT_TAKEN} No\r\n\r\n`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    name: 'node:http',
    port: (server.address() as { port: number }).port,
    take: client => seen.take(client),
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
