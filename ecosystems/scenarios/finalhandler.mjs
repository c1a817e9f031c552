import finalhandler from 'finalhandler'

const failures = {
  '/nothing': undefined,
  '/error': new Error('broken'),
  '/status': Object.assign(new Error('teapot'), { status: 418 }),
  '/exposed': Object.assign(new Error('ours'), { statusCode: 503, headers: { 'Retry-After': '7' } }),
  '/text': 'text',
}

export const scenario = {
  packages: ['finalhandler'],
  frameworks: ['node'],
  build({ log }) {
    return (req, res) => {
      const { pathname } = new URL(req.url, 'http://test')
      res.setHeader('X-Left', 'over')
      const done = finalhandler(req, res, {
        env: req.headers['x-env'] ?? 'production',
        onerror: error => log.push(`error ${error.message ?? error}`),
      })
      if (pathname === '/begun') {
        res.write('begun')
        setImmediate(() => done(new Error('too late')))
      } else if (req.headers['x-status']) {
        res.statusCode = Number(req.headers['x-status'])
        done(failures['/error'])
      } else done(failures[pathname])
    }
  },
  exchanges: [
    { name: 'not found', path: '/nothing' },
    { name: 'not found, with odd letters', path: '/nothing?<script>%22' },
    { name: 'HEAD', method: 'HEAD', path: '/nothing' },
    { name: 'POST that nobody reads', method: 'POST', path: '/nothing', body: 'b'.repeat(100_000) },
    { name: 'an error', path: '/error', logs: 1, fails: true },
    { name: 'an error in development', path: '/error', headers: { 'X-Env': 'development' }, logs: 1, fails: true },
    { name: 'a status', path: '/status', logs: 1 },
    { name: 'a status that was set', path: '/error', headers: { 'X-Status': '502' }, logs: 1 },
    { name: 'headers of an error', path: '/exposed', logs: 1 },
    { name: 'an error that is text', path: '/text', logs: 1, fails: true },
    { name: 'after the head', path: '/begun', logs: 1 },
  ],
}
