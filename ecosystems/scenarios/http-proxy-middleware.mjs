import { once } from 'node:events'
import { createServer } from 'node:http'
import { createProxyMiddleware, responseInterceptor } from 'http-proxy-middleware'
import { WebSocket, WebSocketServer } from 'ws'
import { freePort } from './support/free-port.mjs'

/** What is behind the proxy. */
async function startTarget(log) {
  const server = createServer((req, res) => {
    log.push(`target: ${req.method} ${req.url} ${req.headers['x-forwarded-proto'] ?? ''}`)
    res.writeHead(req.method === 'POST' ? 201 : 200, { 'X-Target': ['1', '2'], 'Content-Type': 'text/plain' })
    if (req.method === 'POST') req.pipe(res)
    else res.end(`${req.url} ${req.headers.host === 'test.local'}`)
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, req) => socket.on('message', data => socket.send(`${req.url}: ${data}`)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, target: `http://127.0.0.1:${server.address().port}` }
}

const logger = { info() {}, warn() {}, error() {} }

export const scenario = {
  packages: ['http-proxy-middleware'],
  frameworks: ['express4', 'express5'],
  masks: [[/localhost:\d+|127\.0\.0\.1:\d+/g, 'TARGET']],
  async build({ framework, log }) {
    const app = framework.module()
    const { server, target } = await startTarget(log)
    const proxy = createProxyMiddleware({ target, xfwd: true, logger, pathFilter: ['/get', '/post', '/ws'] })
    app.use(proxy)
    app.use(
      '/rewritten',
      createProxyMiddleware({ target, logger, pathRewrite: { '^/old': '/new' }, changeOrigin: true }),
    )
    app.use(
      '/changed',
      createProxyMiddleware({
        target,
        logger,
        selfHandleResponse: true,
        on: { proxyRes: responseInterceptor(async buffer => `${buffer.toString().toUpperCase()}!`) },
      }),
    )
    app.use('/down', createProxyMiddleware({ target: `http://127.0.0.1:${await freePort()}`, logger }))
    return {
      app,
      upgrade: proxy.upgrade,
      close() {
        server.close()
        server.closeAllConnections()
      },
    }
  },
  exchanges: [
    { name: 'GET', path: '/get?a=b', logs: 1 },
    { name: 'HEAD', method: 'HEAD', path: '/get', logs: 1 },
    { name: 'POST', method: 'POST', path: '/post', body: 'posted', logs: 1 },
    { name: 'POST in chunks', method: 'POST', path: '/post', body: 'p'.repeat(200_000), chunks: 30_000, logs: 1 },
    { name: 'a path rewritten', path: '/rewritten/old/tea', logs: 1 },
    { name: 'a body changed', path: '/changed/tea', logs: 1 },
    { name: 'a target that is down', path: '/down' },
    {
      name: 'a WebSocket',
      async drive({ port }) {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/tea`)
        await once(socket, 'open')
        socket.send('hello')
        const [data] = await once(socket, 'message')
        socket.close(1000, 'done')
        const [code] = await once(socket, 'close')
        return [String(data), code]
      },
    },
  ],
}
