// What a program's servers have listeners for, as one gateway application.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { fromNode, gatewayRequestOf } from '@nsgi/adapters-node'
import type { Application, Endpoint, GatewayRequest } from '@nsgi/spec'
import { emitExpected } from './dispatch.ts'

/**
 * An application of the listeners that servers have at each request: 'request', 'upgrade', 'connect', 'checkContinue',
 * 'checkExpectation'.
 *
 * @param serverAt whose connection it is, by its own end
 * @param shutdown called after the last response
 */
export function programApplication(
  serverAt: (local: Endpoint) => Server | undefined,
  shutdown: () => Promise<void>,
): Application {
  const serverOf = (req: IncomingMessage): Server | undefined =>
    serverAt((gatewayRequestOf(req) as GatewayRequest).local)
  const request = (req: IncomingMessage, res: ServerResponse): void => {
    const server = serverOf(req)
    if (server !== undefined) emitExpected(server, req, res)
    else res.writeHead(503, { connection: 'close' }).end()
  }
  const emits = (event: string) => (req: IncomingMessage, socket: Duplex, head: Buffer) =>
    void serverOf(req)?.emit(event, req, socket, head)
  const plain = fromNode(request)
  const switching = fromNode(request, { upgrade: emits('upgrade'), connect: emits('connect') })
  const application: Application = (gateway, context) => {
    if (gateway.upgrade === undefined) return plain(gateway, context)
    const isTunnel = gateway.upgrade === 'connect'
    const listeners = serverAt(gateway.local)?.listenerCount(isTunnel ? 'connect' : 'upgrade') ?? 0
    if (listeners > 0) return switching(gateway, context)
    // Node closes a tunnel that nobody takes without a word; a gateway has a word for it.
    return isTunnel ? { status: 501, headers: { connection: 'close' } } : plain(gateway, context)
  }
  return Object.assign(application, { shutdown })
}
