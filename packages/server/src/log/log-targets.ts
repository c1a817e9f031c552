// Where the two logs go, and in which form: what the settings say, or the file that --log-config names.
import { resolve } from 'node:path'
import * as v from 'valibot'
import type { LogLevel, LogSettings } from '../config/settings/logging.ts'
import { isAccessFormat } from './access-format.ts'

/** One destination of the server's own log. */
export interface ErrorTarget {
  /** A path, or `-` for standard error. */
  readonly file: string
  readonly level: LogLevel
  readonly format: 'text' | 'json'
}

/** One destination of the access log. */
export interface AccessTarget {
  /** A path, or `-` for standard output. */
  readonly file: string
  readonly format: 'text' | 'json'
  /** The line's format when `format` is `text`. */
  readonly line: string
}

/** All destinations. */
export interface LogTargets {
  readonly errors: readonly ErrorTarget[]
  readonly access: readonly AccessTarget[]
}

/** What such a file holds. */
export interface LogConfig {
  readonly $schema?: string | undefined
  readonly error?:
    | readonly {
        readonly file: string
        readonly level?: keyof typeof LEVELS | undefined
        readonly format?: 'text' | 'json' | undefined
      }[]
    | undefined
  readonly access?:
    | readonly {
        readonly file: string
        readonly format?: 'text' | 'json' | undefined
        readonly line?: string | undefined
      }[]
    | undefined
}

const LEVELS = { debug: 'debug', info: 'info', warning: 'warn', error: 'error', critical: 'fatal' } as const

const file = v.pipe(v.string(), v.regex(/^\P{Cc}+$/u, 'expected a path, or -'))
const format = v.optional(v.picklist(['text', 'json'], 'expected text or json'))
const level = v.picklist(
  Object.keys(LEVELS) as (keyof typeof LEVELS)[],
  `expected one of ${Object.keys(LEVELS).join(', ')}`,
)
const line = v.pipe(v.string(), v.check(isAccessFormat, 'expected a format as for --access-logformat'))

const logConfig: v.GenericSchema<unknown, LogConfig> = v.strictObject({
  $schema: v.optional(v.string()),
  error: v.optional(
    v.pipe(
      v.array(v.strictObject({ file, level: v.optional(level), format })),
      v.minLength(1, 'expected at least one destination'),
    ),
  ),
  access: v.optional(v.array(v.strictObject({ file, format, line: v.optional(line) }))),
})

/**
 * Reads the text of a file for `--log-config`.
 *
 * @param shown what to call the file in messages
 * @returns what it says, or a line for each thing that is wrong
 */
export function readLogConfig(
  text: string,
  shown: string,
): { readonly config: LogConfig } | { readonly problems: readonly string[] } {
  const parsed = parse(text)
  if ('problem' in parsed) return { problems: [`--log-config: ${shown} is no JSON: ${parsed.problem}`] }
  // valibot takes an array for an object without members.
  const result = v.safeParse(logConfig, Array.isArray(parsed.value) ? undefined : parsed.value)
  if (result.success) return { config: result.output }
  return {
    problems: result.issues.map(
      issue => `--log-config: ${shown}: ${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`,
    ),
  }
}

function parse(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    return { problem: (error as Error).message.split('\n', 1)[0] ?? '' }
  }
}

/**
 * The destinations that settings lead to.
 *
 * @param settings with the text of the file as `logConfig`, not its path
 */
export function logTargets(settings: LogSettings): LogTargets {
  const { accessLogfile, accessLogformat, errorLogfile, logLevel, logFormat } = settings
  const plain: LogTargets = {
    errors: [{ file: errorLogfile, level: logLevel, format: logFormat }],
    access: accessLogfile === null ? [] : [{ file: accessLogfile, format: logFormat, line: accessLogformat }],
  }
  const read = settings.logConfig === null ? undefined : readLogConfig(settings.logConfig, 'the file')
  if (read === undefined || 'problems' in read) return plain
  const { error, access } = read.config
  return {
    errors: error === undefined ? plain.errors : error.map(target => errorTarget(target, settings)),
    access:
      access === undefined
        ? plain.access
        : access.map(target => ({ format: logFormat, line: accessLogformat, ...definedOnly(target) })),
  }
}

type WrittenError = NonNullable<LogConfig['error']>[number]

function errorTarget({ file, level, format }: WrittenError, { logLevel, logFormat }: LogSettings): ErrorTarget {
  return { file, level: level === undefined ? logLevel : LEVELS[level], format: format ?? logFormat }
}

/** The files among the destinations, each once. */
export function logFilesOf({ errors, access }: LogTargets): readonly string[] {
  return [...new Set([...errors, ...access].map(target => target.file).filter(path => path !== '-'))]
}

/**
 * The same text with absolute paths: whoever opens a file anew may be in another directory by then.
 *
 * @param text as `readLogConfig` accepts it
 */
export function withAbsoluteFiles(text: string, directory: string): string {
  const { error, access, ...rest } = JSON.parse(text) as LogConfig
  const absolute = <Target extends { readonly file: string }>(target: Target): Target => ({
    ...target,
    file: target.file === '-' ? '-' : resolve(directory, target.file),
  })
  return JSON.stringify({ ...rest, error: error?.map(absolute), access: access?.map(absolute) })
}

function definedOnly<T extends object>(object: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never
}
