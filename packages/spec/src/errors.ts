/** A `code` of an error that comes from this package. */
export type GatewayErrorCode =
  | 'NSGI_BODY_TRUNCATED'
  | 'NSGI_BODY_USED'
  | 'NSGI_CLIENT_LOST'
  | 'NSGI_INVALID_RESPONSE'
  | 'NSGI_RESPONSE_DISCARDED'
  | 'NSGI_UNKNOWN_FAILURE'
  | 'NSGI_VIOLATION'

/** What an error says when there is no more to say. */
const ERROR_MESSAGES: Readonly<Record<GatewayErrorCode, string>> = {
  NSGI_BODY_TRUNCATED: 'the body ended before its declared length',
  NSGI_BODY_USED: 'the body was read already: it can be iterated once',
  NSGI_CLIENT_LOST: 'the client was lost before the response completed',
  NSGI_INVALID_RESPONSE: 'the application returned an invalid response',
  NSGI_RESPONSE_DISCARDED: 'the response was discarded: it was not sent',
  NSGI_UNKNOWN_FAILURE: 'something failed with undefined as its reason',
  NSGI_VIOLATION: 'lint saw a requirement broken',
}

/**
 * The one class of error of this package; `code` says which, `cause` what led to it. It is not exported: callers tell
 * errors apart by `code`, since `instanceof` fails as soon as two copies of a package are installed.
 */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: GatewayErrorCode

  constructor(code: GatewayErrorCode, message: string = ERROR_MESSAGES[code], options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
