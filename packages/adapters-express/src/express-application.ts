import type { IncomingMessage, ServerResponse } from 'node:http'

/** The part of an Express application, version 4 or 5, that the adapter touches. */
export interface ExpressApplication {
  (req: IncomingMessage, res: ServerResponse, next?: (error?: unknown) => void): unknown
  /** The prototypes that Express gives to every request and response of this application. */
  readonly request: object
  readonly response: object
  handle(req: IncomingMessage, res: ServerResponse, next?: (error?: unknown) => void): unknown
  use(...handlers: never[]): unknown
}

/**
 * Whether a value is an Express application, by its shape: of any copy and either version of Express, which need not be
 * the one that this package would find.
 */
export function isExpress(value: unknown): value is ExpressApplication {
  if (typeof value !== 'function') return false
  const candidate = value as unknown as Record<string, unknown>
  return (
    typeof candidate.handle === 'function' &&
    typeof candidate.use === 'function' &&
    typeof candidate.set === 'function' &&
    isPrototypeOf(candidate.request, 'app', value) &&
    isPrototypeOf(candidate.response, 'app', value)
  )
}

function isPrototypeOf(value: unknown, key: string, application: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as Record<string, unknown>)[key] === application
}
