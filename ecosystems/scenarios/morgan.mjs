import morgan from 'morgan'

export const scenario = {
  packages: ['morgan'],
  frameworks: ['express4', 'express5'],
  masks: [
    [/\d\d\/\w{3}\/\d{4}:[\d:]+ \+0000/g, 'DATE'],
    [/\d+\.\d{3} ms/g, 'TIME ms'],
  ],
  build({ framework, log }) {
    const app = framework.module()
    const stream = { write: line => log.push(line.trimEnd()) }
    app.use(morgan('combined', { stream }))
    app.use(morgan('tiny', { stream, immediate: true, skip: req => req.path !== '/at-once' }))
    app.use(morgan(':method :url :status :res[x-own] :req[x-own] HTTP/:http-version', { stream }))
    app.get('/', (_req, res) => res.set('X-Own', 'ours').send('logged'))
    app.get('/at-once', (_req, res) => res.send('at once'))
    app.post('/', (req, res) => req.on('end', () => res.sendStatus(201)).resume())
    app.get('/stream', (_req, res) => {
      res.write('in ')
      setImmediate(() => res.end('parts'))
    })
    return { app }
  },
  exchanges: [
    {
      name: 'GET',
      path: '/?a=b',
      headers: { 'User-Agent': 'tea', Referer: 'http://r.test/', 'X-Own': 'mine' },
      logs: 2,
    },
    { name: 'POST', method: 'POST', path: '/', body: 'x'.repeat(10), logs: 2 },
    { name: 'a stream', path: '/stream', logs: 2 },
    { name: 'a page that is not there', path: '/missing', logs: 2 },
    { name: 'basic credentials', path: '/', headers: { Authorization: 'Basic dXNlcjpwYXNz' }, logs: 2 },
    { name: 'at once', path: '/at-once', logs: 3 },
  ],
}
