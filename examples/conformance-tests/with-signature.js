// A middleware, as vitest/middleware.test.js looks at it: it signs every response.
import { derive, wrap } from '@nsgi/spec/middleware'

export const withSignature = application =>
  wrap(application, async (_request, _context, next) => {
    const response = await next()
    return derive(response, { headers: { ...response.headers, 'x-signed-by': 'ada' } })
  })
