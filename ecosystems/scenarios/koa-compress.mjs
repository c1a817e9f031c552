import { Readable } from 'node:stream'
import compress from 'koa-compress'

const bodies = {
  '/text': () => 't'.repeat(5000),
  '/json': () => ({ json: 'j'.repeat(5000) }),
  '/small': () => 'small',
  '/stream': () => Readable.from(Array.from({ length: 200 }, (_, i) => `${i} ${'s'.repeat(1000)}\n`)),
  '/buffer': () => Buffer.alloc(4000),
}

export const scenario = {
  packages: ['koa-compress'],
  frameworks: ['koa2', 'koa3'],
  build({ framework }) {
    const app = new framework.module()
    app.use(compress({ threshold: 500 }))
    app.use(ctx => {
      if (ctx.path === '/buffer') ctx.type = 'image/png'
      if (ctx.path === '/stream') ctx.type = 'text/plain'
      ctx.body = bodies[ctx.path]()
    })
    return { app }
  },
  exchanges: Object.keys(bodies).flatMap(path => [
    { name: `${path} by gzip`, path, headers: { 'Accept-Encoding': 'gzip' } },
    { name: `${path} by brotli`, path, headers: { 'Accept-Encoding': 'br' } },
    { name: `${path} as it is`, path },
    { name: `HEAD of ${path}`, method: 'HEAD', path, headers: { 'Accept-Encoding': 'gzip' } },
  ]),
}
