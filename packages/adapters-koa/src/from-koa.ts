import type { IncomingMessage, ServerResponse } from 'node:http'
import { type FromNodeOptions, fromNode, gatewayRequestOf, type NodeHandler } from '@nsgi/adapters-node'
import type { Application } from '@nsgi/spec'
import { isKoa, type KoaApplication, type KoaContext } from './koa-application.ts'

/** The lifespan hooks of the gateway application, and the listeners that Koa leaves to the server: 'upgrade' and 'connect'. */
export type FromKoaOptions = Pick<FromNodeOptions, 'startup' | 'shutdown' | 'upgrade' | 'connect'>

/**
 * Makes a gateway application of a Koa application, version 2 or 3. Its middleware is composed here, once, as
 * `listen` would do it: adapt it when it is complete.
 *
 * Errors are Koa's to answer and to emit, as ever. After the head it does nothing with them, which would leave the client
 * waiting: here the response is destroyed then (NSGI ADP-08).
 *
 * Throws a TypeError if `application` is not a Koa application.
 */
export function fromKoa(application: KoaApplication, options: FromKoaOptions = {}): Application {
  if (!isKoa(application)) throw new TypeError('fromKoa takes a Koa application, as new Koa() makes it')
  // First, because it is this that gives an application without a listener for errors its default one.
  const handler = application.callback()
  if (!application.listeners('error').includes(destroyBegunResponse)) application.on('error', destroyBegunResponse)
  let mounted: NodeHandler | undefined
  return fromNode((req, res) => {
    if (gatewayRequestOf(req)?.mount === '') return handler(req, res)
    mounted ??= mountedCallback(application)
    return mounted(req, res)
  }, options)
}

// `headerSent` is set where Koa gives up. The same application may be served natively, too: that is not for us to change.
function destroyBegunResponse(error: unknown, context?: unknown): void {
  const { req, res } = (context ?? {}) as Partial<KoaContext>
  if ((error as { headerSent?: unknown } | null)?.headerSent !== true || req === undefined) return
  if (gatewayRequestOf(req) !== undefined) res?.destroy()
}

/** The application below a mount: `ctx.url` is what follows it, `ctx.originalUrl` is whole, as koa-mount has it. */
function mountedCallback(application: KoaApplication): NodeHandler {
  const derived = Object.create(application) as KoaApplication
  derived.createContext = (req: IncomingMessage, res: ServerResponse) => {
    const context = application.createContext(req, res) as KoaContext
    const { target, mount } = gatewayRequestOf(req) ?? { target: context.originalUrl, mount: '' }
    context.originalUrl = context.request.originalUrl = target
    context.mountPath = mount
    return context
  }
  return derived.callback()
}
