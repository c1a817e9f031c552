/** What a worker knows of itself. One frozen object per worker: the same in `startup`, in every call and in `shutdown`. */
export interface Context {
  /** The version of the interface that the server implements. */
  readonly nsgi: '1.0'

  /** The server's product name and version. */
  readonly server: { readonly name: string; readonly version: string }

  /** The worker's number: unique among the workers alive at one time, stable across a restart of the slot. */
  readonly worker: number

  /** Whether other processes may be serving the same application at the same time. */
  readonly multiprocess: boolean

  /** Aborts when graceful stop begins, so that long streams can end themselves. */
  readonly draining: AbortSignal

  /** The server's error log, with pino's call shape. */
  readonly log: Logger

  /** What the server offers beyond this interface, by dotted name. What it lacks is absent, never a stub. */
  readonly extensions: Readonly<Record<string, unknown>>
}

/** The part of pino's interface that applications may rely on. */
export interface Logger {
  readonly error: LogMethod
  readonly warn: LogMethod
  readonly info: LogMethod
  readonly debug: LogMethod
}

/** `log.info('text')` or `log.info({ key: value }, 'text')`; an error goes under `err`. */
export interface LogMethod {
  (message: string): void
  (fields: object, message?: string): void
}
