import type { Context, Logger } from '@nsgi/spec'

// oxlint-disable no-console -- the only log that is there when the program gives none

/** Writes to the console: pino's call shape, one line each. */
export const consoleLog: Logger = {
  error: (...given: unknown[]) => console.error(...given),
  warn: (...given: unknown[]) => console.warn(...given),
  info: (...given: unknown[]) => console.info(...given),
  debug: (...given: unknown[]) => console.debug(...given),
}

/** The context of an application under node:http: one process, its own worker 0. */
export function nodeContext(log: Logger, draining: AbortSignal): Context {
  return Object.freeze({
    nsgi: '1.0',
    server: Object.freeze({ name: 'node', version: process.versions.node }),
    worker: 0,
    multiprocess: false,
    draining,
    log,
    extensions: Object.freeze({}),
  })
}
