// A tea shop: an ordinary Express application with ordinary middleware. Nothing in here knows about NSGI; `kirin app.js`
// sees that the default export is an Express application and puts @nsgi/adapters-express around it.
import { fileURLToPath } from 'node:url'
import compression from 'compression'
import cookieSession from 'cookie-session'
import express from 'express'
import helmet from 'helmet'
import morgan from 'morgan'
import { cart } from './routes/cart.js'
import { clock } from './routes/clock.js'
import { failures, missing } from './routes/failures.js'
import { health } from './routes/health.js'
import { orders } from './routes/orders.js'
import { products } from './routes/products.js'
import { report } from './routes/report.js'
import { uploads } from './routes/uploads.js'

const app = express()

app.disable('x-powered-by')
app.use(
  helmet({
    // Everything comes from the shop itself. upgrade-insecure-requests and HSTS would break it on plain http.
    contentSecurityPolicy: { directives: { styleSrc: ["'self'"], upgradeInsecureRequests: null } },
    strictTransportSecurity: false,
  }),
)
// Kirin writes the access log; this is a line for what went wrong.
app.use(morgan(':method :url :status :response-time ms', { skip: (_request, response) => response.statusCode < 400 }))
app.use(compression())
app.use(express.static(fileURLToPath(new URL('public', import.meta.url))))

// The workers share no memory: what a customer has done is in the signed cookie, so any worker can answer.
app.use(
  cookieSession({
    name: 'shop',
    keys: [process.env.SESSION_KEY ?? 'for trying it out only'],
    maxAge: 24 * 60 * 60 * 1000,
    sameSite: 'lax',
  }),
)
app.use(express.json({ limit: '100kb' }))

app.use('/api/products', products)
app.use('/api/cart', cart)
app.use('/api/orders', orders)
app.use('/api/uploads', uploads)
app.use('/api/clock', clock)
app.use('/api/report.csv', report)
app.use('/health', health)
app.get('/api/broken', () => {
  throw new Error('This page is broken on purpose')
})

app.use(missing)
app.use(failures)

export default app
