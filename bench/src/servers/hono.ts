// The answers by Hono, those that are not streams: listens itself with LISTEN set, by its own server for node, else is for Kirin to serve.
import { serve } from '@hono/node-server'
import { fromFetch } from '@nsgi/adapters-fetch'
import type { Application } from '@nsgi/spec'
import { Hono } from 'hono'
import { article, HELLO } from './answers.ts'

const app = new Hono()
app.get('/', context => context.text(HELLO))
app.get('/json', context => context.json(article()))
app.post('/json', async context => {
  const { items } = await context.req.json<{ items: unknown[] }>()
  return context.json({ items: items.length })
})
if (process.env.LISTEN !== undefined)
  serve({ fetch: app.fetch, port: Number(process.env.LISTEN), hostname: '127.0.0.1' })

const application: Application = fromFetch(app)
export default application
