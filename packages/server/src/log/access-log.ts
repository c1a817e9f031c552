// One line for each request, in the format that the settings name.
import type { ExchangeRecord } from '../transport/gateway-server.ts'
import { compileAccessFormat } from './access-format.ts'
import type { CustomLogger } from './custom-logger.ts'
import { describeThrown } from './describe-thrown.ts'
import { escapeControls } from './escape-controls.ts'
import { type LogFile, openLogFile } from './log-file.ts'
import type { AccessTarget } from './log-targets.ts'

/** What the access log looks like and where it goes. */
export interface AccessLogOptions {
  readonly targets: readonly AccessTarget[]
  /** Gets each exchange in their place, where it takes exchanges. */
  readonly custom?: CustomLogger | undefined
  /** The number of the worker that writes. */
  readonly worker: number
  /** Told when lines are being lost. */
  readonly onFailure: (error: Error) => void
}

/** The access log and what keeps it. */
export interface AccessLog {
  /** Writes the line of one exchange. Never throws, never waits. `undefined` where nobody wants it. */
  readonly record: ((record: ExchangeRecord) => void) | undefined
  /** Opens files anew by their paths, after rotation moved the old ones away. */
  reopen(): void
  /** Resolves when everything written so far has been handed to the system, or cannot be. */
  flush(): Promise<void>
}

const STDOUT = 1

/**
 * Opens the access log.
 *
 * @throws the system's error when a file cannot be opened
 */
export async function openAccessLog({ targets, custom, worker, onFailure }: AccessLogOptions): Promise<AccessLog> {
  if (custom?.access !== undefined) return customAccessLog(custom, onFailure)
  const opened = await Promise.all(
    targets.map(async target => {
      const destination = target.file === '-' ? STDOUT : target.file
      const file = await openLogFile({ destination, sync: false, onFailure })
      return { file, write: accessLine(target, worker) }
    }),
  )
  return {
    record: recorder(opened),
    reopen: () => opened.forEach(({ file }) => file.reopen()),
    flush: async () => void (await Promise.all(opened.map(({ file }) => file.flush()))),
  }
}

interface Opened {
  readonly file: LogFile
  readonly write: (record: ExchangeRecord) => string
}

function recorder(opened: readonly Opened[]): AccessLog['record'] {
  const [only, ...others] = opened
  if (only === undefined) return undefined
  // Nearly always: a loop over one costs each request more than it looks.
  if (others.length === 0) return record => only.file.write(`${only.write(record)}\n`)
  return record => {
    for (const { file, write } of opened) file.write(`${write(record)}\n`)
  }
}

function customAccessLog(custom: CustomLogger, onFailure: (error: Error) => void): AccessLog {
  return {
    record(record) {
      try {
        custom.access?.(record)
      } catch (error) {
        onFailure(error as Error)
      }
    },
    reopen() {},
    flush: () => Promise.resolve(),
  }
}

/** What writes the line of an exchange, without its line feed. */
export function accessLine(
  { format, line }: Pick<AccessTarget, 'format' | 'line'>,
  worker: number,
): (record: ExchangeRecord) => string {
  return format === 'json' ? jsonLine(worker) : compileAccessFormat(line)
}

/** JSON escapes control characters by itself; bytes above 127 stand as latin1 characters. */
function jsonLine(worker: number): (record: ExchangeRecord) => string {
  return ({ request, status, bytes, startedAt, duration, error }) =>
    escapeControls(
      JSON.stringify({
        time: new Date(startedAt).toISOString(),
        pid: process.pid,
        worker,
        remote: request.remote.address,
        method: request.method,
        scheme: request.scheme,
        host: request.authority,
        target: request.target,
        protocol: `HTTP/${request.httpVersion}`,
        status,
        bytes,
        duration: Math.round(duration * 1000) / 1_000_000,
        referer: request.headers['referer'],
        userAgent: request.headers['user-agent'],
        error: messageOf(error),
      }),
    )
}

/** What failed by its message, which is the application's and may be anything. */
function messageOf(error: unknown): string | undefined {
  try {
    if (!(error instanceof Error)) return undefined
    const { message }: { readonly message: unknown } = error
    if (typeof message === 'string') return message
  } catch {
    // It throws when it is looked at.
  }
  return describeThrown(error)
}
