import { IncomingMessage } from 'node:http'
import type { Context, GatewayRequest } from '@nsgi/spec'
import { gateway, type Incoming, type MessageSocket, readableMethods, source } from './incoming-body.ts'
import { callBase, nodeConstructor } from './node-constructor.ts'
import { connectionReset } from './node-errors.ts'
import type { IncomingInternals } from './node-internals.ts'

const worker: unique symbol = Symbol('nsgi.context')

/** What this package keeps on a request. */
interface GatewayParts {
  readonly [gateway]: GatewayRequest
  readonly [worker]: Context
}

/** Makes requests of one application. */
export type IncomingConstructor = new (request: GatewayRequest, socket: MessageSocket, context: Context) => Incoming

/**
 * A constructor for gateway requests as `http.IncomingMessage`s, with a prototype that inherits from it. Node's own
 * constructor and methods do what does not touch the parser: the rules for duplicate headers, `headersDistinct`, the
 * Readable. The two methods that do are set on the object itself, so that they are found whatever prototype a framework
 * moves it to (NSGI ADP-06, ADP-07).
 */
export function incomingConstructor(prototype: object = IncomingMessage.prototype): IncomingConstructor {
  return nodeConstructor(
    IncomingMessage,
    prototype,
    function (request: GatewayRequest, socket: MessageSocket, context: Context) {
      callBase(IncomingMessage, this, socket)
      initialise(this, request, context)
    },
  )
}

type Initialised = Record<string | symbol, unknown>

function initialise(message: object, request: GatewayRequest, context: Context): void {
  const http = message as Initialised
  http[worker] = context
  // A copy: a handler may change its request, the gateway's belongs to all.
  const raw = request.rawHeaders.slice()
  const version = request.httpVersion
  if (version.length === 1) addHost(raw, request)
  ;(http as unknown as IncomingInternals)._addHeaderLines(raw, raw.length)
  http.httpVersion = version.length === 1 ? `${version}.0` : version
  http.httpVersionMajor = version.charCodeAt(0) - 48
  http.httpVersionMinor = version === '1.1' ? 1 : 0
  http.method = request.method
  http.upgrade = false
  http.complete = request.body === null
  http[gateway] = request
  http[source] = undefined
  http._read = readableMethods._read
  http._destroy = readableMethods._destroy
  if (request.mount === '') http.url = request.target
  else mounted(http, request)
}

/** From HTTP/2 on the authority stands beside the fields; who speaks HTTP/1, as these programs do, finds it in Host (RFC 9113 §8.3.1). */
function addHost(raw: string[], { authority, headers }: GatewayRequest): void {
  if (authority !== '' && headers['host'] === undefined) raw.unshift('host', authority)
}

/** The gateway request behind a request that `fromNode` made; `undefined` for any other. */
export function gatewayRequestOf(request: object): GatewayRequest | undefined {
  return (request as Partial<GatewayParts>)[gateway]
}

/**
 * The context of the worker that serves a request which `fromNode` made; `undefined` for any other, as for one of
 * `node:http`. A long stream ends itself when `contextOf(req)?.draining` aborts.
 */
export function contextOf(request: object): Context | undefined {
  return (request as Partial<GatewayParts>)[worker]
}

/**
 * The client is gone before the response was over: 'aborted', and where somebody listens an `ECONNRESET` 'error', then
 * 'close'; nothing for a request that was read to its end.
 */
export function abortIncoming(request: Incoming, cause?: unknown): void {
  if (!request.destroyed) request.destroy(connectionReset(cause))
}

// Express and connect read the mount from these two; `url` is what the handler's own routes see.
function mounted(http: Record<string, unknown>, request: GatewayRequest): void {
  const { target, mount, path, query } = request
  http.url = target.startsWith(`${mount}/`)
    ? target.slice(mount.length)
    : query === ''
      ? path || '/'
      : `${path || '/'}?${query}`
  http.originalUrl = target
  http.baseUrl = mount
}
