// A drop-in for node:http's server on Kirin's engine. It is a node http.Server: all that has to do with listening (addresses,
// errors, `ref`, events) is node:net's own code. Only the accepted connections go to this engine instead of node's.
//
// A function, not a class: node's is one too, and programs call it without `new` and inherit from it by `http.Server.call(this)`.
import type { Server as HttpServer, ServerOptions as HttpServerOptions, RequestListener } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { keepTickMap } from '../transport/tick-map.ts'
import { nodeHttp } from './nodes-own.ts'
import { refuseUnsupported } from './options.ts'
import { ServerConnections } from './server-connections.ts'
import { takeOver } from './take-over.ts'

/** What `http.createServer` takes. */
export type ServerOptions = HttpServerOptions

/** An `http.Server`, whoever made it. */
export type Server = HttpServer

/** `http.Server` as a constructor, which can be called without `new`. */
export interface ServerConstructor {
  new (options?: ServerOptions | RequestListener | null, listener?: RequestListener): Server
  (options?: ServerOptions | RequestListener | null, listener?: RequestListener): Server
  readonly prototype: Server
}

/** Node's own, whatever a preload has put in its place: the class that stands directly upon `net.Server`. */
const NodeServer = nodesOwn(nodeHttp.Server)

const connections: unique symbol = Symbol('kirin.connections')

interface EngineServer extends Server {
  [connections]: ServerConnections
}

/**
 * `http.Server` on Kirin's engine.
 *
 * Throws as node's does for options of a wrong type, and `KIRIN_UNSUPPORTED_OPTION` for those that this engine does not have.
 */
export const Server: ServerConstructor = function (
  this: unknown,
  options?: ServerOptions | RequestListener | null,
  listener?: RequestListener,
): Server | undefined {
  if (!(this instanceof Server)) return new Server(options, listener)
  const server = this as EngineServer
  ;(NodeServer as unknown as (...given: unknown[]) => void).call(server, options, listener)
  const given = typeof options === 'function' ? {} : (options ?? {})
  refuseUnsupported(given)
  keepTickMap()
  // Node's engine. Its timer is left to it, with no connection to look after.
  server.removeAllListeners('connection')
  server[connections] = new ServerConnections(server, given)
  server.on('connection', connected)
  return undefined
} as unknown as ServerConstructor

Object.defineProperty(Server, 'name', { value: 'Server' })
Object.setPrototypeOf(Server, NodeServer)
Object.setPrototypeOf(Server.prototype, NodeServer.prototype)

function nodesOwn(found: object): ServerConstructor {
  for (let one = found; one !== null; one = Object.getPrototypeOf(one) as object) {
    if (Object.getPrototypeOf(one) === NetServer) return one as ServerConstructor
  }
  return found as ServerConstructor
}

function connected(this: EngineServer, socket: Socket): void {
  this[connections].accept(socket)
}

type Members = Pick<Server, 'listen' | 'close' | 'address' | 'closeIdleConnections' | 'closeAllConnections'>

const members: { [Name in keyof Members]: (this: EngineServer, ...given: unknown[]) => unknown } = {
  listen(...given) {
    const taken = takeOver.current?.listen(this, given)
    if (taken === true) return this
    return NodeServer.prototype.listen.apply(this, given as Parameters<Server['listen']>)
  },
  close(...given) {
    if (takeOver.current?.close(this, given[0]) === true) return this
    return NodeServer.prototype.close.apply(this, given as Parameters<Server['close']>)
  },
  address() {
    const taken = takeOver.current?.address(this)
    return taken === undefined ? NodeServer.prototype.address.call(this) : taken
  },
  closeIdleConnections() {
    this[connections].closeIdle()
  },
  closeAllConnections() {
    this[connections].closeAll()
  },
}
for (const [name, value] of Object.entries(members)) {
  Object.defineProperty(Server.prototype, name, { value, writable: true, configurable: true })
}
Object.defineProperty(Server.prototype, 'listening', {
  configurable: true,
  get(this: EngineServer & { readonly _handle: unknown }): boolean {
    const address = takeOver.current?.address(this)
    return address === undefined ? Boolean(this._handle) : address !== null
  },
})

/**
 * As `http.createServer`: an HTTP server in this process, on Kirin's engine.
 *
 * Throws `KIRIN_UNSUPPORTED_OPTION` for the options that this engine does not have.
 */
export function createServer(options?: ServerOptions | RequestListener | null, listener?: RequestListener): Server {
  return new Server(options, listener)
}
