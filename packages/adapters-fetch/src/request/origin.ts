import type { Context, GatewayRequest } from '@nsgi/spec'

interface Origin {
  readonly request: GatewayRequest
  readonly context: Context
}

const origins = new WeakMap<object, Origin>()

/** Notes what a Request was made from. */
export function noteOrigin(request: object, origin: Origin): void {
  origins.set(request, origin)
}

/** The gateway request behind a Request that `fromFetch` made: raw fields, trailers, the client's address. `undefined` for any other. */
export function gatewayRequestOf(request: object): GatewayRequest | undefined {
  return (request as Partial<OwnRequest>)[gateway] ?? origins.get(request)?.request
}

/** The context of the worker that serves a Request which `fromFetch` made; `undefined` for any other. */
export function contextOf(request: object): Context | undefined {
  return (request as Partial<OwnRequest>)[worker] ?? origins.get(request)?.context
}

/** Where a lazy request keeps the two. */
export const gateway: unique symbol = Symbol('nsgi.request')
export const worker: unique symbol = Symbol('nsgi.context')

interface OwnRequest {
  readonly [gateway]: GatewayRequest
  readonly [worker]: Context
}
