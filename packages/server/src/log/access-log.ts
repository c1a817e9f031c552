// One line for each request, in the format that the settings name.
import type { ExchangeRecord } from '../transport/gateway-server.ts'
import { compileAccessFormat } from './access-format.ts'
import { type LogFile, openLogFile } from './log-file.ts'

/** What the access log looks like and where it goes. */
export interface AccessLogOptions {
  /** A path, or `-` for standard output. */
  readonly file: string
  readonly format: 'text' | 'json'
  /** The line's format when `format` is `text`. */
  readonly line: string
  /** The number of the worker that writes. */
  readonly worker: number
  /** Told when lines are being lost. */
  readonly onFailure: (error: Error) => void
}

/** The access log and what keeps it. */
export interface AccessLog {
  /** Writes the line of one exchange. Never throws, never waits. */
  readonly record: (record: ExchangeRecord) => void
  readonly file: LogFile
}

const STDOUT = 1

/**
 * Opens the access log.
 *
 * @throws the system's error when the file cannot be opened
 */
export async function openAccessLog(options: AccessLogOptions): Promise<AccessLog> {
  const destination = options.file === '-' ? STDOUT : options.file
  const file = await openLogFile({ destination, sync: false, onFailure: options.onFailure })
  const write = options.format === 'json' ? jsonLine(options.worker) : compileAccessFormat(options.line)
  return { record: record => file.write(`${write(record)}\n`), file }
}

/** JSON escapes control characters by itself; bytes above 127 stand as latin1 characters. */
function jsonLine(worker: number): (record: ExchangeRecord) => string {
  return ({ request, status, bytes, startedAt, duration, error }) =>
    JSON.stringify({
      time: new Date(startedAt).toISOString(),
      pid: process.pid,
      worker,
      remote: request.remote.address,
      method: request.method,
      target: request.target,
      protocol: `HTTP/${request.httpVersion}`,
      status,
      bytes,
      duration: Math.round(duration * 1000) / 1_000_000,
      referer: request.headers['referer'],
      userAgent: request.headers['user-agent'],
      error: error instanceof Error ? error.message : undefined,
    })
}
