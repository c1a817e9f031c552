import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Application, Context, GatewayResponse, Logger } from '@nsgi/spec'
import { connectionReset } from '../node-errors.ts'
import { consoleLog, nodeContext } from './context.ts'
import { NodeGatewayRequest } from './request.ts'
import { ResponseWriter } from './response-writer.ts'

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
  /** Sets this listener for 'request' and for 'checkContinue', so that 100 Continue waits for the first read of a body. */
  attach(server: Server): void
  /** Runs the application's `startup`. Await it before listening; rejects if the application does. */
  startup(): Promise<void>
  /** Graceful stop begins: `context.draining` aborts, each further response closes its connection. */
  drain(): void
  /** Runs the application's `shutdown`, once, and only after a `startup` that succeeded. Await it after `server.close`. */
  shutdown(): Promise<void>
}

interface Served {
  readonly application: Application
  readonly context: Context
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
    serve({ application, context }, req, res)
  }

  return Object.assign(listener, {
    context,
    attach(server: Server): void {
      server.on('request', listener)
      server.on('checkContinue', listener)
    },
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

function serve({ application, context }: Served, req: IncomingMessage, res: ServerResponse): void {
  const request = new NodeGatewayRequest(req, res)
  let writer: ResponseWriter | undefined

  res.on('close', () => {
    // What was not read of the request must not wait on the connection for ever.
    if (!req.complete) req.resume()
    if (res.writableFinished) return
    const error = connectionReset(req.socket.errored ?? undefined)
    NodeGatewayRequest.lose(request, error)
    writer?.lose(error)
  })

  function refuse(error: unknown): void {
    context.log.error({ err: error, method: req.method, target: req.url }, 'the application failed')
    if (res.destroyed) return
    res.writeHead(500, { 'content-type': 'text/plain' })
    res.end('Internal Server Error\n')
  }

  function respond(response: GatewayResponse): void {
    const over = (error: unknown): void => callFinished(response, error, context.log)
    if (context.draining.aborted) res.shouldKeepAlive = false
    writer = new ResponseWriter(res, response, {
      over,
      rejected: error => {
        refuse(error)
        over(error)
      },
    })
    if (res.destroyed) writer.lose(connectionReset())
    else writer.start()
  }

  try {
    const returned = application(request, context)
    if (isThenable(returned)) returned.then(respond, refuse)
    else respond(returned)
  } catch (error) {
    refuse(error)
  }
}

function isThenable(value: GatewayResponse | PromiseLike<GatewayResponse>): value is PromiseLike<GatewayResponse> {
  return typeof (value as PromiseLike<GatewayResponse> | null | undefined)?.then === 'function'
}

/** A throw in `finished` is contained (NSGI END-08). */
function callFinished(response: GatewayResponse | null | undefined, error: unknown, log: Logger): void {
  try {
    if (error === undefined) response?.finished?.()
    else response?.finished?.(error)
  } catch (thrown) {
    log.error({ err: thrown }, 'the response threw in finished')
  }
}
