// The request that an application sees: every member read from the exchange behind it, and cut when it is read.
import type { Endpoint, GatewayRequest, RequestHeaders, ResponseHeaders, TlsInfo } from '@nsgi/spec'
import type { Exchange } from './exchange.ts'

// A member with a name would take it from the interface, whose names without a dot are all reserved (NSGI REQ-26).
const EXCHANGE: unique symbol = Symbol('exchange')

interface ExchangeHolder {
  [EXCHANGE]: Exchange
}

/** The exchange behind a request, or behind one that was derived from it. */
function exchangeOf(request: object): Exchange {
  return (request as ExchangeHolder)[EXCHANGE]
}

/**
 * NSGI's request. All state stands in the exchange, which is reached through `this`, so that the accessors give
 * the same values through `Object.create(request)` (NSGI REQ-24, REQ-25).
 */
export class GatewayRequestView implements GatewayRequest {
  constructor(exchange: Exchange) {
    ;(this as unknown as ExchangeHolder)[EXCHANGE] = exchange
  }

  get method(): string {
    return exchangeOf(this).head.method
  }

  get target(): string {
    return exchangeOf(this).target
  }

  get mount(): string {
    return exchangeOf(this).mount
  }

  get path(): string {
    const { head, standing } = exchangeOf(this)
    return standing === '' ? head.path : head.path.slice(standing.length)
  }

  get query(): string {
    return exchangeOf(this).head.query
  }

  get scheme(): 'http' | 'https' {
    const { vouched, owner } = exchangeOf(this)
    const { tls, isSecure } = owner.endpoints
    return vouched?.scheme ?? (tls !== undefined || isSecure === true ? 'https' : 'http')
  }

  get authority(): string {
    const { vouched, head } = exchangeOf(this)
    // CONNECT names where to go, not which of our names was called.
    return vouched?.authority === undefined || head.isMethod('CONNECT') ? head.authority : vouched.authority
  }

  get httpVersion(): '1.0' | '1.1' | '2' {
    return exchangeOf(this).head.httpVersion
  }

  get headers(): RequestHeaders {
    return exchangeOf(this).head.headers
  }

  get rawHeaders(): readonly string[] {
    return exchangeOf(this).head.rawHeaders
  }

  get body(): AsyncIterable<Uint8Array> | null {
    return exchangeOf(this).body
  }

  get trailers(): RequestHeaders | undefined {
    return exchangeOf(this).trailers
  }

  get remote(): Endpoint {
    const { vouched, owner } = exchangeOf(this)
    return vouched?.remote ?? owner.endpoints.remote
  }

  get local(): Endpoint {
    return exchangeOf(this).owner.endpoints.local
  }

  get tls(): TlsInfo | null {
    return exchangeOf(this).owner.endpoints.tls ?? null
  }

  get signal(): AbortSignal {
    return exchangeOf(this).signal()
  }

  get upgrade(): string | undefined {
    return exchangeOf(this).head.upgrade
  }

  inform(status: number, headers?: ResponseHeaders): void {
    exchangeOf(this).inform(status, headers)
  }

  /** Kirin's own: ends the connection, over HTTP/2 the stream, without an answer (docs/decisions/0020). */
  'nsgi.drop'(): void {
    exchangeOf(this).drop()
  }
}

/** What `console.log(request)` shows: the members, which are accessors that it would not call. */
function inspect(this: GatewayRequestView): Record<string, unknown> {
  const { method, target, mount, path, query, scheme, authority, httpVersion, headers, remote, local } = this
  return { method, target, mount, path, query, scheme, authority, httpVersion, headers, remote, local }
}
Object.defineProperty(GatewayRequestView.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: inspect })
