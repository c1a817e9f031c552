// The server's one class of errors, known by its `code`.

/** Stable codes of `KirinError`. */
export type KirinErrorCode =
  | 'KIRIN_CLIENT_LOST'
  | 'KIRIN_CLIENT_STALLED'
  | 'KIRIN_REQUEST_TIMEOUT'
  | 'KIRIN_BODY_TRUNCATED'
  | 'KIRIN_BODY_MALFORMED'
  | 'KIRIN_BODY_TOO_LARGE'
  | 'KIRIN_BODY_TIMEOUT'
  | 'KIRIN_BODY_USED'
  | 'KIRIN_INVALID_RESPONSE'
  | 'KIRIN_RESPONSE_LENGTH'
  | 'KIRIN_RESPONSE_CUT'
  | 'KIRIN_INVALID_INFORM'
  | 'KIRIN_NOTHING_THROWN'
  | 'KIRIN_UPGRADE_CUT'
  | 'KIRIN_DROPPED'

/** What each code says by default. */
const MESSAGES: Readonly<Record<KirinErrorCode, string>> = {
  KIRIN_CLIENT_LOST: 'the client was lost before the response completed',
  KIRIN_CLIENT_STALLED: 'the client took no byte of its response for too long (--send-timeout)',
  KIRIN_REQUEST_TIMEOUT: 'the request took longer than it may (--request-timeout)',
  KIRIN_BODY_TRUNCATED: 'the request body ended early: the client was lost or closed its side',
  KIRIN_BODY_MALFORMED: 'the request body is malformed',
  KIRIN_BODY_TOO_LARGE: 'the request body is over the limit (--limit-request-body)',
  KIRIN_BODY_TIMEOUT: 'the request body did not arrive in time',
  KIRIN_BODY_USED: 'the request body is iterated already: it can be read once (BOD-04)',
  KIRIN_INVALID_RESPONSE: 'the application returned an invalid response',
  KIRIN_RESPONSE_LENGTH: 'the response body does not match its content-length',
  KIRIN_RESPONSE_CUT: 'the response broke off after its head',
  KIRIN_INVALID_INFORM: 'inform() takes a status from 100 to 199 other than 101',
  KIRIN_NOTHING_THROWN: 'the application failed with undefined or null for an error',
  KIRIN_UPGRADE_CUT: 'the upgraded connection closed before both sides had ended (UPG-05)',
  KIRIN_DROPPED: 'the application dropped the connection without an answer (nsgi.drop)',
}

/** An error of the server's own. Across packages it is known by `code`, never by `instanceof`. */
export class KirinError extends Error {
  readonly code: KirinErrorCode
  /** The requirement of the interface that was broken (`RES-06`), where one was. */
  readonly requirement: string | undefined

  constructor(
    code: KirinErrorCode,
    detail?: { readonly message?: string; readonly requirement?: string; readonly cause?: unknown },
  ) {
    super(detail?.message ?? MESSAGES[code], detail?.cause === undefined ? undefined : { cause: detail.cause })
    this.name = 'KirinError'
    this.code = code
    this.requirement = detail?.requirement
  }
}
