import cookieParser from 'cookie-parser'
import { doubleCsrf } from 'csrf-csrf'

let token

export const scenario = {
  packages: ['csrf-csrf', 'cookie-parser'],
  frameworks: ['express4', 'express5'],
  cookies: true,
  masks: [
    [/[0-9a-f]{64}\.[0-9a-f]{64}/g, 'TOKEN'],
    [/W\/\\"81-[^\\]+\\"/g, 'ETAG'],
  ],
  build({ framework, log }) {
    const { doubleCsrfProtection, generateCsrfToken } = doubleCsrf({
      getSecret: () => 'tea',
      getSessionIdentifier: req => req.headers['x-session'] ?? '',
      cookieName: 'csrf',
      cookieOptions: { secure: false },
    })
    const app = framework.module()
    app.use(cookieParser('tea'))
    app.get('/form', (req, res) => {
      token = generateCsrfToken(req, res)
      res.cookie('signed', 'yes', { signed: true }).send(token)
    })
    app.get('/cookies', (req, res) => res.json([Object.keys(req.cookies), req.signedCookies]))
    app.post('/form', doubleCsrfProtection, (_req, res) => res.send('accepted'))
    app.use((error, _req, res, _next) => {
      log.push(`${error.code} ${error.message}`)
      res.status(error.status ?? 500).send(error.message)
    })
    return { app }
  },
  exchanges: [
    { name: 'a form without a token', method: 'POST', path: '/form', logs: 1 },
    { name: 'a token', path: '/form' },
    { name: 'its cookies', path: '/cookies' },
    {
      name: 'a form with it',
      drive: ({ request }) => request({ method: 'POST', path: '/form', headers: { 'X-CSRF-Token': token } }),
    },
    {
      name: 'a form with it, in another session',
      logs: 1,
      drive: ({ request }) =>
        request({ method: 'POST', path: '/form', headers: { 'X-CSRF-Token': token, 'X-Session': 'b' } }),
    },
    { name: 'a forged token', method: 'POST', path: '/form', headers: { 'X-CSRF-Token': 'forged' }, logs: 1 },
  ],
}
