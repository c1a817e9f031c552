import type { ResponseHeaders } from './response.ts'

/** Header fields by lower-case name on a null-prototype object; values are bytes as latin1. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>

/** One end of the connection. `port` is `null` on a UNIX socket. */
export interface Endpoint {
  readonly address: string
  readonly port: number | null
}

/** What is known of the TLS session that a request came over. */
export interface TlsInfo {
  /** Protocol version, as `TLSv1.3`. */
  readonly version: string
  /** The protocol agreed by ALPN, `null` when none was. */
  readonly alpn: string | null
  /** The name the client asked for (SNI), `null` when it named none. */
  readonly servername: string | null
  /** The client's certificate as `tls.TLSSocket#getPeerCertificate` gives it, `null` without one. */
  readonly peerCertificate: object | null
}

/**
 * A request, as plain data. Every member may be a lazy accessor, gives the same value at each read,
 * and works through `Object.create(request, overrides)`: middleware derives a request, it never
 * mutates its caller's. Names without a dot are reserved; middleware adds its own under symbols or
 * dotted names (`session.id`).
 */
export interface GatewayRequest {
  /** The method token exactly as received (RFC 9110 §9.1). */
  readonly method: string

  /** The request-target exactly as received: origin, absolute, authority or asterisk form (RFC 9112 §3.2). */
  readonly target: string

  /** `""`, or the prefix under which the application is mounted, without a trailing slash: `/api`. */
  readonly mount: string

  /**
   * What follows the mount, percent-encoded as received and never normalised. `mount + path` is the
   * whole path; `*` for `OPTIONS *`, `""` for CONNECT.
   */
  readonly path: string

  /** What follows the first `?`, without it; `""` if there is none. */
  readonly query: string

  /** The scheme of the last hop, or as vouched for by a trusted proxy. */
  readonly scheme: 'http' | 'https'

  /** The authority of an absolute-form or authority-form target, else the Host field, else `""`. */
  readonly authority: string

  readonly httpVersion: '1.0' | '1.1' | '2' | '3'

  /** Lower-case names; duplicates joined in order by `, ` (`cookie` by `; `). */
  readonly headers: RequestHeaders

  /** `name, value, name, value…`: case, order and duplicates as received. */
  readonly rawHeaders: readonly string[]

  /**
   * `null` when the message has no content. Else a single-use iterable of non-empty chunks,
   * transfer-decoded, never content-decoded. A truncated body rejects; it never looks like the end.
   */
  readonly body: AsyncIterable<Uint8Array> | null

  /** `undefined` until the body has ended, then a record like `headers`. */
  readonly trailers: RequestHeaders | undefined

  readonly remote: Endpoint
  readonly local: Endpoint

  /** `null` on a connection without TLS. */
  readonly tls: TlsInfo | null

  /**
   * Aborts when the client is lost before the response completed, never after success. Made at first
   * access; a first access after the loss finds it aborted.
   */
  readonly signal: AbortSignal

  /**
   * The protocol that the client asks to switch to (`websocket`, or `connect` for CONNECT) where the
   * server can hand the connection over, else `undefined`.
   */
  readonly upgrade: string | undefined

  /**
   * Sends an informational response (1xx, as 103 Early Hints) before the head. A no-op after the head
   * or to an HTTP/1.0 client; absent where the server cannot.
   */
  readonly inform?: ((status: number, headers?: ResponseHeaders) => void) | undefined
}
