// The answers by node:http, by @nsgi/server/http in its place with DROP_IN set, or by node:https with a certificate.
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { Readable } from 'node:stream'
import { createServer as createDropIn } from '@nsgi/server/http'
import { article, bytes, chunks, HELLO, itemsIn, lengthOf, sizeIn, textOf } from './answers.ts'

function handle(request: IncomingMessage, response: ServerResponse): void {
  const { url = '' } = request
  if (url === '/') answer(response, 'text/plain', HELLO)
  else if (request.method === 'POST') post(request, response).catch(() => response.destroy())
  else if (url === '/json') answer(response, 'application/json', JSON.stringify(article()))
  else if (url.startsWith('/bytes/')) answer(response, 'application/octet-stream', bytes(sizeIn(url)))
  else if (url.startsWith('/stream/')) {
    response.setHeader('content-type', 'application/octet-stream')
    Readable.from(chunks(sizeIn(url))).pipe(response)
  } else response.writeHead(404).end()
}

/** Rejects when the client leaves within the body: wrk ends by resetting its connections. */
async function post(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/json') {
    const items = itemsIn(await textOf(request))
    answer(response, 'application/json', JSON.stringify({ items }))
  } else answer(response, 'text/plain', String(await lengthOf(request)))
}

function answer(response: ServerResponse, type: string, body: string | Uint8Array): void {
  response.setHeader('content-type', type)
  response.end(body)
}

const { LISTEN, CERTIFICATE, KEY, DROP_IN } = process.env
const create = DROP_IN === undefined ? createServer : createDropIn
const server =
  CERTIFICATE === undefined || KEY === undefined
    ? create(handle)
    : createSecureServer({ cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) }, handle)
// As long as Kirin's: idle connections are measured, too.
server.keepAliveTimeout = 65_000
server.listen(Number(LISTEN), '127.0.0.1')
