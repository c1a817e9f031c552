// What a connection may be at, and what it needs of the server around it.

import type { KirinError } from '../exchange/errors.ts'
import type { ExchangeHost } from '../exchange/exchange.ts'
import type { ForwardedFields } from '../exchange/forwarding.ts'
import type { RequestLimits } from '../exchange/limits.ts'
import type { Rejection } from '../exchange/rejections.ts'
import type { Connection } from './connection.ts'

/**
 * What the connection is at:
 *
 *     idle      nothing of a next request has come        -> head, closing
 *     head      part of a head has come                   -> fixed, chunked, waiting, closing
 *     fixed     in a body of known length                 -> waiting, idle, closing
 *     chunked   in a chunked body                         -> waiting, idle, closing
 *     waiting   the request is whole, its response is not -> idle, upgraded, closing
 *     upgraded  the application has the connection
 *     closing   no more is read; what comes is dropped
 */
export type ConnectionState = 'idle' | 'head' | 'fixed' | 'chunked' | 'waiting' | 'upgraded' | 'closing'

/** What all connections of a server share. */
export interface ConnectionHost extends ExchangeHost {
  readonly limits: RequestLimits
  /** Where proxies may be trusted. */
  readonly forwarded?: ForwardedFields | undefined
  /** Whether the server is stopping: responses say `connection: close`. */
  readonly isDraining: boolean
  /** Whether others wait for a connection to end: responses say `connection: close`, too. */
  readonly isFull?: boolean
  /**
   * Called when a response has ended while the server stops, and its head, which had gone out before, promised to keep the connection: the client
   * may be sending its next request. Whoever takes the call ends the connection with `drain` a little later; without it that is done at once.
   */
  promised?(connection: Connection): void
  /** Called for a request that is refused before the application. */
  refused(refused: Rejection, connection: Connection): void
  /** Called for a client that is given up. */
  dropped(why: KirinError, connection: Connection): void
}
