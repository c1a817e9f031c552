import cookies from 'cookie-session'

export const scenario = {
  packages: ['cookie-session'],
  frameworks: ['express4', 'express5'],
  cookies: true,
  build({ framework }) {
    const app = framework.module()
    app.use(cookies({ name: 'tea', keys: ['new', 'old'], sameSite: 'lax' }))
    app.get('/count', (req, res) => {
      req.session.count = (req.session.count ?? 0) + 1
      res.json([req.session.count, req.session.isNew, req.session.isPopulated])
    })
    app.get('/stream', (req, res) => {
      req.session.streamed = true
      res.write('begun')
      setImmediate(() => res.end())
    })
    app.get('/out', (req, res) => {
      req.session = null
      res.redirect('/count')
    })
    return { app }
  },
  exchanges: [
    { name: 'the first of a session', path: '/count' },
    { name: 'the second', path: '/count' },
    { name: 'a stream', path: '/stream' },
    { name: 'the third', path: '/count' },
    { name: 'a forged cookie', path: '/count', headers: { Cookie: 'tea=eyJjb3VudCI6OX0=; tea.sig=forged' } },
    { name: 'removed', path: '/out' },
    { name: 'after that', path: '/count' },
  ],
}
