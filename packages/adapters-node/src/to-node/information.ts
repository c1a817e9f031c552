import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { ResponseHeaders } from '@nsgi/spec'
import { sendableFields } from './headers.ts'

/**
 * Sends a 1xx before the head. A no-op after it, to HTTP/1.0, and while an earlier response has the connection. Node 20
 * has no public method for any status and field, so the bytes go to the socket, which nothing else uses yet.
 */
export function sendInformation(res: ServerResponse, status: number, headers: ResponseHeaders): void {
  if (res.headersSent || res.socket === null || res.req.httpVersion === '1.0') return
  if (!Number.isInteger(status) || status < 102 || status > 199) return
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
  for (const [name, value] of sendableFields(headers)) {
    for (const line of Array.isArray(value) ? value : [value]) head += `${name}: ${line}\r\n`
  }
  res.socket.write(`${head}\r\n`, 'latin1')
}
