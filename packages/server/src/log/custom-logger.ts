// A logger of the operator's own, in the place of Kirin's two logs (gunicorn's logger_class).
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LogMethod } from '@nsgi/spec'
import type { LogLevel } from '../config/settings/logging.ts'
import type { ExchangeRecord } from '../transport/gateway-server.ts'
import { describeThrown } from './describe-thrown.ts'

/** What a module for `--logger-class` gives. */
export interface CustomLogger {
  readonly error: LogMethod
  readonly warn: LogMethod
  readonly info: LogMethod
  readonly debug: LogMethod
  /** For what ends a master; without it `error` gets that. */
  readonly fatal?: LogMethod
  /** Gets each exchange, instead of the access log. */
  readonly access?: (record: ExchangeRecord) => void
  /** USR1: files may have been renamed. */
  readonly reopen?: () => void
  /** Everything must get out: a worker is about to exit. Waited for, a second at most. */
  readonly flush?: () => void | Promise<void>
}

/** Whom a logger is for. */
export interface LoggerPlace {
  /** The worker's number; `null` in the master. */
  readonly worker: number | null
  /** What is less than this is not told to it. */
  readonly level: LogLevel
}

/** What such a module exports as its default. */
export type CustomLoggerFactory = (place: LoggerPlace) => CustomLogger | Promise<CustomLogger>

const REQUIRED = ['error', 'warn', 'info', 'debug'] as const

/**
 * Loads a logger: a path, or the name of a package, both seen from the working directory.
 *
 * @throws Error with a line for the operator
 */
export async function loadCustomLogger(module: string, place: LoggerPlace): Promise<CustomLogger> {
  let made: unknown
  try {
    const from = createRequire(join(process.cwd(), 'kirin'))
    const namespace = (await import(pathToFileURL(from.resolve(module)).href)) as { readonly default?: unknown }
    const { default: factory } = namespace
    if (typeof factory !== 'function') throw new TypeError('its default export is no function')
    made = await (factory as CustomLoggerFactory)(place)
  } catch (cause) {
    throw new Error(`--logger-class: cannot use ${module}: ${describeThrown(cause)}`, { cause })
  }
  const missing = REQUIRED.filter(name => typeof (made as Partial<CustomLogger> | undefined)?.[name] !== 'function')
  if (missing.length === 0) return made as CustomLogger
  throw new Error(`--logger-class: ${module} gives a logger without ${missing.join(', ')}`)
}
