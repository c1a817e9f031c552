// Where Kirin is stricter than RFC 9112 read by the letter: each of its refusals that the reference does not share needs
// a reason here. The other direction has no table: what the reference refuses, Kirin must refuse.
import type { RejectionCode } from '@nsgi/server/internal/exchange/rejections'

/** Why Kirin refuses with that code what the RFC's grammar would let pass. */
export const STRICTER: Readonly<Partial<Record<RejectionCode, string>>> = {
  METHOD_UNKNOWN: 'methods that llhttp does not know: 501 (RFC 9110 §9.1)',
  REQUEST_LINE_TOO_LONG: 'a limit',
  FIELD_TOO_LARGE: 'a limit',
  TOO_MANY_FIELDS: 'a limit, on trailers too',
  HEAD_TOO_LARGE: 'a limit',
  CONTENT_TYPE_REPEATED: 'two readers would choose differently (RFC 9110 §5.3)',
  AUTHORIZATION_REPEATED: 'two readers would choose differently (RFC 9110 §5.3)',
  HOST_INVALID: 'a comma, which RFC 3986 §3.2.2 has in names; a port without a host or beyond 65535; no IPv6 address',
  TARGET_FORM: 'the same in the authority of a target',
  CHUNK_OVERHEAD: 'a limit on chunk extensions and trailers',
  LENGTH_INVALID: 'a tab behind the digits of Content-Length, which RFC 9110 §5.5 would have trimmed',
  CODING_INVALID: 'a tab behind `chunked`, which llhttp does not take for white space',
  EXPECTATION: '`100-continue` twice, which RFC 9110 §10.1.1 has as a list',
  MALFORMED_BODY:
    'no white space within chunk extensions, which RFC 9112 §7.1.1 calls "bad" and permits; sizes beyond 64 bits',
}

/**
 * Methods of RTSP, and HTTP/2's preface, which llhttp knows and has no HTTP/1.1 behind; and CONNECT, whose content is
 * looked at by Kirin although it means nothing.
 */
const NOT_HTTP =
  /^(?:CONNECT|PRI|DESCRIBE|ANNOUNCE|SETUP|PLAY|PAUSE|TEARDOWN|GET_PARAMETER|SET_PARAMETER|REDIRECT|RECORD|FLUSH)$/

/** Whether the table allows that refusal of a request with that method. */
export function isStricter(code: string, method: string): boolean {
  return STRICTER[code as RejectionCode] !== undefined || NOT_HTTP.test(method)
}

/** llhttp does not see the `keep-alive` of an HTTP/1.0 client that stands beside a tab: Kirin closes, as a server always may. */
const UNSEEN_KEEP_ALIVE = /connection:[^\r\n]*\t/i

/** Whether Kirin may close that stream where the reference goes on. */
export function mayClose(stream: string): boolean {
  return UNSEEN_KEEP_ALIVE.test(stream)
}
