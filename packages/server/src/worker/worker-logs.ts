// The two logs of a worker.
import type { Logger } from 'pino'
import type { BootOrder } from '../ipc/messages.ts'
import { type AccessLog, openAccessLog } from '../log/access-log.ts'
import { openErrorLog } from '../log/error-log.ts'
import type { ExchangeRecord } from '../transport/gateway-server.ts'
import { captureOutput } from './captured-output.ts'
import { settledWithin } from './settled-within.ts'

/** A worker's logs. */
export interface WorkerLogs {
  readonly logger: Logger
  /** Writes one exchange to the access log; `undefined` when there is none. */
  readonly record: ((record: ExchangeRecord) => void) | undefined
  /** Opens files anew after rotation. */
  reopen(): void
  /** Waits until everything has been written, no longer than so many milliseconds. */
  flush(milliseconds: number): Promise<void>
}

/**
 * Opens what the settings name.
 *
 * @throws the system's error when a file cannot be opened
 */
export async function openWorkerLogs({ settings, slot }: BootOrder): Promise<WorkerLogs> {
  const { logLevel: level, logFormat: format, accessLogfile, accessLogformat: line } = settings
  const errors = await openErrorLog({ file: settings.errorLogfile, level, format })
  const onFailure = (error: Error): void => {
    errors.logger.error(`The access log cannot be written, lines are lost: ${error.message}`)
  }
  const access: AccessLog | undefined =
    accessLogfile === null
      ? undefined
      : await openAccessLog({ file: accessLogfile, format, line, worker: slot, onFailure })
  if (settings.captureOutput) captureOutput({ ...errors, format })
  return {
    logger: errors.logger,
    record: access?.record,
    reopen() {
      errors.file.reopen()
      access?.file.reopen()
    },
    async flush(milliseconds) {
      if (access !== undefined) await settledWithin(access.file.flush(), milliseconds)
    },
  }
}
