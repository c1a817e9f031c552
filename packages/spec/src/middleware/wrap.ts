import type { Application } from '../application.ts'
import type { Context } from '../context.ts'
import type { GatewayRequest } from '../request.ts'
import type { GatewayResponse } from '../response.ts'
import { type Lifespan, withLifespan } from './lifespan.ts'

/** Calls the application inside with the given request, or with the one that the middleware got if none is given. */
export type Next = (request?: GatewayRequest) => GatewayResponse | PromiseLike<GatewayResponse>

/**
 * What runs around an application. It returns what `next` returned, or a response of its own. A middleware that is not
 * `async` and hands on what `next` returned as it is costs a synchronous response no microtask.
 */
export type Middleware = (
  request: GatewayRequest,
  context: Context,
  next: Next,
) => GatewayResponse | PromiseLike<GatewayResponse>

/**
 * Puts a middleware around an application and passes the application's hooks on (MID-01).
 *
 * `hooks` are the middleware's own: its `startup` runs after the application's and its `shutdown` before it. If its
 * `startup` throws, the application inside is shut down again.
 *
 *     export default wrap(application, (request, context, next) => isAllowed(request) ? next() : { status: 403 })
 */
export function wrap(application: Application, middleware: Middleware, hooks?: Lifespan): Application {
  const wrapped: Application = (request, context) =>
    middleware(request, context, (inner = request) => application(inner, context))
  return withLifespan(wrapped, hooks === undefined ? [application] : [application, hooks])
}
