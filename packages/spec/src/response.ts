import type { Duplex } from 'node:stream'

/**
 * Fields by lower-case name (RES-06): a value, or an array of values that become one line each, in order (RES-09). Values
 * are bytes as latin1 without CR, LF and NUL (RES-07). A field that is `undefined` is not sent.
 */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** One piece of a body; strings are encoded as UTF-8 (RES-05). The server may keep bytes: they are not changed afterwards (APP-04). */
export type BodyChunk = string | Uint8Array

/** The kinds of body, tested in this order (RES-04). Of an object that is both kinds of iterable the asynchronous one counts. */
export type ResponseBody = null | undefined | string | Uint8Array | AsyncIterable<BodyChunk> | Iterable<BodyChunk>

/**
 * A response, as plain data. The server never mutates it (RES-10), and calls its functions as methods of it. A response that cannot
 * be sent is answered with a 500 before any byte (RES-02).
 */
export interface GatewayResponse {
  /** An integer from 200 to 599, or 101 together with `upgrade` (RES-03). */
  readonly status: number

  /** The reason phrase (HTTP/1 only); the standard one if absent or not fit to be sent (RES-35). */
  readonly reason?: string | undefined

  /**
   * Framing and hop-by-hop fields are the server's (RES-11, RES-15, RES-21), `connection: close` is honoured (RES-22). A
   * `content-length` is checked against the body (RES-12 to RES-14). `date` is added if absent (RES-23).
   */
  readonly headers?: ResponseHeaders | undefined

  /**
   * What is sent after the head. An iterable is asked for one piece at a time (RES-27), each is sent without waiting for
   * the next (RES-26), and none is asked for while the client is slow (RES-28). A response to HEAD, a 204, 205 or 304 sends
   * none of it (RES-17 to RES-20). A body that is not read to its end is closed (END-09).
   */
  readonly body?: ResponseBody

  /** Called after the body has ended, where the framing permits trailers (RES-30). */
  readonly trailers?: (() => ResponseHeaders | undefined) | undefined

  /**
   * With 101, or with a 2xx to CONNECT, when `request.upgrade` said so: the server writes the head, hands over the
   * connection and writes nothing more itself (UPG-02). The readable side starts with the bytes already received (UPG-03).
   */
  readonly upgrade?: ((socket: Duplex) => void) | undefined

  /**
   * Called exactly once, whatever happens (END-06): without an error after the last byte reached the transport (END-07),
   * with one otherwise (client lost, body threw, response invalid, discarded by a middleware). After an upgrade: when the
   * socket ends (UPG-05). It must not throw (APP-06).
   */
  readonly finished?: ((error?: unknown) => void) | undefined
}
