import type { IncomingMessage, ServerResponse } from 'node:http'

/** The part of a Koa context that the adapter touches. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly request: { originalUrl: string }
  originalUrl: string
  /** As koa-mount sets it. */
  mountPath?: string
}

/** The part of a Koa application, version 2 or 3, that the adapter touches. */
export interface KoaApplication {
  readonly middleware: readonly unknown[]
  readonly context: object
  readonly request: object
  readonly response: object
  callback(): (req: IncomingMessage, res: ServerResponse) => unknown
  createContext(req: IncomingMessage, res: ServerResponse): object
  listeners(event: 'error'): unknown[]
  on(event: 'error', listener: (error: unknown, context?: unknown) => void): unknown
}

/**
 * Whether a value is a Koa application, by its shape: of any copy and either version of Koa, which need not be the one that this
 * package would find.
 */
export function isKoa(value: unknown): value is KoaApplication {
  if (typeof value !== 'object' || value === null) return false
  const candidate = value as Readonly<Record<string, unknown>>
  return (
    ['callback', 'createContext', 'use', 'on'].every(name => typeof candidate[name] === 'function') &&
    Array.isArray(candidate.middleware) &&
    ['context', 'request', 'response'].every(name => typeof candidate[name] === 'object' && candidate[name] !== null)
  )
}
