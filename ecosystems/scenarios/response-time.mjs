import responseTime from 'response-time'

export const scenario = {
  packages: ['response-time'],
  frameworks: ['express4', 'express5'],
  masks: [[/time: [\d.]+(ms)?/g, 'time: TIME$1']],
  build({ framework, log }) {
    const app = framework.module()
    app.use(responseTime({ digits: 1 }))
    app.get('/', (_req, res) => res.send('timed'))
    app.get('/stream', (_req, res) => {
      res.write('in ')
      setImmediate(() => res.end('parts'))
    })
    app.get(
      '/own',
      responseTime((req, res, time) => log.push(`${req.url} ${typeof time} ${res.statusCode}`)),
      (_req, res) => res.status(202).end(),
    )
    app.get('/header', responseTime({ header: 'X-Own-Time', suffix: false }), (_req, res) => res.json(1))
    return { app }
  },
  exchanges: [
    { name: 'a response', path: '/' },
    { name: 'a stream', path: '/stream' },
    { name: 'a function', path: '/own', logs: 1 },
    { name: 'a header of its own', path: '/header' },
    { name: 'HEAD', method: 'HEAD', path: '/' },
  ],
}
