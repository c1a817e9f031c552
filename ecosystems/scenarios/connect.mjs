import connect from 'connect'

export const scenario = {
  packages: ['connect'],
  frameworks: ['node'],
  build({ log }) {
    const app = connect()
    app.use((req, _res, next) => {
      log.push(`${req.method} ${req.url}`)
      next()
    })
    app.use('/mounted', (req, res, next) =>
      req.url === '/next' ? next() : res.end(`${req.originalUrl} as ${req.url}`),
    )
    app.use('/throws', () => {
      throw Object.assign(new Error('thrown'), { status: 418 })
    })
    app.use('/caught', (_req, _res, next) => next(new Error('caught')))
    app.use((error, req, res, next) => (req.url === '/caught' ? res.end(error.message) : next(error)))
    return { app }
  },
  exchanges: ['/mounted/a?b=c', '/mounted', '/mounted/next', '/missing', '/throws', '/caught'].map(path => ({
    name: path,
    path,
    logs: 1,
  })),
}
