import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Application, Context, Logger } from '@nsgi/spec'
import { attachTo } from './attachment.ts'
import { Connection } from './connection.ts'
import { consoleLog, nodeContext } from './context.ts'
import { Exchange } from './exchange.ts'
import { Offer, offeredBy } from './offer.ts'
import { replay, unmask } from './replay.ts'
import { refusalOf } from './request-rules.ts'

/** How a gateway application is run under node:http. */
export interface ToNodeOptions {
  /** Where failures of the application are reported; the console if absent. */
  readonly log?: Logger | undefined
}

/** A `(req, res)` listener that runs a gateway application, with its lifespan as functions to call. */
export interface GatewayListener {
  (req: IncomingMessage, res: ServerResponse): void
  /** What the application gets as its second argument. */
  readonly context: Context
  /**
   * Gives a server of its own to the application: sets this listener for all requests, offers it upgrades and tunnels, answers what node
   * would only close or answer behind its back ('clientError', a missing Host), and keeps half-closed clients. Call it before `listen`.
   */
  attach(server: Server): void
  /**
   * A listener for 'upgrade' and 'connect' of a server, which `attach` sets as well: offers the connection to the application
   * (`request.upgrade`), and answers in the ordinary way where that does not take it.
   */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Runs the application's `startup`. Await it before listening; rejects if the application does. */
  startup(): Promise<void>
  /** Graceful stop begins: `context.draining` aborts, each further response closes its connection. */
  drain(): void
  /** Runs the application's `shutdown`, once, and only after a `startup` that succeeded. Await it after `server.close`. */
  shutdown(): Promise<void>
}

/**
 * Runs a gateway application under node:http:
 *
 *     const listener = toNode(application)
 *     const server = http.createServer()
 *     listener.attach(server)
 *     await listener.startup()
 *     server.listen(8000)
 */
export function toNode(application: Application, options: ToNodeOptions = {}): GatewayListener {
  const draining = new AbortController()
  const context = nodeContext(options.log ?? consoleLog, draining.signal)
  const served = { application, context }
  let life: 'new' | 'started' | 'stopped' = 'new'

  function listener(req: IncomingMessage, res: ServerResponse): void {
    unmask(req)
    const connection = Connection.of(req.socket)
    const refused = refusalOf(req)
    if (refused === undefined) connection.take(new Exchange(served, { req, res }))
    else connection.refuse(req, res, refused)
  }

  function upgrade(req: IncomingMessage, stream: Duplex, head: Buffer): void {
    const socket = stream as Socket
    const connection = Connection.of(socket)
    // Node has taken its hands off the socket: nobody else hears of its failure.
    socket.on('error', () => {})
    const offered = offeredBy(req)
    // There is no CONNECT with content (RFC 9110 §9.3.6), and node has no parser left for what it would be.
    const refused = refusalOf(req) ?? (req.method === 'CONNECT' && offered === undefined ? 501 : undefined)
    if (refused !== undefined) {
      connection.refuseInput(refused)
      socket.resume()
    } else if (offered !== undefined) {
      const offer = new Offer(offered, { req, socket, head })
      connection.take(new Exchange(served, { req, res: offer.res, offer }))
    } else connection.whenIdle(() => replay({ req, socket, head }))
  }

  return Object.assign(listener, {
    context,
    upgrade,
    attach: (server: Server) => attachTo(server, { request: listener, upgrade }),
    async startup(): Promise<void> {
      await application.startup?.(context)
      life = 'started'
    },
    drain(): void {
      draining.abort()
    },
    async shutdown(): Promise<void> {
      if (life !== 'started') return
      life = 'stopped'
      await application.shutdown?.(context)
    },
  })
}
