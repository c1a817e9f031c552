// A node:http request as a gateway request.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { Endpoint, GatewayRequest, RequestHeaders, ResponseHeaders, TlsInfo } from '@nsgi/spec'
import { joinedHeaders } from './headers.ts'
import { sendInformation } from './information.ts'
import { RequestBody } from './request-body.ts'
import { hasContent } from './request-rules.ts'
import { parseTarget, type Target } from './target.ts'

/** What the getters share; they reach it through any object derived from the request (NSGI REQ-25). */
class RequestState {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly body: RequestBody | null
  readonly target: Target
  readonly upgrade: string | undefined
  readonly remote: Endpoint
  readonly local: Endpoint
  #lost: { readonly reason: unknown } | undefined
  #headers: RequestHeaders | undefined
  #trailers: RequestHeaders | undefined
  #controller: AbortController | undefined
  #tls: TlsInfo | null | undefined

  constructor(req: IncomingMessage, res: ServerResponse, upgrade: string | undefined) {
    this.req = req
    this.res = res
    this.upgrade = upgrade
    this.body = hasContent(req) ? new RequestBody(req, res) : null
    this.target = parseTarget(req.url as string, req.method as string)
    const { socket } = req
    this.remote = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? null }
    this.local = { address: socket.localAddress ?? '', port: socket.localPort ?? null }
  }

  get headers(): RequestHeaders {
    this.#headers ??= joinedHeaders(this.req.rawHeaders)
    return this.#headers
  }

  get trailers(): RequestHeaders | undefined {
    if (this.body !== null && !this.body.ended) return undefined
    this.#trailers ??= joinedHeaders(this.req.rawTrailers)
    return this.#trailers
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#lost) this.#controller.abort(this.#lost.reason)
    }
    return this.#controller.signal
  }

  get tls(): TlsInfo | null {
    this.#tls ??= tlsOf(this.req.socket as TLSSocket)
    return this.#tls
  }

  lose(reason: unknown): void {
    this.#lost = { reason }
    this.#controller?.abort(reason)
  }
}

const state: unique symbol = Symbol('nsgi.state')

interface Stateful {
  [state]: RequestState
}

function stateOf(request: NodeGatewayRequest): RequestState {
  return (request as unknown as Stateful)[state]
}

/** A gateway request over a node:http request and its response; `lose` and `failBody` are the server's. */
export class NodeGatewayRequest implements GatewayRequest {
  readonly inform: (status: number, headers?: ResponseHeaders) => void

  constructor(req: IncomingMessage, res: ServerResponse, upgrade?: string) {
    ;(this as unknown as Stateful)[state] = new RequestState(req, res, upgrade)
    this.inform = (status, headers = {}) => sendInformation(res, status, headers)
  }

  get method(): string {
    return stateOf(this).req.method as string
  }
  get target(): string {
    return stateOf(this).req.url as string
  }
  get mount(): string {
    return ''
  }
  get path(): string {
    return stateOf(this).target.path
  }
  get query(): string {
    return stateOf(this).target.query
  }
  get scheme(): 'http' | 'https' {
    return stateOf(this).tls === null ? 'http' : 'https'
  }
  get authority(): string {
    return stateOf(this).target.authority ?? stateOf(this).headers.host ?? ''
  }
  get httpVersion(): '1.0' | '1.1' {
    return stateOf(this).req.httpVersion as '1.0' | '1.1'
  }
  get headers(): RequestHeaders {
    return stateOf(this).headers
  }
  get rawHeaders(): readonly string[] {
    return stateOf(this).req.rawHeaders
  }
  get body(): AsyncIterable<Uint8Array> | null {
    return stateOf(this).body
  }
  get trailers(): RequestHeaders | undefined {
    return stateOf(this).trailers
  }
  get remote(): Endpoint {
    return stateOf(this).remote
  }
  get local(): Endpoint {
    return stateOf(this).local
  }
  get tls(): TlsInfo | null {
    return stateOf(this).tls
  }
  get signal(): AbortSignal {
    return stateOf(this).signal
  }
  get upgrade(): string | undefined {
    return stateOf(this).upgrade
  }

  /** The client is lost: `signal` aborts. */
  static lose(request: NodeGatewayRequest, reason: unknown): void {
    stateOf(request).lose(reason)
  }

  /** The body cannot be read to its end: reading rejects. */
  static failBody(request: NodeGatewayRequest, error: Error): void {
    stateOf(request).body?.fail(error)
  }
}

function tlsOf(socket: TLSSocket): TlsInfo | null {
  if (!socket.encrypted) return null
  const certificate = socket.getPeerCertificate()
  return {
    version: socket.getProtocol() ?? '',
    alpn: socket.alpnProtocol || null,
    servername: (socket as { servername?: string | false }).servername || null,
    peerCertificate: certificate && Object.keys(certificate).length > 0 ? certificate : null,
    authorized: socket.authorized,
  }
}
