// What connections of HTTP/2 ask of the server that they belong to.
import type { KirinError } from '../exchange/errors.ts'
import type { EndpointPair, ExchangeHost } from '../exchange/exchange.ts'
import type { ForwardedFields } from '../exchange/forwarding.ts'
import type { RequestLimits } from '../exchange/limits.ts'
import type { Rejection } from '../exchange/rejections.ts'

/** What all connections share. */
export interface Http2Host extends ExchangeHost {
  readonly limits: RequestLimits
  /** Where proxies may be trusted. */
  readonly forwarded?: ForwardedFields | undefined
  /** Whether others wait for the places that connections have: each ends with its next response. */
  readonly isFull: boolean
  /** Called for a request that is refused before the application. */
  refused(refused: Rejection, connection: { readonly endpoints: EndpointPair }): void
  /** Called for a client that is given up. */
  dropped(why: KirinError, connection: { readonly endpoints: EndpointPair }): void
}
