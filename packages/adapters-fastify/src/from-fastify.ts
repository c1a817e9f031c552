import type { IncomingMessage, ServerResponse } from 'node:http'
import { type FromNodeOptions, fromNode, type UpgradeListener } from '@nsgi/adapters-node'
import type { Application, Context, GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { Closing } from './closing.ts'
import { type FastifyApplication, isFastify, serverOf } from './fastify-application.ts'
import { runListenHooks } from './listen-hooks.ts'

/**
 * Further lifespan hooks: `startup` runs before the application is made ready, `shutdown` after it was closed. `upgrade` and `connect`
 * stand in for the listeners of the application's own server.
 */
export type FromFastifyOptions = Pick<FromNodeOptions, 'startup' | 'shutdown' | 'upgrade' | 'connect'>

/**
 * Makes a gateway application of a Fastify application, version 4 or 5, plugins included. Its `startup` awaits `ready()` and is followed by the
 * onListen hooks, its `shutdown` awaits `close()` with the hooks for it; `inject` works as ever.
 *
 * Requests and upgrades are emitted on `application.server`, which never listens: plugins that hang their listeners there
 * (@fastify/websocket, socket.io) get them.
 *
 * Throws a TypeError if `application` is not a Fastify application.
 */
export function fromFastify(application: FastifyApplication, options: FromFastifyOptions = {}): Application {
  if (!isFastify(application)) throw new TypeError('fromFastify takes a Fastify application, as fastify() returns it')
  let adapted: Application | undefined
  const closing = new Closing(application)

  async function ready(): Promise<Application> {
    await application.ready()
    adapted ??= adapt(application, options)
    return adapted
  }

  async function whenReady(request: GatewayRequest, context: Context): Promise<GatewayResponse> {
    return (await ready())(request, context)
  }

  return Object.assign(
    // A call without startup before it, as tests make them, waits for what startup waits for.
    (request: GatewayRequest, context: Context) => (adapted ?? whenReady)(request, context),
    {
      async startup(context: Context) {
        await options.startup?.(context)
        await ready()
        closing.watch(context.draining)
        // Fastify runs them once it listens, and waits for none: here, when the worker has begun to accept.
        if (!context.draining.aborted) setImmediate(runListenHooks, application)
      },
      async shutdown(context: Context) {
        await closing.finish()
        await options.shutdown?.(context)
      },
    },
  )
}

// After `ready`, when every plugin has put its listeners in place.
function adapt(application: FastifyApplication, options: FromFastifyOptions): Application {
  const server = serverOf(application)
  if (server === undefined || server.listenerCount('request') === 0) {
    return fromNode((req, res) => application.routing(req, res), { upgrade: options.upgrade, connect: options.connect })
  }
  const emitting = (event: 'upgrade' | 'connect'): UpgradeListener | undefined =>
    server.listenerCount(event) === 0 ? undefined : (...given) => void server.emit(event, ...given)
  return fromNode((req: IncomingMessage, res: ServerResponse) => void server.emit('request', req, res), {
    upgrade: options.upgrade ?? emitting('upgrade'),
    connect: options.connect ?? emitting('connect'),
  })
}
