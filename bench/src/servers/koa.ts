// The answers by Koa: listens itself with LISTEN set, else is for Kirin to serve.
import { Readable } from 'node:stream'
import { fromKoa } from '@nsgi/adapters-koa'
import type { Application } from '@nsgi/spec'
import Koa from 'koa'
import { article, bytes, chunks, HELLO, itemsIn, lengthOf, sizeIn, textOf } from './answers.ts'

const app = new Koa()
// wrk ends by resetting its connections: not worth a line each.
app.silent = true
app.use(async context => {
  const { method, path } = context
  if (method === 'POST') {
    if (path === '/json') context.body = { items: itemsIn(await textOf(context.req)) }
    else context.body = String(await lengthOf(context.req))
  } else if (path === '/') context.body = HELLO
  else if (path === '/json') context.body = article()
  else if (path.startsWith('/bytes/')) context.body = bytes(sizeIn(path))
  else if (path.startsWith('/stream/')) context.body = Readable.from(chunks(sizeIn(path)))
})
if (process.env.LISTEN !== undefined) app.listen(Number(process.env.LISTEN), '127.0.0.1')

const application: Application = fromKoa(app)
export default application
