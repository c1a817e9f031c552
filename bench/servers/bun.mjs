// The answers by Bun.serve, run by Bun itself.
import { article, bytes, chunks, HELLO, itemsIn, lengthOf, sizeIn, textOf } from '../dist/servers/answers.js'

Bun.serve({
  port: Number(process.env.LISTEN),
  hostname: '127.0.0.1',
  maxRequestBodySize: 2 ** 31,
  async fetch(request) {
    const path = new URL(request.url).pathname
    if (path === '/') return answer('text/plain', HELLO)
    if (request.method === 'POST') {
      if (path === '/json') return Response.json({ items: itemsIn(await textOf(request.body)) })
      return answer('text/plain', String(await lengthOf(request.body)))
    }
    if (path === '/json') return Response.json(article())
    if (path.startsWith('/bytes/')) return answer('application/octet-stream', bytes(sizeIn(path)))
    if (path.startsWith('/stream/')) return answer('application/octet-stream', chunks(sizeIn(path)))
    return new Response(null, { status: 404 })
  },
})

function answer(type, body) {
  return new Response(body, { headers: { 'content-type': type } })
}
