import { Router } from 'express'

export const health = Router()

/** Which worker answers, and since when it runs (seconds). */
health.get('/', (_request, response) => {
  response.set('cache-control', 'no-store').json({ status: 'ok', worker: process.pid, uptime: process.uptime() })
})
