// The server's own log: pino, as lines for people or as JSON.
import { type Logger, pino } from 'pino'
import type { LogLevel } from '../config/settings/logging.ts'
import { type LogFile, openLogFile } from './log-file.ts'
import { formatForPeople } from './people-format.ts'

/** What the log looks like and where it goes. */
export interface ErrorLogOptions {
  /** A path, or `-` for standard error. */
  readonly file: string
  readonly level: LogLevel
  readonly format: 'text' | 'json'
}

/** The log and what keeps it. */
export interface ErrorLog {
  readonly logger: Logger
  readonly file: LogFile
}

const STDERR = 2

/**
 * Opens the server's log. It is written synchronously: its lines are few, and a process's last words must get out.
 *
 * @throws the system's error when the file cannot be opened
 */
export async function openErrorLog(options: ErrorLogOptions): Promise<ErrorLog> {
  const file = await openLogFile({ destination: options.file === '-' ? STDERR : options.file, sync: true })
  const destination = options.format === 'json' ? file : { write: (line: string) => file.write(formatForPeople(line)) }
  const logger = pino(
    {
      base: { pid: process.pid },
      level: options.level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    destination,
  )
  return { logger, file }
}
