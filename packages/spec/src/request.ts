import type { ResponseHeaders } from './response.ts'

/** Fields by lower-case name on an object without a prototype; values are bytes as latin1 (REQ-19, REQ-21). */
export type RequestHeaders = Readonly<Record<string, string | undefined>>

/** One end of the connection. */
export interface Endpoint {
  /**
   * An IP address without brackets; on a UNIX socket its path, or `""`. A trusted proxy may have another word for a client: `unknown`,
   * `_hidden` (RFC 7239 §6).
   */
  readonly address: string
  /** `null` on a UNIX socket (REQ-28), and where a trusted proxy does not tell it. */
  readonly port: number | null
}

/** What is known of the TLS session that a request came over. */
export interface TlsInfo {
  /** Protocol version as Node names it: `TLSv1.3`. */
  readonly version: string
  /** The protocol agreed by ALPN (RFC 7301), `null` when none was. */
  readonly alpn: string | null
  /** The name the client asked for (SNI, RFC 6066 §3), `null` when it named none. */
  readonly servername: string | null
  /** The client's certificate as `tls.TLSSocket#getPeerCertificate` gives it, `null` without one. */
  readonly peerCertificate: object | null
  /**
   * Whether the server has found that the certificate comes from an authority that it trusts for clients. A server that
   * does not say must be taken not to have.
   */
  readonly authorized?: boolean | undefined
}

/**
 * A request, as plain data. Every member may be a lazy accessor, gives the same value at each read (REQ-24), and works
 * through `Object.create(request, overrides)` (REQ-25): middleware derives a request, it never mutates its caller's
 * (MID-02). Names without a dot are reserved; middleware adds its own under symbols or dotted names, as `session.id`
 * (REQ-26).
 */
export interface GatewayRequest {
  /** The method token exactly as received, never upper-cased (REQ-02, RFC 9110 §9.1). */
  readonly method: string

  /** The request-target exactly as received: origin, absolute, authority or asterisk form (REQ-03, RFC 9112 §3.2). */
  readonly target: string

  /** `""`, or the prefix under which the application is mounted, without a trailing slash: `/api` (REQ-27). */
  readonly mount: string

  /**
   * What follows the mount, percent-encoded as received and never normalised (REQ-04): `%2F`, `//` and `..` are intact, and
   * who maps it to files must deal with them. `mount + path` is the whole path; `*` for `OPTIONS *`, `""` for CONNECT.
   */
  readonly path: string

  /** What follows the first `?` of the target, without it, as received; `""` if there is none (REQ-05). */
  readonly query: string

  /** The scheme of the last hop, or as vouched for by a trusted proxy (REQ-16, REQ-17). */
  readonly scheme: 'http' | 'https'

  /**
   * The authority of an absolute-form or authority-form target, else the Host field, else `""` (REQ-06, REQ-18). The client
   * chose it: compare it with names you know before you build links from it.
   */
  readonly authority: string

  /** The version of the message (REQ-15). */
  readonly httpVersion: '1.0' | '1.1' | '2' | '3'

  /** Lower-case names; duplicates joined in order by `, `, `cookie` by `; ` (REQ-19, REQ-20). Framing fields are there too (REQ-23). */
  readonly headers: RequestHeaders

  /** `name, value, name, value…`: case, order and duplicates as received (REQ-22). */
  readonly rawHeaders: readonly string[]

  /**
   * `null` when the message has no content (BOD-01). Else it can be iterated once (BOD-04) and yields non-empty chunks
   * (BOD-02) that are yours to keep (BOD-06): transfer-decoded, never content-decoded (BOD-03). A truncated body rejects; it never looks
   * like the end (BOD-07).
   */
  readonly body: AsyncIterable<Uint8Array> | null

  /** `undefined` until the body has ended, then a record like `headers`, empty if there were none (BOD-10). */
  readonly trailers: RequestHeaders | undefined

  /** The client's end of the connection, or what a trusted proxy says it is (REQ-17). */
  readonly remote: Endpoint

  /** The server's end of the connection. */
  readonly local: Endpoint

  /** `null` on a connection without TLS. */
  readonly tls: TlsInfo | null

  /**
   * Aborts when the client is lost before the response completed (END-01), never after success (END-02). Made at first
   * access; a first access after the loss finds it aborted (END-03). A client that only closes its sending side is not lost
   * (END-04).
   */
  readonly signal: AbortSignal

  /**
   * The protocol that the client asks to switch to, in lower case (`websocket`, or `connect` for CONNECT), where the
   * server can hand the connection over, else `undefined` (UPG-01).
   */
  readonly upgrade: string | undefined

  /**
   * Sends an informational response (103 Early Hints, RFC 8297) before the head (RES-31). A no-op after the head or to an
   * HTTP/1.0 client; absent where the server cannot. Throws for a status that is no 1xx, for 101, and for invalid fields.
   */
  readonly inform?: ((status: number, headers?: ResponseHeaders) => void) | undefined
}
