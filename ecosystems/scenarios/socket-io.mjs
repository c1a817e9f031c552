import { once } from 'node:events'
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { io } from 'socket.io-client'

async function opened(port, transports, rest = {}) {
  const socket = io(`http://127.0.0.1:${port}`, { transports, forceNew: true, reconnection: false, ...rest })
  await new Promise((resolve, reject) => {
    socket.on('connect', resolve)
    socket.on('connect_error', reject)
  })
  return socket
}

/** What one client says and hears. */
async function talk(socket) {
  const echoed = await socket.emitWithAck('echo', { a: [1, 'ü'] })
  const bytes = await socket.emitWithAck('echo', Buffer.from([1, 0, 255]))
  const large = await socket.emitWithAck('echo', 'l'.repeat(200_000))
  return [echoed, Buffer.from(bytes).toString('hex'), large.length]
}

export const scenario = {
  title: 'socket.io',
  packages: ['socket.io', 'socket.io-client'],
  frameworks: ['express4', 'express5', 'koa3', 'node'],
  masks: [[/[?&]t=[^ "]+/g, '']],
  build({ framework, log }) {
    const server = createServer(greeting(framework))
    const sockets = new Server(server, {
      pingInterval: 60_000,
      serveClient: true,
      maxHttpBufferSize: 1e6,
      cors: { origin: 'http://shop.test' },
    })
    sockets.use((socket, next) => next(socket.handshake.auth.token === 'bad' ? new Error('refused') : undefined))
    sockets.on('connection', socket => {
      log.push(`open ${socket.conn.transport.name}`)
      socket.on('echo', (value, acknowledge) => acknowledge(value))
      socket.on('to all', (value, acknowledge) => {
        sockets.emit('all', value)
        acknowledge()
      })
      socket.conn.on('upgrade', transport => log.push(`upgraded to ${transport.name}`))
      socket.on('disconnect', reason => log.push(`closed ${reason}`))
    })
    return { server, close: () => sockets.close() }
  },
  exchanges: [
    { name: 'a page beside it', path: '/' },
    { name: 'its client for browsers', path: '/socket.io/socket.io.min.js' },
    { name: 'a transport that is none', path: '/socket.io/?EIO=4&transport=tea' },
    { name: 'a session that is none', path: '/socket.io/?EIO=4&transport=polling&sid=none' },
    {
      name: 'asked by another origin',
      method: 'OPTIONS',
      path: '/socket.io/?EIO=4&transport=polling',
      headers: { Origin: 'http://shop.test' },
    },
    ...['polling', 'websocket'].map(transport => ({
      name: `by ${transport}`,
      logs: 2,
      async drive({ port }) {
        const socket = await opened(port, [transport])
        const heard = await talk(socket)
        socket.disconnect()
        return heard
      },
    })),
    {
      name: 'from polling to a WebSocket',
      logs: 3,
      async drive({ port, log }) {
        const before = log.lines.length
        const socket = await opened(port, ['polling', 'websocket'])
        await log.until(before + 2)
        const heard = await talk(socket)
        socket.disconnect()
        return heard
      },
    },
    {
      name: 'to all clients, by either transport',
      logs: 4,
      async drive({ port }) {
        const one = await opened(port, ['polling'])
        const other = await opened(port, ['websocket'])
        const heard = [once(one, 'all'), once(other, 'all')]
        await one.emitWithAck('to all', 'tea is ready')
        const said = await Promise.all(heard)
        one.disconnect()
        // One after the other, so that the log has one order.
        await new Promise(setImmediate)
        other.disconnect()
        return said
      },
    },
    {
      name: 'refused by its middleware',
      drive: ({ port }) => opened(port, ['websocket'], { auth: { token: 'bad' } }).then(String, error => error.message),
    },
  ],
}

function greeting({ id, module }) {
  if (id === 'node') return (_req, res) => res.end('page')
  if (id.startsWith('express')) return module().get('/', (_req, res) => res.send('page'))
  const app = new module()
  app.use(ctx => {
    ctx.body = 'page'
  })
  return app.callback()
}
