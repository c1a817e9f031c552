import { type FromNodeOptions, fromNode } from '@nsgi/adapters-node'
import type { Application } from '@nsgi/spec'
import { type ExpressApplication, isExpress } from './express-application.ts'

/** The lifespan hooks of the gateway application, and the listeners that Express leaves to the server: 'upgrade' and 'connect'. */
export type FromExpressOptions = Pick<FromNodeOptions, 'startup' | 'shutdown' | 'upgrade' | 'connect'>

/**
 * Makes a gateway application of an Express application, version 4 or 5, middleware and mounted applications included.
 *
 * Express replaces the prototypes of req and res at every request, which makes the engine throw away what it knew of their
 * shape. Here both are created with this application's prototypes, so that the replacement changes nothing. Neither
 * Express nor the application is modified: it can be served natively at the same time.
 *
 * Throws a TypeError if `application` is not an Express application.
 */
export function fromExpress(application: ExpressApplication, options: FromExpressOptions = {}): Application {
  if (!isExpress(application)) throw new TypeError('fromExpress takes an Express application, as express() returns it')
  return fromNode(application, {
    ...options,
    requestPrototype: application.request,
    responsePrototype: application.response,
  })
}
