import serve from 'koa-static'
import { files } from './support/files.mjs'

export const scenario = {
  packages: ['koa-static'],
  frameworks: ['koa2', 'koa3'],
  build({ framework, log }) {
    const app = new framework.module()
    app.on('error', error => log.push(error.code ?? error.message))
    app.use(serve(files, { maxage: 60_000, extensions: ['js'], setHeaders: res => res.setHeader('X-Own', 'ours') }))
    app.use(ctx => {
      ctx.body = 'behind'
    })
    return { app }
  },
  exchanges: [
    { name: 'a file', path: '/data.txt' },
    { name: 'a large file', path: '/large.bin' },
    { name: 'HEAD', method: 'HEAD', path: '/large.bin' },
    { name: 'an index', path: '/' },
    { name: 'an extension', path: '/app' },
    { name: 'hidden', path: '/.hidden' },
    { name: 'a way out', path: '/../package.json' },
    { name: 'not decodable', path: '/%zz' },
    { name: 'not there', path: '/missing' },
    { name: 'POST', method: 'POST', path: '/data.txt', body: 'x' },
    { name: 'not modified', path: '/data.txt', headers: { 'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' } },
  ],
}
