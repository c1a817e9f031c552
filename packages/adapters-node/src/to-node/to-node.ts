import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Application, Context, Logger } from '@nsgi/spec'
import { attachTo } from './attachment.ts'
import { Connection } from './connection.ts'
import { consoleLog, nodeContext } from './context.ts'
import { Exchange } from './exchange.ts'
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
   * Gives a server of its own to the application: sets this listener for all requests, answers what node would only close or
   * answer behind its back ('clientError', 'connect', a missing Host), and keeps half-closed clients. Call it before `listen`.
   */
  attach(server: Server): void
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
 *
 * Upgrades are not offered (`request.upgrade` is always `undefined`).
 */
export function toNode(application: Application, options: ToNodeOptions = {}): GatewayListener {
  const draining = new AbortController()
  const context = nodeContext(options.log ?? consoleLog, draining.signal)
  let life: 'new' | 'started' | 'stopped' = 'new'

  function listener(req: IncomingMessage, res: ServerResponse): void {
    const connection = Connection.of(req.socket)
    const refused = refusalOf(req)
    if (refused === undefined) connection.take(new Exchange({ application, context }, req, res))
    else connection.refuse(req, res, refused)
  }

  return Object.assign(listener, {
    context,
    attach: (server: Server) => attachTo(server, listener),
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
