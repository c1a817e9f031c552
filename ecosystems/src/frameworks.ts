// The versions of the frameworks, and how an application of each is served in the two ways.
import { createServer, type RequestListener, type Server } from 'node:http'
import { fromExpress } from '@nsgi/adapters-express'
import { fromFastify } from '@nsgi/adapters-fastify'
import { fromKoa } from '@nsgi/adapters-koa'
import { fromNode, type UpgradeListener } from '@nsgi/adapters-node'
import type { Application } from '@nsgi/spec'
import type { Built, Framework, FrameworkId } from './scenario.ts'

const packages: Readonly<Record<FrameworkId, { readonly label: string; readonly name: string | undefined }>> = {
  express4: { label: 'Express 4', name: 'express4' },
  express5: { label: 'Express 5', name: 'express' },
  koa2: { label: 'Koa 2', name: 'koa2' },
  koa3: { label: 'Koa 3', name: 'koa' },
  fastify4: { label: 'Fastify 4', name: 'fastify4' },
  fastify5: { label: 'Fastify 5', name: 'fastify' },
  node: { label: '(req, res)', name: undefined },
}

/** The package of a framework, as it is named in this package's dependencies. */
export function frameworkPackage(id: FrameworkId): string | undefined {
  return packages[id].name
}

/** For people: `Express 4`. */
export function frameworkLabel(id: FrameworkId): string {
  return packages[id].label
}

export async function loadFramework(id: FrameworkId): Promise<Framework> {
  const { label, name } = packages[id]
  const loaded = name === undefined ? undefined : ((await import(name)) as { default: unknown })
  return { id, label, module: loaded?.default }
}

type Kind = 'express' | 'koa' | 'fastify' | 'node'

const kindOf = (id: FrameworkId): Kind => id.replace(/\d$/, '') as Kind

interface KoaLike {
  callback(): RequestListener
}

/** The part of a Fastify application that serves it natively. */
export interface FastifyLike {
  readonly server: Server
  listen(where: { readonly port: number; readonly host: string }): PromiseLike<unknown>
  close(): PromiseLike<unknown>
}

/** The application, if it is one that brings its own server. */
export function ownServer(id: FrameworkId, { app, server }: Built): FastifyLike | undefined {
  return server === undefined && kindOf(id) === 'fastify' ? (app as FastifyLike) : undefined
}

/** The server of `node:http` that any other application would be served by without a gateway. */
export function nativeServer(id: FrameworkId, { app, server, upgrade }: Built): Server {
  if (server !== undefined) return server
  const listener = kindOf(id) === 'koa' ? (app as KoaLike).callback() : (app as RequestListener)
  const made = createServer(listener)
  if (upgrade !== undefined) made.on('upgrade', upgrade)
  return made
}

/** The gateway application that the adapter makes. */
export function adapted(id: FrameworkId, { app, server, upgrade }: Built): Application {
  if (server !== undefined) return fromServer(server)
  switch (kindOf(id)) {
    case 'express':
      return fromExpress(app as Parameters<typeof fromExpress>[0], { upgrade })
    case 'koa':
      return fromKoa(app as Parameters<typeof fromKoa>[0], { upgrade })
    case 'fastify':
      return fromFastify(app as Parameters<typeof fromFastify>[0], { upgrade })
    case 'node':
      return fromNode(app as RequestListener, { upgrade })
  }
}

/** As the README of adapters-node has it: a server that never listens, for what hangs itself on one. */
function fromServer(server: Server): Application {
  const upgrade: UpgradeListener = (...given) => void server.emit('upgrade', ...given)
  return fromNode((req, res) => void server.emit('request', req, res), {
    upgrade: server.listenerCount('upgrade') > 0 ? upgrade : undefined,
  })
}
