// What the exit code of a process tells, for the master and its workers alike (docs/signals.md).

/** Exit codes. A supervisor can tell a wrong command line from an application that does not load. */
export const exitCodes = {
  /** Stopped because somebody asked. */
  ok: 0,
  /** A setting is wrong, or a file named by one cannot be used. In a worker: an uncaught exception. */
  failure: 1,
  /** An address cannot be bound. */
  addressUnavailable: 2,
  /** No worker finished its first boot: the application's startup failed, or took too long. */
  bootFailed: 3,
  /** The application cannot be loaded: no such file, no such export, a throw at its top level. */
  applicationUnusable: 4,
} as const
