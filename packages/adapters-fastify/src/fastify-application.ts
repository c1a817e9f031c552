import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** The part of a Fastify application, version 4 or 5, that the adapter touches. */
export interface FastifyApplication {
  /** Made with the application, whether it listens or not: plugins have put their listeners there. */
  readonly server: unknown
  routing(req: IncomingMessage, res: ServerResponse): unknown
  ready(): PromiseLike<unknown>
  close(): PromiseLike<unknown>
  inject(options: string): PromiseLike<unknown>
}

/** What the adapter needs of an application's server; whatever a `serverFactory` returned may lack it. */
export type ApplicationServer = EventEmitter & { close(callback?: (error?: Error) => void): unknown }

const methods = ['routing', 'ready', 'close', 'inject', 'register', 'addHook']

/**
 * Whether a value is a Fastify application, by its shape: of any copy and either version of Fastify, which need not be the one that
 * this package would find.
 */
export function isFastify(value: unknown): value is FastifyApplication {
  if (typeof value !== 'object' || value === null) return false
  return methods.every(name => typeof (value as Readonly<Record<string, unknown>>)[name] === 'function')
}

/** The server of an application, if it is one that events can be emitted on. */
export function serverOf({ server }: FastifyApplication): ApplicationServer | undefined {
  const candidate = server as Partial<ApplicationServer> | null | undefined
  const fits = typeof candidate?.emit === 'function' && typeof candidate.close === 'function'
  return fits ? (candidate as ApplicationServer) : undefined
}
