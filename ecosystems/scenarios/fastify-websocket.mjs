import { once } from 'node:events'
import { WebSocket } from 'ws'
import { fastifyPlugin, pluginPackages } from './support/fastify-plugin.mjs'

/** Says something, hears something, leaves. */
async function talk(port, path, said) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { 'X-Own': 'mine' } })
  const [data] = await once(socket, 'message')
  socket.send(said)
  const [answer] = await once(socket, 'message')
  socket.close(1000, 'done')
  const [code] = await once(socket, 'close')
  return [String(data), String(answer), code]
}

export const scenario = {
  packages: pluginPackages('websocket'),
  frameworks: ['fastify4', 'fastify5'],
  async build({ framework, log }) {
    const app = framework.module()
    await app.register(await fastifyPlugin(framework, 'websocket'), { options: { maxPayload: 100_000 } })
    app.addHook('preValidation', async (request, reply) => {
      if (request.query.token === 'bad') await reply.code(401).send('no')
    })
    app.get('/ws/:name', { websocket: true }, (socket, request) => {
      socket.send(JSON.stringify([request.params.name, request.headers['x-own'], request.ip]))
      socket.on('message', data => socket.send(`heard ${data}`))
      socket.on('close', code => log.push(`closed ${code}`))
    })
    app.route({
      method: 'GET',
      url: '/both',
      handler: (_request, reply) => reply.send('page'),
      wsHandler: socket => {
        socket.send('socket')
        socket.on('message', data => socket.send(data.toString().toUpperCase()))
      },
    })
    return { app }
  },
  exchanges: [
    { name: 'a socket', logs: 1, drive: ({ port }) => talk(port, '/ws/tea?a=1', 'hello') },
    { name: 'a route for both, as a socket', drive: ({ port }) => talk(port, '/both', 'loud') },
    { name: 'a route for both, as a page', path: '/both' },
    { name: 'a plain request to a socket', path: '/ws/tea' },
    ...['/ws/tea?token=bad', '/missing'].map(path => ({
      name: `refused at ${path}`,
      async drive({ port }) {
        const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
        const heard = once(socket, 'unexpected-response').then(([, response]) => response.statusCode)
        const failed = once(socket, 'close').then(([code]) => code)
        socket.on('error', () => undefined)
        return Promise.race([heard, failed])
      },
    })),
  ],
}
