import type { RequestListener } from 'node:http'
import type { Application, Context, GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { Exchange } from './exchange.ts'
import { incomingConstructor } from './incoming.ts'
import { outgoingConstructor } from './outgoing.ts'
import { UpgradeExchange, type UpgradeListener } from './upgrade/upgrade-exchange.ts'

/** A `(req, res)` function as `http.createServer` takes it; if it returns a promise, its rejection is caught. */
export type NodeHandler = (...message: Parameters<RequestListener>) => unknown

/** What `fromNode` can be told beyond the handler. */
export interface FromNodeOptions {
  /** Awaited once per worker before it accepts anything. */
  readonly startup?: ((context: Context) => unknown) | undefined
  /** Awaited once per worker after its last response. */
  readonly shutdown?: ((context: Context) => unknown) | undefined
  /**
   * What `server.on('upgrade')` would take, for requests that ask to switch protocols (WebSocket): as on `node:http`, the
   * handler gets these where this is absent.
   */
  readonly upgrade?: UpgradeListener | undefined
  /** What `server.on('connect')` would take, for CONNECT. */
  readonly connect?: UpgradeListener | undefined
  /**
   * The prototype that `req` is created with; it must inherit from `http.IncomingMessage.prototype`. A framework that
   * replaces the prototype of each request by this object then finds it in place, which costs nothing.
   */
  readonly requestPrototype?: object | undefined
  /** The same for `res` and `http.ServerResponse.prototype`. */
  readonly responsePrototype?: object | undefined
}

/**
 * Makes a gateway application of any `(req, res)` handler: connect, polka, NestJS, Next.js, or a plain function. What its
 * code can see of `req` and `res` behaves as on `node:http`.
 *
 * A handler that throws or rejects is answered with a 500, or with a truncated response once the head is out.
 */
export function fromNode(handler: NodeHandler, options: FromNodeOptions = {}): Application {
  const { upgrade, connect } = options
  const offers = upgrade !== undefined || connect !== undefined
  const SwitchingRequest = incomingConstructor()
  const messages = {
    Incoming: incomingConstructor(options.requestPrototype),
    Outgoing: outgoingConstructor(options.responsePrototype),
  }

  function application(request: GatewayRequest, context: Context): GatewayResponse | PromiseLike<GatewayResponse> {
    const listener = offers ? listenerFor(request) : undefined
    if (listener !== undefined) {
      const switching = new UpgradeExchange(request, context, SwitchingRequest)
      switching.run(listener)
      return switching.response()
    }
    const exchange = new Exchange(request, { context, messages })
    try {
      const returned = handler(exchange.req, exchange.res)
      if (isThenable(returned)) returned.then(undefined, error => exchange.fail(error))
    } catch (error) {
      exchange.fail(error)
    }
    return exchange.response()
  }

  function listenerFor(request: GatewayRequest): UpgradeListener | undefined {
    if (request.upgrade === undefined) return undefined
    return request.upgrade === 'connect' ? connect : upgrade
  }

  return Object.assign(application, { startup: options.startup, shutdown: options.shutdown })
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
