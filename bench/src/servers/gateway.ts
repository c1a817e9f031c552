// The answers as a gateway application.
import type { GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { article, bytes, chunks, HELLO, itemsIn, lengthOf, sizeIn, textOf } from './answers.ts'

const TEXT = 'text/plain'
const JSON_TYPE = 'application/json'
const BYTES = 'application/octet-stream'

export default function application(request: GatewayRequest): GatewayResponse | Promise<GatewayResponse> {
  const { path } = request
  if (path === '/') return answer(TEXT, HELLO)
  if (request.method === 'POST') return post(request)
  if (path === '/json') return answer(JSON_TYPE, JSON.stringify(article()))
  if (path.startsWith('/bytes/')) return answer(BYTES, bytes(sizeIn(path)))
  if (path.startsWith('/stream/')) return answer(BYTES, chunks(sizeIn(path)))
  return { status: 404 }
}

async function post({ path, body }: GatewayRequest): Promise<GatewayResponse> {
  if (path === '/json') return answer(JSON_TYPE, JSON.stringify({ items: itemsIn(await textOf(body ?? empty())) }))
  return answer(TEXT, String(await lengthOf(body ?? empty())))
}

async function* empty(): AsyncGenerator<Uint8Array> {}

function answer(type: string, body: NonNullable<GatewayResponse['body']>): GatewayResponse {
  return { status: 200, headers: { 'content-type': type }, body }
}
