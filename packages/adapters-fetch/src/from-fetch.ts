import type { Application, Context, GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { createRequest } from './request/fetch-request.ts'
import { hasPlainHost, urlOf } from './request/request-url.ts'
import { gatewayResponse, type ResponseLike } from './response.ts'

/** A function from a Request to a Response. The second argument is the worker's context, for Hono `c.env`. */
export type FetchFunction = (request: Request, context: Context) => ResponseLike | PromiseLike<ResponseLike>

/** What can be adapted: a function, or an object with one as its `fetch`, as Hono's and h3's applications are. */
export type FetchHandler = FetchFunction | { fetch(request: Request, context: Context): ReturnType<FetchFunction> }

/** What `fromFetch` can be told beyond the handler. */
export interface FromFetchOptions {
  /** Awaited once per worker before it accepts anything. */
  readonly startup?: ((context: Context) => unknown) | undefined
  /** Awaited once per worker after its last response. */
  readonly shutdown?: ((context: Context) => unknown) | undefined
}

/**
 * Makes a gateway application of a fetch handler.
 *
 * A handler that throws, rejects or returns no Response is answered with a 500, a Host that no URL can have with a 400.
 *
 * Throws a TypeError if `handler` is neither a function nor an object with a `fetch` method.
 */
export function fromFetch(handler: FetchHandler, options: FromFetchOptions = {}): Application {
  const handle = functionOf(handler)

  async function application(request: GatewayRequest, context: Context): Promise<GatewayResponse> {
    if (!hasUrl(request)) return { status: 400, headers: { 'content-type': 'text/plain' }, body: 'Bad Request\n' }
    return gatewayResponse(await handle(createRequest(request, context), context), request.method)
  }

  return Object.assign(application, { startup: options.startup, shutdown: options.shutdown })
}

function functionOf(handler: FetchHandler): FetchFunction {
  if (typeof handler === 'object' && handler !== null && typeof handler.fetch === 'function') {
    return (request, context) => handler.fetch(request, context)
  }
  if (typeof handler !== 'function')
    throw new TypeError('fromFetch takes a fetch handler: a function, or an object with one as fetch')
  return 'fetch' in handler && typeof handler.fetch === 'function' ? (handler.fetch as FetchFunction) : handler
}

function hasUrl(request: GatewayRequest): boolean {
  if (hasPlainHost(request.authority)) return true
  try {
    return urlOf(request) !== ''
  } catch {
    return false
  }
}
