// What a server of node:http has to be told for its connections to be kept by the rules of the gateway.
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Connection } from './connection.ts'
import { offeredBy } from './offer.ts'

/** What listens to a server. */
export interface Listeners {
  readonly request: RequestListener
  readonly upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer) => void
}

/** Has a server pass all that it receives to a listener, or to the connection that it came on. */
export function attachTo(server: Server, { request, upgrade }: Listeners): void {
  server.on('request', request)
  // 100 Continue waits for the first read of a body (NSGI EXP-01), and the listener knows of other expectations.
  server.on('checkContinue', request)
  server.on('checkExpectation', request)
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = statusOf(error.code)
    if (status === undefined) socket.destroy(error)
    else Connection.of(socket as Socket).inputFailed(error, status)
  })
  server.on('upgrade', upgrade)
  server.on('connect', upgrade)
  // Of an https server each connection has to be told by itself: its TLS would end when the client's side does.
  server.prependListener('secureConnection', (socket: Socket) => {
    socket.allowHalfOpen = true
  })
  Object.assign(server, {
    // A client that has ended its side still gets its answers (NSGI END-04).
    httpAllowHalfOpen: true,
    // Node would answer by itself, and go on with what was pipelined behind.
    requireHostHeader: false,
    // Newer versions ask what is an upgrade (24.9, and 22 since). For others, what cannot be offered is replayed.
    shouldUpgradeCallback: (req: IncomingMessage) => offeredBy(req) !== undefined,
  })
}

const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** The status for what node reports of a client, `undefined` where that is no fault in a message but a failed connection. */
function statusOf(code = ''): number | undefined {
  return statuses[code] ?? (code.startsWith('HPE_') ? 400 : undefined)
}
