// What 'clientError' is told, and the client where nobody listens: node's errors with node's codes, and its few bytes.
import type { Rejection, RejectionCode } from '../exchange/rejections.ts'
import type { ParserFault } from '../http1/parser.ts'

/** An error of a client's. */
export interface ClientError extends Error {
  readonly code: string
}

/** llhttp's number for bytes behind a request that asked for the connection to be closed. */
export const CLOSED_CONNECTION = 5

/** llhttp's number for what follows a listener that has thrown. */
export const CB_HEADERS_COMPLETE = 17

/** llhttp's names for its errors, by number (`llhttp_errno_t`); those between are of callbacks that nobody has here. */
const names: readonly (string | undefined)[] = [
  'OK',
  'INTERNAL',
  'STRICT',
  'LF_EXPECTED',
  'UNEXPECTED_CONTENT_LENGTH',
  'CLOSED_CONNECTION',
  'INVALID_METHOD',
  'INVALID_URL',
  'INVALID_CONSTANT',
  'INVALID_VERSION',
  'INVALID_HEADER_TOKEN',
  'INVALID_CONTENT_LENGTH',
  'INVALID_CHUNK_SIZE',
  'INVALID_STATUS',
  'INVALID_EOF_STATE',
  'INVALID_TRANSFER_ENCODING',
  'CB_MESSAGE_BEGIN',
  'CB_HEADERS_COMPLETE',
  'CB_MESSAGE_COMPLETE',
  'CB_CHUNK_HEADER',
  'CB_CHUNK_COMPLETE',
  'PAUSED',
  'PAUSED_UPGRADE',
  'PAUSED_H2_UPGRADE',
  'USER',
  'CR_EXPECTED',
  undefined,
  undefined,
  undefined,
  undefined,
  'UNEXPECTED_SPACE',
]

/** The codes for what this engine refuses by itself. */
const codes: Readonly<Partial<Record<RejectionCode, string>>> = {
  TOO_MANY_FIELDS: 'HPE_HEADER_OVERFLOW',
  HEAD_TOO_LARGE: 'HPE_HEADER_OVERFLOW',
  FRAMING_CONFLICT: 'HPE_INVALID_TRANSFER_ENCODING',
  CODING_ON_HTTP10: 'HPE_INVALID_TRANSFER_ENCODING',
  CODING_INVALID: 'HPE_INVALID_TRANSFER_ENCODING',
  CODING_UNKNOWN: 'HPE_INVALID_TRANSFER_ENCODING',
  LENGTH_INVALID: 'HPE_INVALID_CONTENT_LENGTH',
  LENGTH_TOO_LARGE: 'HPE_INVALID_CONTENT_LENGTH',
  CHUNK_OVERHEAD: 'HPE_CHUNK_EXTENSIONS_OVERFLOW',
  VERSION: 'HPE_INVALID_VERSION',
  MALFORMED: 'HPE_STRICT',
}

/** What was refused, by llhttp or by a rule of this engine, and where. */
export interface Refused {
  readonly rejection: Rejection
  readonly fault: ParserFault | undefined
  /** The bytes that were read last. */
  readonly packet: Buffer
  /** How many of them were taken. */
  readonly parsed: number
}

/** The error for what was refused. */
export function refusalError({ rejection, fault, packet, parsed }: Refused): ClientError {
  const own = codes[rejection.code]
  const code = fault === undefined ? (own ?? 'HPE_INTERNAL') : `HPE_${names[fault.errno] ?? 'INTERNAL'}`
  const reason = fault?.reason ?? (own === 'HPE_HEADER_OVERFLOW' ? 'Header overflow' : rejection.reason)
  const error = new Error(`Parse Error: ${reason}`)
  return Object.assign(error, { bytesParsed: parsed, code, reason, rawPacket: packet })
}

/** The connection's encoding is HTTP's own (RFC 9112 §2.2). */
export function encodingError(): ClientError {
  const message = 'Changing the socket encoding is not allowed per RFC7230 Section 3.'
  return Object.assign(new Error(message), { code: 'ERR_HTTP_SOCKET_ENCODING' })
}

/** The client closed its side within a request. */
export function truncationError(): ClientError {
  const details = { bytesParsed: 0, code: 'HPE_INVALID_EOF_STATE', reason: 'Invalid EOF state' }
  return Object.assign(new Error('Parse Error'), details)
}

/** A request took longer than its server lets it. */
export function timeoutError(): ClientError {
  return Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
}

/** What a request emits whose client is gone. */
export function abortedError(): ClientError {
  return Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
}

const statuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** The whole response to an error that nobody listens for. */
export function answerTo(error: Error & { readonly code?: unknown }): string {
  return `HTTP/1.1 ${statuses[String(error.code)] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`
}
