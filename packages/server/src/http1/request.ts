// The request that an application sees: every member read from the exchange behind it, and cut when it is read.
import type { Endpoint, GatewayRequest, RequestHeaders, ResponseHeaders, TlsInfo } from '@nsgi/spec'
import type { Exchange } from './exchange.ts'

// A member with a name would take it from the interface, whose names without a dot are all reserved (NSGI REQ-26).
const EXCHANGE: unique symbol = Symbol('exchange')

/**
 * NSGI's request. All state stands in the exchange, which is reached through `this`, so that the accessors give
 * the same values through `Object.create(request)` (NSGI REQ-24, REQ-25).
 */
export class GatewayRequestView implements GatewayRequest {
  private readonly [EXCHANGE]: Exchange

  constructor(exchange: Exchange) {
    this[EXCHANGE] = exchange
  }

  get method(): string {
    return this[EXCHANGE].head.method
  }

  get target(): string {
    return this[EXCHANGE].head.target
  }

  get mount(): string {
    return ''
  }

  get path(): string {
    return this[EXCHANGE].head.path
  }

  get query(): string {
    return this[EXCHANGE].head.query
  }

  get scheme(): 'http' | 'https' {
    return 'http'
  }

  get authority(): string {
    return this[EXCHANGE].head.authority
  }

  get httpVersion(): '1.0' | '1.1' {
    return this[EXCHANGE].head.facts.http11 ? '1.1' : '1.0'
  }

  get headers(): RequestHeaders {
    return this[EXCHANGE].head.headers
  }

  get rawHeaders(): readonly string[] {
    return this[EXCHANGE].head.rawHeaders
  }

  get body(): AsyncIterable<Uint8Array> | null {
    return this[EXCHANGE].body
  }

  get trailers(): RequestHeaders | undefined {
    return this[EXCHANGE].trailers
  }

  get remote(): Endpoint {
    return this[EXCHANGE].owner.endpoints.remote
  }

  get local(): Endpoint {
    return this[EXCHANGE].owner.endpoints.local
  }

  get tls(): TlsInfo | null {
    return null
  }

  get signal(): AbortSignal {
    return this[EXCHANGE].signal()
  }

  get upgrade(): undefined {
    return undefined
  }

  inform(status: number, headers?: ResponseHeaders): void {
    this[EXCHANGE].inform(status, headers)
  }
}

/** What `console.log(request)` shows: the members, which are accessors that it would not call. */
function inspect(this: GatewayRequestView): Record<string, unknown> {
  const { method, target, mount, path, query, scheme, authority, httpVersion, headers, remote, local } = this
  return { method, target, mount, path, query, scheme, authority, httpVersion, headers, remote, local }
}
Object.defineProperty(GatewayRequestView.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: inspect })
