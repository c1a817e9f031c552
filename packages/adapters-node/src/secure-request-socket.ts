// `req.socket` of a request that came by TLS: what code asks a `tls.TLSSocket` about the session.
import { X509Certificate } from 'node:crypto'
import type { GatewayRequest } from '@nsgi/spec'
import { RequestSocket, type SocketOwner } from './request-socket.ts'

/** A stand-in for the `tls.TLSSocket` of a request, or for one that a trusted proxy vouches for. */
export class SecureRequestSocket extends RequestSocket {
  readonly #request: GatewayRequest

  constructor(request: GatewayRequest, owner: SocketOwner) {
    super(request, owner)
    this.#request = request
  }

  /** Always true, also after the end, as on a `tls.TLSSocket`. */
  get encrypted(): true {
    return true
  }
  /** Whether the client's certificate was found to come from an authority that the server trusts. */
  get authorized(): boolean {
    return this.#request.tls?.authorized === true
  }
  get servername(): string | false | undefined {
    const { tls } = this.#request
    return tls === null ? undefined : (tls.servername ?? false)
  }
  get alpnProtocol(): string | false | undefined {
    const { tls } = this.#request
    return tls === null ? undefined : (tls.alpn ?? false)
  }

  /** The version of TLS in use, `TLSv1.3`; `null` where only a proxy knows. */
  getProtocol(): string | null {
    return this.#request.tls?.version ?? null
  }

  /** The client's certificate, `{}` if it presented none, `null` once the connection is gone. */
  getPeerCertificate(): object | null {
    return this.destroyed ? null : (this.#request.tls?.peerCertificate ?? {})
  }

  /** The same as an `X509Certificate`; `undefined` if it presented none or is gone. */
  getPeerX509Certificate(): X509Certificate | undefined {
    const certificate: { readonly raw?: Buffer } | null = this.getPeerCertificate()
    const raw = certificate?.raw
    return raw && new X509Certificate(raw)
  }
}

type OfTls = Omit<SecureRequestSocket, keyof RequestSocket>

/** A stand-in, with what there is of TLS if the request came by that. */
export type AnyRequestSocket = RequestSocket & { readonly [K in keyof OfTls]?: OfTls[K] | undefined }

/** The stand-in that a request's scheme asks for. */
export function socketFor(request: GatewayRequest, owner: SocketOwner): AnyRequestSocket {
  return request.scheme === 'https' ? new SecureRequestSocket(request, owner) : new RequestSocket(request, owner)
}
