// Errors that node itself makes but does not export the classes of. They are known by their codes.
import { types } from 'node:util'

/** An error with one of node's codes. */
export interface CodedError extends Error {
  readonly code: string
}

function coded(message: string, code: string): CodedError {
  return Object.assign(new Error(message), { code })
}

/** What a request emits when its client is lost before the response is over: `ECONNRESET`, as on node:http. */
export function connectionReset(cause?: unknown): CodedError {
  const error = coded('aborted', 'ECONNRESET')
  return cause === undefined ? error : Object.assign(error, { cause })
}

/** The failure of the transport behind what a server reports as a loss, if it names one: what `net.Socket` emits as 'error'. */
export function transportFailure(reported: unknown): Error | undefined {
  let error = reported
  // Servers wrap it once or twice; the bound is against a cycle.
  for (let depth = 0; depth < 8 && types.isNativeError(error); depth++) {
    if ('syscall' in error) return error
    error = error.cause
  }
  return undefined
}

/** `writeHead` with a `Trailer` field beside a `Content-Length`: there is no chunked framing to carry them. */
export function trailerInvalid(): CodedError {
  return coded('Trailers are invalid with this transfer encoding', 'ERR_HTTP_TRAILER_INVALID')
}

/** The request's connection was destroyed by the handler within its response. */
export function destroyedByHandler(): CodedError {
  return coded('The handler destroyed the connection within its response', 'ERR_STREAM_DESTROYED')
}

/** Writing to the stand-in socket: the bytes of the connection belong to the server. */
export function rawSocketWrite(): CodedError {
  return coded('A gateway request has no raw socket to write to', 'ERR_METHOD_NOT_IMPLEMENTED')
}

/** What an 'upgrade' listener wrote to its socket is no response (RFC 9112 §4). */
export function invalidWrittenResponse(why: string): CodedError {
  return coded(
    `What was written to the socket of an upgrade is no HTTP response: ${why}`,
    'NSGI_INVALID_WRITTEN_RESPONSE',
  )
}

/** A status that no final response can have: 1xx, or 600 and above. */
export function statusNotFinal(status: number): CodedError {
  return Object.assign(new RangeError(`Invalid status code: ${status}`), { code: 'ERR_HTTP_INVALID_STATUS_CODE' })
}
