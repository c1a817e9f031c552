// Why a request is refused: one table of codes, each with the status that the peer is told.

/** A refusal: the peer is answered with `status` and the connection is closed; `reason` is for the log. */
export interface Rejection {
  readonly code: RejectionCode
  readonly status: number
  readonly reason: string
}

/** Stable names of the refusals, as they stand in the error log. */
export type RejectionCode =
  | 'REQUEST_LINE_TOO_LONG'
  | 'FIELD_TOO_LARGE'
  | 'TOO_MANY_FIELDS'
  | 'HEAD_TOO_LARGE'
  | 'MALFORMED'
  | 'MALFORMED_BODY'
  | 'INCOMPLETE'
  | 'HEAD_TIMEOUT'
  | 'TARGET_FORM'
  | 'TARGET_CHARACTER'
  | 'HOST_MISSING'
  | 'HOST_REPEATED'
  | 'HOST_INVALID'
  | 'FORWARDED_INVALID'
  | 'FORWARDED_CONFLICT'
  | 'CONTENT_TYPE_REPEATED'
  | 'AUTHORIZATION_REPEATED'
  | 'FRAMING_CONFLICT'
  | 'CODING_ON_HTTP10'
  | 'CODING_INVALID'
  | 'CODING_UNKNOWN'
  | 'LENGTH_INVALID'
  | 'LENGTH_TOO_LARGE'
  | 'CHUNK_OVERHEAD'
  | 'BODY_TOO_LARGE'
  | 'BODY_TIMEOUT'
  | 'BODY_UNREAD'
  | 'EXPECTATION'
  | 'METHOD_UNKNOWN'
  | 'VERSION'

const TABLE: Readonly<Record<RejectionCode, readonly [status: number, reason: string]>> = {
  REQUEST_LINE_TOO_LONG: [414, 'request line over --limit-request-line'],
  FIELD_TOO_LARGE: [431, 'header field over --limit-request-field-size'],
  TOO_MANY_FIELDS: [431, 'more header fields than --limit-request-fields'],
  HEAD_TOO_LARGE: [431, 'head over --limit-request-head'],
  MALFORMED: [400, 'malformed request'],
  MALFORMED_BODY: [400, 'malformed chunked body'],
  INCOMPLETE: [400, 'connection ended within a request'],
  HEAD_TIMEOUT: [408, 'the head of a request did not arrive in time'],
  TARGET_FORM: [400, 'request-target in a form that the method does not allow (RFC 9112 §3.2)'],
  TARGET_CHARACTER: [400, 'character in the request-target that is not allowed there'],
  HOST_MISSING: [400, 'HTTP/1.1 request without Host (RFC 9112 §3.2)'],
  HOST_REPEATED: [400, 'more than one Host field (RFC 9112 §3.2)'],
  HOST_INVALID: [400, 'invalid Host (RFC 9112 §3.2)'],
  FORWARDED_INVALID: [400, 'a trusted proxy forwards what cannot be understood'],
  FORWARDED_CONFLICT: [400, 'forwarded fields contradict each other'],
  CONTENT_TYPE_REPEATED: [400, 'more than one Content-Type field (RFC 9110 §5.3)'],
  AUTHORIZATION_REPEATED: [400, 'more than one Authorization field (RFC 9110 §5.3)'],
  FRAMING_CONFLICT: [400, 'Transfer-Encoding with Content-Length (RFC 9112 §6.1)'],
  CODING_ON_HTTP10: [400, 'Transfer-Encoding on HTTP/1.0 (RFC 9112 §6.1)'],
  CODING_INVALID: [400, 'invalid Transfer-Encoding (RFC 9112 §6.1)'],
  CODING_UNKNOWN: [501, 'transfer coding other than chunked (RFC 9112 §6.1)'],
  LENGTH_INVALID: [400, 'invalid Content-Length (RFC 9112 §6.2)'],
  LENGTH_TOO_LARGE: [413, 'Content-Length beyond any length that can be counted'],
  CHUNK_OVERHEAD: [413, 'chunk extensions or trailers out of proportion'],
  BODY_TOO_LARGE: [413, 'body over --limit-request-body'],
  BODY_TIMEOUT: [408, 'no byte of the body came within --client-body-timeout'],
  BODY_UNREAD: [
    408,
    'the application took no byte of the body for too long: whether the client is still there is unknown',
  ],
  EXPECTATION: [417, 'unknown expectation (RFC 9110 §10.1.1)'],
  METHOD_UNKNOWN: [501, 'method unknown to the parser'],
  VERSION: [505, 'HTTP version other than 1.0 and 1.1'],
}

/** All codes with their status, for documentation and tests. */
export const REJECTIONS: Readonly<Record<RejectionCode, Rejection>> = Object.fromEntries(
  Object.entries(TABLE).map(([code, [status, reason]]) => [code, { code, status, reason }] as const),
) as Record<RejectionCode, Rejection>

/** The refusal of that code; `detail` (the parser's words, say) stands behind the reason in the log. */
export function rejection(code: RejectionCode, detail?: string): Rejection {
  const known = REJECTIONS[code]
  return detail === undefined ? known : { code, status: known.status, reason: `${known.reason}: ${detail}` }
}
