// The two ways in which a scenario is served, both in this process and over real sockets.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createGatewayServer } from '@nsgi/server'
import type { Logger } from '@nsgi/spec'
import { createContext } from '@nsgi/spec/testing'
import { adapted, type FastifyLike, nativeServer, ownServer } from './frameworks.ts'
import type { Built, FrameworkId } from './scenario.ts'

export interface Serving {
  readonly port: number
  stop(): Promise<void>
}

/** A way to serve what a scenario built. */
export type Serve = (id: FrameworkId, built: Built) => Promise<Serving>

/** On `node:http`. */
export const serveNatively: Serve = async (id, built) => {
  const own = ownServer(id, built)
  if (own !== undefined) return serveItself(own, built)
  const server = nativeServer(id, built)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await built.close?.()
      await closed
    },
  }
}

async function serveItself(app: FastifyLike, built: Built): Promise<Serving> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    port: (app.server.address() as AddressInfo).port,
    async stop() {
      app.server.closeAllConnections()
      await app.close()
      await built.close?.()
    },
  }
}

/** On Kirin's engine, through the framework's adapter. */
export const serveAdapted: Serve = async (id, built) => {
  const application = adapted(id, built)
  const context = createContext({ log: silent })
  await application.startup?.(context)
  const server = createGatewayServer({ application, context, log: silent })
  const port = await server.listen({ port: 0, host: '127.0.0.1' })
  return {
    port: port as number,
    async stop() {
      server.destroy()
      await server.stop()
      await application.shutdown?.(context)
      await built.close?.()
    },
  }
}

// A scenario provokes failures on purpose; what the client gets of them is compared.
const ignore = (): void => undefined
const silent: Logger = { error: ignore, warn: ignore, info: ignore, debug: ignore }
