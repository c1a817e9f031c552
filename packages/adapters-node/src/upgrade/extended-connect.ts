// A stream of HTTP/2 that is to become something else, most often a WebSocket (extended CONNECT, RFC 8441), as the handshake of
// HTTP/1.1 that it stands for. Listeners of 'upgrade' know no other. The way back is in `UpgradeExchange`.
import { randomBytes } from 'node:crypto'
import type { GatewayRequest, RequestHeaders } from '@nsgi/spec'

/** Bytes of the nonce that a handshake has, and the stream has not: it needs none (RFC 6455 §4.1, RFC 8441 §5.1). */
const KEY_BYTES = 16

/** Whether a request asks for that. CONNECT without a protocol asks for a tunnel, in every version alike. */
export function isExtendedConnect({ method, upgrade }: GatewayRequest): boolean {
  return method === 'CONNECT' && upgrade !== undefined && upgrade !== 'connect'
}

/** The request that a client of HTTP/1.1 would have sent. */
export function asHandshake(request: GatewayRequest): GatewayRequest {
  const protocol = request.upgrade as string
  const added: [string, string][] = [
    ['connection', 'Upgrade'],
    ['upgrade', protocol],
  ]
  if (request.headers['host'] === undefined) added.push(['host', request.authority])
  if (protocol === 'websocket') added.push(['sec-websocket-key', randomBytes(KEY_BYTES).toString('base64')])
  const headers: RequestHeaders = Object.assign(Object.create(null), request.headers, Object.fromEntries(added))
  return Object.create(request, {
    method: { value: 'GET', enumerable: true },
    httpVersion: { value: '1.1', enumerable: true },
    headers: { value: headers, enumerable: true },
    rawHeaders: { value: [...added.flat(), ...request.rawHeaders], enumerable: true },
  }) as GatewayRequest
}
