import type { Socket } from 'node:net'
import type { EndpointPair } from '../exchange/exchange.ts'

/** Both ends of a connection; a UNIX socket has neither addresses nor ports. */
export function endpointsOf(socket: Socket): EndpointPair {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  return {
    remote: { address: remoteAddress ?? '', port: remotePort ?? null },
    local: { address: localAddress ?? '', port: localPort ?? null },
  }
}
