// The answers by Fastify: listens itself with LISTEN set, else is for Kirin to serve.
import { Readable } from 'node:stream'
import { fromFastify } from '@nsgi/adapters-fastify'
import type { Application } from '@nsgi/spec'
import Fastify from 'fastify'
import { article, bytes, chunks, HELLO, lengthOf } from './answers.ts'

const app = Fastify()
app.get('/', (_request, reply) => reply.type('text/plain').send(HELLO))
app.get('/json', (_request, reply) => reply.send(article()))
app.get<{ Params: { size: string } }>('/bytes/:size', (request, reply) =>
  reply.send(bytes(Number(request.params.size))),
)
app.get<{ Params: { size: string } }>('/stream/:size', (request, reply) =>
  reply.type('application/octet-stream').send(Readable.from(chunks(Number(request.params.size)))),
)
app.post<{ Body: { items: unknown[] } }>('/json', (request, reply) => reply.send({ items: request.body.items.length }))
// wrk sends no content type with plain bytes.
app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
app.post('/upload', async request => String(await lengthOf(request.raw)))
if (process.env.LISTEN !== undefined) await app.listen({ port: Number(process.env.LISTEN), host: '127.0.0.1' })

const application: Application = fromFastify(app)
export default application
