import type { Context } from './context.ts'
import type { GatewayRequest } from './request.ts'
import type { GatewayResponse } from './response.ts'

/**
 * A gateway application: called once for each request (REQ-01), returns a response or a promise of one.
 *
 * A server calls `then` on what was returned only if it is a function, so a response returned synchronously costs no
 * microtask (RES-01). A throw or a rejection is answered with a 500 without detail (RES-32). Each call returns a fresh
 * response (APP-01).
 *
 *     export default async function application(request, context) {
 *       return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'hello\n' }
 *     }
 */
export interface Application {
  (request: GatewayRequest, context: Context): GatewayResponse | PromiseLike<GatewayResponse>

  /**
   * Called once per worker, and awaited, before the worker accepts anything (LIF-01). A throw or a rejection is fatal for
   * the worker (LIF-02); absent means there is nothing to do (LIF-03).
   */
  readonly startup?: ((context: Context) => unknown) | undefined

  /**
   * Called once per worker, and awaited, after its last response or the server's time limit; never when `startup` failed
   * (LIF-06).
   */
  readonly shutdown?: ((context: Context) => unknown) | undefined
}
