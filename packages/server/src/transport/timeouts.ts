// How long a connection may take for what it is at. All of them are looked after by the one sweep.

/** Milliseconds, each of them from the last progress. */
export interface ConnectionTimeouts {
  /** From the connection to the first byte of its first request. */
  readonly firstData: number
  /** From the first byte of a head to its last, however it drips. */
  readonly head: number
  /** From one byte of a body to the next. */
  readonly body: number
  /** From one byte that the client takes of its response to the next. */
  readonly send: number
  /** From one request to the next, and within the rest of one that was answered. */
  readonly idle: number
  /** From the head of a request to the end of its response; `Infinity` for as long as it takes. */
  readonly request: number
}

/**
 * nginx's figures (`client_header_timeout`, `client_body_timeout`, `send_timeout`), and node:http's for a head. Idle
 * connections last longer than load balancers allow themselves (60 s), so that those are the ones to close.
 */
export const DEFAULT_TIMEOUTS: ConnectionTimeouts = {
  firstData: 60_000,
  head: 60_000,
  body: 60_000,
  send: 60_000,
  idle: 65_000,
  request: Number.POSITIVE_INFINITY,
}

/**
 * Milliseconds that a connection may say nothing, before its first request or between two, while others wait for a place: whoever just holds places would
 * otherwise keep everybody out for a minute. Longer than a client takes between two requests of one page.
 */
export const CROWDED_IDLE: number = 5_000

/** Milliseconds that a connection lingers after our FIN for the peer's (nginx's `lingering_timeout` is 5 s). */
export const LINGER_TIMEOUT: number = 5_000

/**
 * Milliseconds that an application may leave a body that waits for it unread. While it does, nothing is read, and so the
 * loss of the client is not seen: this is what frees the connection in the end.
 */
export const UNREAD_TIMEOUT: number = 600_000

/**
 * Milliseconds that a stop leaves a connection open over which something came a moment ago: its client may be sending the next
 * request, which is answered, and that answer ends the connection. Longer than the way around the earth and back takes
 * (some 300 ms). Without it, most clients that were at work lost a request whenever their worker was replaced.
 */
export const LAST_CALL: number = 500

/**
 * The same where others serve on (a reload, a worker that has served its number of requests): nobody waits for the end of that worker, and on a
 * machine that the reload itself keeps busy clients at work paused for longer than the half second, one in fifty thousand of their requests.
 */
export const LONG_LAST_CALL: number = 3_000

/**
 * Milliseconds: how long that moment is. A client that is at work but starved, as on a machine that a reload keeps busy, pauses for longer
 * than {@link LAST_CALL}; whoever was silent for longer than this is closed at once.
 */
export const RECENT: number = 5 * LAST_CALL
