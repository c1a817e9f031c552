import timeout from 'connect-timeout'

export const scenario = {
  packages: ['connect-timeout'],
  frameworks: ['express4', 'express5'],
  build({ framework, log }) {
    const app = framework.module()
    app.get('/late', timeout(20), (req, res) => {
      req.on('timeout', ms => {
        log.push(`timeout ${ms} ${req.timedout}`)
        setImmediate(() => res.headersSent || res.end('too late to be sent'))
      })
    })
    app.get('/handled', timeout(20, { respond: false }), (req, res) => {
      req.on('timeout', () => res.status(504).send('handled'))
    })
    app.get('/fast', timeout('10s'), (_req, res) => res.send('in time'))
    app.get('/cleared', timeout(50), (req, res) => {
      req.clearTimeout()
      setTimeout(() => res.send(`cleared ${req.timedout}`), 100)
    })
    app.use((error, _req, res, _next) => {
      log.push(`${error.code} ${error.timeout}`)
      res.status(error.status).send(error.message)
    })
    return { app }
  },
  exchanges: [
    { name: 'too late', path: '/late', logs: 2 },
    { name: 'handled by hand', path: '/handled' },
    { name: 'in time', path: '/fast' },
    { name: 'taken back', path: '/cleared' },
  ],
}
