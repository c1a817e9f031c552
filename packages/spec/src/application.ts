import type { Context } from './context.ts'
import type { GatewayRequest } from './request.ts'
import type { GatewayResponse } from './response.ts'

/**
 * A gateway application: called once for each request, returns a response or a promise of one.
 *
 * A server calls `then` on what was returned only if it is a function, so a response returned
 * synchronously costs no microtask. A throw or a rejection is answered with a 500 without detail.
 */
export interface Application {
  (request: GatewayRequest, context: Context): GatewayResponse | PromiseLike<GatewayResponse>

  /** Awaited once per worker before the worker accepts anything. A throw is fatal for the worker. */
  readonly startup?: ((context: Context) => unknown) | undefined

  /** Awaited once per worker after its last response. Never called when `startup` failed. */
  readonly shutdown?: ((context: Context) => unknown) | undefined
}
