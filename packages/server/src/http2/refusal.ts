// The answer to a request that is not for the application.
import type { ServerHttp2Stream } from 'node:http2'
import { REASON_PHRASES } from '../exchange/reason-phrases.ts'

/** Sends the whole answer, the same as over HTTP/1. */
export function sendRefusal(stream: ServerHttp2Stream, status: number): void {
  if (stream.destroyed || stream.closed) return
  const text = `${status} ${REASON_PHRASES[status] ?? 'Error'}\n`
  const fields = { 'content-type': 'text/plain; charset=utf-8', 'content-length': `${text.length}` }
  stream.respond({ ':status': status, ...fields })
  stream.end(text)
}
