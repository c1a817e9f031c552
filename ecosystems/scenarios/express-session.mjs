import session from 'express-session'

export const scenario = {
  packages: ['express-session'],
  frameworks: ['express4', 'express5'],
  cookies: true,
  masks: [
    [/sid=s%3A[^;"]+/g, 'sid=ID'],
    [/Expires=[^;"]+/g, 'Expires=DATE'],
  ],
  build({ framework }) {
    const app = framework.module()
    app.use(
      session({
        name: 'sid',
        secret: 'tea',
        resave: false,
        saveUninitialized: false,
        rolling: true,
        cookie: { maxAge: 60_000 },
      }),
    )
    app.get('/count', (req, res) => {
      req.session.count = (req.session.count ?? 0) + 1
      res.json(req.session.count)
    })
    app.get('/untouched', (_req, res) => res.send('untouched'))
    app.get('/stream', (req, res) => {
      req.session.streamed = true
      res.write('begun')
      setImmediate(() => res.end(' and ended'))
    })
    app.get('/head', (req, res) => {
      req.session.head = true
      res.writeHead(202, { 'X-Head': 'explicit' })
      res.end(JSON.stringify([req.session.count, req.session.streamed]))
    })
    app.get('/regenerate', (req, res, next) => {
      const { id } = req.session
      req.session.regenerate(error => {
        if (error) next(error)
        else res.json([id !== req.sessionID, req.session.count ?? null])
      })
    })
    app.get('/destroy', (req, res) => req.session.destroy(() => res.json(req.session ?? null)))
    return { app }
  },
  exchanges: [
    { name: 'without a session', path: '/untouched' },
    { name: 'the first of a session', path: '/count' },
    { name: 'the second', path: '/count' },
    { name: 'rolling', path: '/untouched' },
    { name: 'saved behind a stream', path: '/stream' },
    { name: 'an explicit head', path: '/head' },
    { name: 'HEAD', method: 'HEAD', path: '/count' },
    { name: 'the fourth', path: '/count' },
    { name: 'regenerated', path: '/regenerate' },
    { name: 'begins anew', path: '/count' },
    { name: 'destroyed', path: '/destroy' },
    { name: 'after that', path: '/count' },
    { name: 'a forged cookie', path: '/untouched', headers: { Cookie: 'sid=s%3Aforged.signature' } },
  ],
}
