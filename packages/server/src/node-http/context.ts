// The context of a server that runs in its program's own process.
import { inspect } from 'node:util'
import type { Context, Logger } from '@nsgi/spec'
import { product } from '../config/product.ts'

const warn = (first: unknown, message?: string): void => {
  const cause = (first as { err?: unknown } | null)?.err
  const detail = cause === undefined ? '' : `: ${inspect(cause)}`
  process.emitWarning(`${message ?? String(first)}${detail}`, 'KirinWarning')
}
const silent = (): void => undefined

/** A log for a process that has none of ours: what goes wrong is a warning of the process. */
export const warningLog: Logger = Object.freeze({ error: warn, warn, info: silent, debug: silent })

/** The context, from one `listen` to the `close` after it. */
export class ServerContext {
  private draining = new AbortController()
  private made: Context | undefined

  get current(): Context {
    this.made ??= Object.freeze({
      nsgi: '1.0' as const,
      server: product,
      worker: 0,
      multiprocess: false,
      draining: this.draining.signal,
      log: warningLog,
      extensions: Object.freeze({}),
    })
    return this.made
  }

  /** The server stops. */
  drain(): void {
    this.draining.abort()
  }

  /** It listens again. */
  renew(): void {
    if (!this.draining.signal.aborted) return
    this.draining = new AbortController()
    this.made = undefined
  }
}
