import helmet from 'helmet'

export const scenario = {
  packages: ['helmet'],
  frameworks: ['express4', 'express5'],
  build({ framework }) {
    const app = framework.module()
    app.get(
      '/strict',
      helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'self'", 'cdn.test'] } } }),
      (_req, res) => res.send('strict'),
    )
    app.get('/hsts', helmet.hsts({ maxAge: 60, preload: true }), (_req, res) => res.end('hsts'))
    app.use(helmet())
    app.get('/', (_req, res) => res.send('<p>safe</p>'))
    app.get('/throws', () => {
      throw Object.assign(new Error('hidden'), { status: 400, expose: true })
    })
    return { app }
  },
  exchanges: [
    { name: 'its headers', path: '/' },
    { name: 'HEAD', method: 'HEAD', path: '/' },
    { name: 'a policy of its own', path: '/strict' },
    { name: 'one of its parts', path: '/hsts' },
    { name: 'on a page that is not there', path: '/missing' },
    { name: 'on an error', path: '/throws' },
    { name: 'to HTTP/1.0', path: '/', version: '1.0' },
  ],
}
