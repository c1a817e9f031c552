import errorhandler from 'errorhandler'

const accepts = { html: 'text/html', JSON: 'application/json', text: 'text/plain' }

export const scenario = {
  packages: ['errorhandler'],
  frameworks: ['express4', 'express5'],
  build({ framework, log }) {
    const app = framework.module()
    app.get('/status', () => {
      throw Object.assign(new Error('ours & <theirs>'), { status: 409, code: 'EOURS' })
    })
    app.get('/begun', (_req, res, next) => {
      res.write('begun')
      setImmediate(() => next(new Error('too late')))
    })
    app.get('/text', (_req, _res, next) => next('text'))
    app.use(errorhandler({ log: (error, text) => log.push(text.split('\n')[0]) }))
    return { app }
  },
  exchanges: [
    ...Object.entries(accepts).map(([name, Accept]) => ({ name, path: '/status', headers: { Accept }, logs: 1 })),
    { name: 'an error that is text', path: '/text', logs: 1, fails: true },
    { name: 'HEAD', method: 'HEAD', path: '/status', logs: 1 },
    { name: 'after the head', path: '/begun', logs: 1 },
  ],
}
