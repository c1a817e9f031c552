// The request that an application sees: every member read from the exchange behind it, and cut when it is read.
import type { Endpoint, GatewayRequest, RequestHeaders, ResponseHeaders, TlsInfo } from '@nsgi/spec'
import type { Exchange } from './exchange.ts'

/**
 * NSGI's request. All state stands in the exchange, which is reached through `this`, so that the accessors give
 * the same values through `Object.create(request)` (NSGI REQ-24, REQ-25).
 */
export class GatewayRequestView implements GatewayRequest {
  private readonly exchange: Exchange

  constructor(exchange: Exchange) {
    this.exchange = exchange
  }

  get method(): string {
    return this.exchange.head.method
  }

  get target(): string {
    return this.exchange.head.target
  }

  get mount(): string {
    return ''
  }

  get path(): string {
    return this.exchange.head.path
  }

  get query(): string {
    return this.exchange.head.query
  }

  get scheme(): 'http' | 'https' {
    return 'http'
  }

  get authority(): string {
    return this.exchange.head.authority
  }

  get httpVersion(): '1.0' | '1.1' {
    return this.exchange.head.facts.http11 ? '1.1' : '1.0'
  }

  get headers(): RequestHeaders {
    return this.exchange.head.headers
  }

  get rawHeaders(): readonly string[] {
    return this.exchange.head.rawHeaders
  }

  get body(): AsyncIterable<Uint8Array> | null {
    return this.exchange.body
  }

  get trailers(): RequestHeaders | undefined {
    return this.exchange.trailers
  }

  get remote(): Endpoint {
    return this.exchange.owner.endpoints.remote
  }

  get local(): Endpoint {
    return this.exchange.owner.endpoints.local
  }

  get tls(): TlsInfo | null {
    return null
  }

  get signal(): AbortSignal {
    return this.exchange.signal()
  }

  get upgrade(): undefined {
    return undefined
  }

  inform(status: number, headers?: ResponseHeaders): void {
    this.exchange.inform(status, headers)
  }
}

/** What `console.log(request)` shows: the members, which are accessors that it would not call. */
function inspect(this: GatewayRequestView): Record<string, unknown> {
  const { method, target, mount, path, query, scheme, authority, httpVersion, headers, remote, local } = this
  return { method, target, mount, path, query, scheme, authority, httpVersion, headers, remote, local }
}
Object.defineProperty(GatewayRequestView.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: inspect })
