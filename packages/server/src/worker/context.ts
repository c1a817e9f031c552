// The one object that an application knows its worker by.
import { setMaxListeners } from 'node:events'
import type { Context, Logger } from '@nsgi/spec'
import { product } from '../config/product.ts'

/** What a context is made from. */
export interface ContextParts {
  /** The worker's number. */
  readonly worker: number
  /** Aborts when the worker begins to stop gracefully. */
  readonly draining: AbortSignal
  readonly log: Logger
}

/**
 * Makes the context (interface.md). `multiprocess` is always true: even a lone worker overlaps with its successor
 * while it finishes its last responses, and TTIN may add another at any time.
 */
export function createContext({ worker, draining, log }: ContextParts): Context {
  // Every open stream may watch it; from the eleventh on Node would warn of a leak.
  setMaxListeners(0, draining)
  return Object.freeze({
    nsgi: '1.0' as const,
    server: product,
    worker,
    multiprocess: true,
    draining,
    log,
    extensions: Object.freeze({}),
  })
}
