import { once } from 'node:events'
import { WebSocket, WebSocketServer } from 'ws'
import { converse, upgradeRequest } from './support/websocket.mjs'

async function opened(port, path, ...given) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, ...given)
  await once(socket, 'open')
  return socket
}

async function closed(socket, code, reason) {
  socket.close(code, reason)
  const [received, words] = await once(socket, 'close')
  return [received, String(words)]
}

export const scenario = {
  packages: ['ws'],
  frameworks: ['express4', 'express5', 'koa2', 'koa3', 'node'],
  build({ framework, log }) {
    const sockets = new WebSocketServer({
      noServer: true,
      maxPayload: 2_000_000,
      perMessageDeflate: { threshold: 100 },
      handleProtocols: protocols => (protocols.has('tea') ? 'tea' : false),
    })
    sockets.on('connection', (socket, req) => {
      log.push(`open ${req.url} ${socket.protocol}`)
      socket.on('message', (data, isBinary) => {
        if (req.url === '/leave') socket.close(4000, 'bye')
        else socket.send(data, { binary: isBinary })
      })
      socket.on('ping', data => log.push(`ping ${data}`))
      socket.on('error', error => log.push(`error ${error.code}`))
      socket.on('close', (code, reason) => log.push(`close ${code} ${reason}`))
    })
    const upgrade = (req, socket, head) => {
      if (req.headers.authorization === 'none') {
        socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno')
        return
      }
      sockets.handleUpgrade(req, socket, head, ws => sockets.emit('connection', ws, req))
    }
    const close = () => sockets.close()
    return { app: greeting(framework), upgrade, close }
  },
  exchanges: [
    { name: 'a page beside it', path: '/' },
    {
      name: 'text and bytes, echoed',
      logs: 2,
      async drive({ port }) {
        const socket = await opened(port, '/echo')
        const seen = []
        for (const sent of ['tea', 'ü'.repeat(500), Buffer.from([0, 255, 1])]) {
          socket.send(sent)
          const [data, isBinary] = await once(socket, 'message')
          seen.push([data.toString('base64'), isBinary])
        }
        return [seen, socket.extensions, await closed(socket, 1000, 'enough')]
      },
    },
    {
      name: 'many messages, in their order',
      logs: 2,
      async drive({ port }) {
        const socket = await opened(port, '/echo')
        const seen = []
        const all = new Promise(resolve => {
          socket.on('message', data => {
            seen.push(Number(data))
            if (seen.length === 500) resolve()
          })
        })
        for (let i = 0; i < 500; i++) socket.send(String(i))
        await all
        return [seen.every((value, i) => value === i), await closed(socket)]
      },
    },
    {
      name: 'a megabyte',
      logs: 2,
      async drive({ port }) {
        const socket = await opened(port, '/echo', { perMessageDeflate: false })
        const bytes = Buffer.alloc(1_000_000, 'mega')
        socket.send(bytes)
        const [data] = await once(socket, 'message')
        return [data.equals(bytes), await closed(socket, 1001)]
      },
    },
    {
      name: 'too large a message',
      logs: 3,
      async drive({ port }) {
        const socket = await opened(port, '/echo', { perMessageDeflate: false })
        socket.on('error', () => undefined)
        socket.send(Buffer.alloc(2_000_001))
        const [code] = await once(socket, 'close')
        return code
      },
    },
    {
      name: 'a protocol, and pings',
      logs: 3,
      async drive({ port }) {
        const socket = await opened(port, '/echo', ['coffee', 'tea'])
        socket.ping('still there?')
        const [data] = await once(socket, 'pong')
        return [socket.protocol, String(data), await closed(socket, 3000, 'ü')]
      },
    },
    {
      name: 'left by the server',
      logs: 2,
      async drive({ port }) {
        const socket = await opened(port, '/leave')
        socket.send('now')
        const [code, reason] = await once(socket, 'close')
        return [code, String(reason)]
      },
    },
    {
      name: 'a client that goes without a word',
      logs: 2,
      async drive({ port }) {
        const socket = await opened(port, '/echo')
        socket.terminate()
      },
    },
    {
      name: 'refused',
      async drive({ port }) {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { Authorization: 'none' } })
        const [, response] = await once(socket, 'unexpected-response')
        return [response.statusCode, String((await response.toArray()).join(''))]
      },
    },
    {
      name: 'the head of the handshake',
      logs: 2,
      drive: ({ port }) => converse(port, upgradeRequest({ path: '/head' })),
    },
    { name: 'a key that is none', drive: ({ port }) => converse(port, upgradeRequest({ key: 'short' })) },
    { name: 'a version that is none', drive: ({ port }) => converse(port, upgradeRequest({ version: 12 })) },
  ],
}

function greeting({ id, module }) {
  if (id === 'node') return (_req, res) => res.end('page')
  const app = id.startsWith('koa') ? new module() : module()
  if (id.startsWith('koa')) {
    app.use(ctx => {
      ctx.body = 'page'
    })
  } else {
    app.get('/', (_req, res) => res.send('page'))
  }
  return app
}
