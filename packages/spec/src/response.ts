import type { Duplex } from 'node:stream'

/** Lower-case names to a value, or to an array of values that become one line each, in order. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** One piece of a body. Strings are encoded as UTF-8. */
export type BodyChunk = string | Uint8Array

/** The kinds of body, tested in this order. */
export type ResponseBody = null | undefined | string | Uint8Array | AsyncIterable<BodyChunk> | Iterable<BodyChunk>

/** A response, as plain data. The server never mutates it; an application returns a fresh one for each call. */
export interface GatewayResponse {
  /** An integer from 200 to 599, or 101 together with `upgrade`. */
  readonly status: number

  /** The reason phrase (HTTP/1 only); the standard one if absent. */
  readonly reason?: string | undefined

  /** Framing and hop-by-hop fields are the server's; `connection: close` is honoured. */
  readonly headers?: ResponseHeaders | undefined

  readonly body?: ResponseBody

  /** Called after the body has ended, where the framing permits trailers. */
  readonly trailers?: (() => ResponseHeaders | undefined) | undefined

  /**
   * With 101, or with a 2xx to CONNECT: the server writes the head, then hands over the connection
   * and writes nothing more itself. The readable side starts with the bytes already received.
   */
  readonly upgrade?: ((socket: Duplex) => void) | undefined

  /**
   * Called exactly once: without an error after the last byte reached the transport, with one
   * otherwise (client lost, body threw, response invalid).
   */
  readonly finished?: ((error?: unknown) => void) | undefined
}
