import { readFileSync, rmSync } from 'node:fs'
import { koaBody } from 'koa-body'
import { lostUpload } from './support/lost-upload.mjs'
import { multipart } from './support/multipart.mjs'

const json = { 'Content-Type': 'application/json' }
const post = (name, rest) => ({ name, method: 'POST', path: '/', ...rest })

export const scenario = {
  packages: ['koa-body'],
  frameworks: ['koa2', 'koa3'],
  build({ framework, log }) {
    const app = new framework.module()
    app.on('error', error => log.push(error.type ?? error.message))
    app.use(koaBody({ multipart: true, jsonLimit: 1000, textLimit: 100, formidable: { maxFileSize: 300_000 } }))
    app.use(ctx => {
      const files = Object.entries(ctx.request.files ?? {}).map(([name, file]) => {
        const { length } = readFileSync(file.filepath)
        rmSync(file.filepath)
        return [name, file.originalFilename, file.mimetype, file.size === length, length]
      })
      ctx.body = [ctx.request.body ?? null, files]
    })
    return { app }
  },
  exchanges: [
    post('JSON', { headers: json, body: '{"a":"ü"}' }),
    post('JSON in chunks', { headers: json, body: '{"a":"ü"}', chunks: 3 }),
    post('no JSON', { headers: json, body: '{"a"', logs: 1 }),
    post('JSON that is too long', { headers: json, body: JSON.stringify('j'.repeat(2000)), logs: 1 }),
    post('a form', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'a=1&b=%C3%BC' }),
    post('text', { headers: { 'Content-Type': 'text/plain' }, body: 'text' }),
    post('text that is too long', {
      headers: { 'Content-Type': 'text/plain' },
      body: 't'.repeat(200),
      chunks: 50,
      logs: 1,
    }),
    post(
      'a file and a field',
      multipart('/', [
        { name: 'note', body: 'hi' },
        { name: 'file', filename: 'a.txt', body: 'f'.repeat(200_000) },
      ]),
    ),
    post('GET', { method: 'GET' }),
    post('no body', {}),
    { ...lostUpload('/', { ...json, 'Content-Length': '900' }), logs: 2 },
  ],
}
