/**
 * What a worker knows of itself. One frozen object per worker: the same in `startup`, in every call and in `shutdown`
 * (LIF-04), so an application may hang what it opened at startup on it with a WeakMap.
 */
export interface Context {
  /** The version of the interface that the server implements. */
  readonly nsgi: '1.0'

  /** The server's product name and version. */
  readonly server: { readonly name: string; readonly version: string }

  /** The worker's number, from 0: unique among the workers alive at one time (LIF-08), kept when a slot gets a new process. */
  readonly worker: number

  /** Whether other processes may be serving the same application at the same time; then memory is not shared state. */
  readonly multiprocess: boolean

  /**
   * Aborts when graceful stop begins (LIF-05), so that long streams can end themselves (APP-05). It says nothing about any
   * one client; that is `request.signal`.
   */
  readonly draining: AbortSignal

  /** The server's error log. */
  readonly log: Logger

  /** What the server offers beyond this interface, by dotted name. What it lacks is absent, never a stub (LIF-09). */
  readonly extensions: Readonly<Record<string, unknown>>
}

/** The part of pino's interface that applications may rely on. */
export interface Logger {
  /** Something failed that somebody should look at. */
  readonly error: LogMethod
  /** Something is wrong but was dealt with. */
  readonly warn: LogMethod
  /** An ordinary event. */
  readonly info: LogMethod
  /** Detail for whoever looks for a fault. */
  readonly debug: LogMethod
}

/** `log.info('text')` or `log.info({ key: value }, 'text')`; an error goes under `err`. */
export interface LogMethod {
  (message: string): void
  (fields: object, message?: string): void
}
