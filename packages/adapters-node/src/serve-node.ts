// One exchange for a server whose programs know its sockets (the drop-in for node:http's, @nsgi/server/http): `req.socket` is
// the connection's own, and the response is given in the moment in which the program has made it, as node writes it.
import { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Context, GatewayRequest } from '@nsgi/spec'
import { Exchange, type Messages, type Settler } from './exchange.ts'
import { equipIncoming, incomingConstructor } from './incoming.ts'
import { equipOutgoing, outgoingConstructor } from './outgoing.ts'

/** The classes of a server's messages: the options `IncomingMessage` and `ServerResponse` of `http.createServer`. */
export interface MessageClasses {
  readonly IncomingMessage?: typeof IncomingMessage | undefined
  readonly ServerResponse?: typeof ServerResponse | undefined
  /** As `http.Server#maxHeadersCount`: how many header lines `req.headers` is made of; `undefined` for all. */
  maxHeadersCount(): number | undefined
}

/** A request as the server got it. */
export interface ServedRequest {
  readonly request: GatewayRequest
  readonly context: Context
  readonly socket: Socket
  /** Told of the response. */
  readonly settler: Settler
}

/** What is given to a listener of 'request'. */
export interface NodeMessages {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/** Makes the messages of one request; what the program does to `res` reaches `settler`. */
export type MessageMaker = (served: ServedRequest) => NodeMessages

/** Makes `req` and `res` of these classes, for one server. */
export function messageMaker(classes: MessageClasses): MessageMaker {
  const messages: Messages = { Incoming: incomingOf(classes), Outgoing: outgoingOf(classes.ServerResponse) }
  return ({ request, context, socket, settler }) => {
    const exchange = new Exchange(request, { context, messages, own: socket })
    exchange.settle(settler)
    return exchange
  }
}

/** The part of a request that an 'upgrade' or 'connect' listener gets. */
export function switchingMessage(request: GatewayRequest, context: Context, socket: Socket): IncomingMessage {
  const req = new SwitchingRequest(request, socket, context)
  req.upgrade = true
  return req
}

const SwitchingRequest = incomingConstructor() as unknown as new (
  ...parts: [GatewayRequest, Socket, Context]
) => IncomingMessage & { upgrade: boolean }

function incomingOf({
  IncomingMessage: Given = IncomingMessage,
  maxHeadersCount,
}: MessageClasses): Messages['Incoming'] {
  const construct = function (request: GatewayRequest, socket: Socket, context: Context): IncomingMessage {
    const message = new Given(socket)
    equipIncoming(message, { request, context, maxLines: maxHeadersCount() })
    return message
  }
  return construct as unknown as Messages['Incoming']
}

function outgoingOf(Given: typeof ServerResponse = ServerResponse): Messages['Outgoing'] {
  if (Given === ServerResponse) return outgoingConstructor()
  const construct = function (request: IncomingMessage, exchange: Exchange): ServerResponse {
    const message = new Given(request)
    exchange.end = message.end as typeof exchange.end
    equipOutgoing(message, exchange)
    return message
  }
  return construct as unknown as Messages['Outgoing']
}
