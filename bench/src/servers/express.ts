// The answers by Express: listens itself with LISTEN set, else is for Kirin to serve.
import { Readable } from 'node:stream'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { article, bytes, chunks, HELLO, lengthOf } from './answers.ts'

const app: Express = express()
app.get('/', (_request, response) => {
  response.type('text/plain').send(HELLO)
})
app.get('/json', (_request, response) => {
  response.json(article())
})
app.get('/bytes/:size', (request, response) => {
  response.type('application/octet-stream').send(bytes(Number(request.params.size)))
})
app.get('/stream/:size', (request, response) => {
  response.type('application/octet-stream')
  Readable.from(chunks(Number(request.params.size))).pipe(response)
})
app.post('/json', express.json({ limit: '1mb' }), (request, response) => {
  response.json({ items: (request.body as { items: unknown[] }).items.length })
})
app.post('/upload', async (request, response) => {
  response.type('text/plain').send(String(await lengthOf(request)))
})
// wrk ends by resetting its connections: not worth a line each.
// oxlint-disable-next-line max-params -- Express knows an error handler by its four
const ignoreLoss: ErrorRequestHandler = (_error, _request, response, _next) => {
  response.destroy()
}
app.use(ignoreLoss)
if (process.env.LISTEN !== undefined) app.listen(Number(process.env.LISTEN), '127.0.0.1')

export default app
