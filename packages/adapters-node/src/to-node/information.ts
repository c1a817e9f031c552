import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { ResponseHeaders } from '@nsgi/spec'
import { sendableFields } from './headers.ts'

/**
 * Sends a 1xx other than 101 before the head (NSGI RES-31). Throws a RangeError for another status and a TypeError for fields that
 * cannot be sent. A no-op after the head, to HTTP/1.0, and while another response has the connection. Node 20 has no
 * public method for any status and field, so the bytes go to the socket, which nothing else uses yet.
 */
export function sendInformation(res: ServerResponse, status: number, headers: ResponseHeaders): void {
  if (!Number.isInteger(status) || status < 100 || status > 199 || status === 101) {
    throw new RangeError(`Status ${status} is not an informational one that may be sent`)
  }
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
  for (const [name, value] of sendableFields(headers)) {
    for (const line of Array.isArray(value) ? value : [value]) head += `${name}: ${line}\r\n`
  }
  if (status === 100) sendContinue(res)
  else if (!res.headersSent && res.req.httpVersion === '1.1') res.socket?.write(`${head}\r\n`, 'latin1')
}

/** Sends 100 Continue, at most once, before the head (NSGI EXP-02), and not to HTTP/1.0, which does not know it (NSGI EXP-03). */
export function sendContinue(res: ServerResponse): void {
  const { _sent100 } = res as { _sent100?: boolean }
  if (!_sent100 && !res.headersSent && res.req.httpVersion === '1.1') res.writeContinue()
}
