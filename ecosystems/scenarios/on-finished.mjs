import { once } from 'node:events'
import { connect } from 'node:net'
import onFinished from 'on-finished'

const said = (log, who) => (error, message) =>
  log.push(`${who} ${error?.code ?? 'well'} ${onFinished.isFinished(message)}`)

export const scenario = {
  packages: ['on-finished'],
  frameworks: ['node'],
  build({ log }) {
    return (req, res) => {
      log.push(`begun ${onFinished.isFinished(req)} ${onFinished.isFinished(res)}`)
      if (req.url !== '/request') onFinished(res, said(log, 'res'))
      if (req.url === '/request') onFinished(req, said(log, 'req'))
      if (req.url === '/lost') res.write('begun')
      else if (req.method === 'POST') req.on('end', () => res.end('read')).resume()
      else if (req.url === '/late') setImmediate(() => res.end('late'))
      else res.end('at once')
    }
  },
  exchanges: [
    { name: 'at once', path: '/', logs: 2 },
    { name: 'later', path: '/late', logs: 2 },
    { name: 'a request that is read', method: 'POST', path: '/request', body: 'body', logs: 2 },
    { name: 'a request without a body', path: '/request', logs: 2 },
    { name: 'HEAD', method: 'HEAD', path: '/', logs: 2 },
    {
      name: 'a client that goes',
      logs: 2,
      async drive({ port }) {
        const socket = connect(port, '127.0.0.1')
        socket.write('GET /lost HTTP/1.1\r\nHost: test\r\n\r\n')
        await once(socket, 'data')
        socket.resetAndDestroy()
      },
    },
  ],
}
