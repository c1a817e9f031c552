import { rateLimit } from 'express-rate-limit'

export const scenario = {
  packages: ['express-rate-limit'],
  frameworks: ['express4', 'express5'],
  // Seconds until the window ends, and who asks from which address hashed.
  masks: [
    [/(reset[:=] ?|t=|retry-after: )\d+/g, '$1SECONDS'],
    [/x-ratelimit-reset: \d+/g, 'x-ratelimit-reset: TIME'],
  ],
  build({ framework, log }) {
    const app = framework.module()
    const handler = (req, res, _next, { statusCode, message }) => {
      log.push(`limited ${req.ip}`)
      res.status(statusCode).send(message)
    }
    app.use(
      '/draft',
      rateLimit({ windowMs: 60_000, limit: 2, standardHeaders: 'draft-7', legacyHeaders: true, handler }),
      (_req, res) => res.send('let through'),
    )
    app.use(
      '/failed',
      rateLimit({
        windowMs: 60_000,
        limit: 2,
        standardHeaders: 'draft-8',
        legacyHeaders: false,
        skipSuccessfulRequests: true,
      }),
      (req, res) => res.status(req.url === '/ok' ? 200 : 401).send('counted'),
    )
    app.use('/own', rateLimit({ limit: 1, keyGenerator: req => req.headers['x-key'], validate: false }), (req, res) =>
      res.json(req.rateLimit.remaining),
    )
    return { app }
  },
  exchanges: [
    { name: 'the first', path: '/draft' },
    { name: 'the second', path: '/draft' },
    { name: 'the third', path: '/draft', logs: 1 },
    ...['/failed/ok', '/failed/ok', '/failed/no', '/failed/no', '/failed/ok'].map((path, i) => ({
      name: `only failures count ${i}`,
      path,
    })),
    { name: 'a key', path: '/own', headers: { 'X-Key': 'a' } },
    { name: 'another key', path: '/own', headers: { 'X-Key': 'b' } },
    { name: 'the key again', path: '/own', headers: { 'X-Key': 'a' } },
  ],
}
