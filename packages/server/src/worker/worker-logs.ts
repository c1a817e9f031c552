// The two logs of a worker.
import type { Logger } from 'pino'
import { exitCodes } from '../ipc/exit-codes.ts'
import type { BootOrder } from '../ipc/messages.ts'
import { openAccessLog } from '../log/access-log.ts'
import { loadCustomLogger } from '../log/custom-logger.ts'
import { openErrorLog } from '../log/error-log.ts'
import { LogSinks } from '../log/log-sinks.ts'
import { logTargets } from '../log/log-targets.ts'
import type { ExchangeRecord } from '../transport/gateway-server.ts'
import { BootError } from './boot-error.ts'
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
 * @throws BootError that names the setting when a file cannot be opened
 */
export async function openWorkerLogs({ settings, slot }: Pick<BootOrder, 'settings' | 'slot'>): Promise<WorkerLogs> {
  const { loggerClass, logLevel: level } = settings
  const targets = logTargets(settings)
  const custom = loggerClass === null ? undefined : await loadCustomLogger(loggerClass, { worker: slot, level })
  const sinks = await LogSinks.open(settings, slot)
  const also = sinks.isOpen ? sinks.line : undefined
  const errors = await namingFlag('--error-logfile', settings, () =>
    openErrorLog({ targets: targets.errors, custom, also }),
  )
  const onFailure = (error: Error): void => {
    errors.logger.error(`The access log cannot be written, lines are lost: ${error.message}`)
  }
  // A logger that prints would be told of what it prints.
  if (settings.captureOutput && custom === undefined) captureOutput(errors)
  const access = await namingFlag('--access-logfile', settings, () =>
    openAccessLog({ targets: targets.access, custom, worker: slot, onFailure }),
  )
  return {
    logger: errors.logger,
    record: both(access.record, sinks.isOpen ? sinks.exchange : undefined),
    reopen() {
      errors.file.reopen()
      access.reopen()
    },
    async flush(milliseconds) {
      sinks.flush()
      await settledWithin(Promise.all([access.flush(), custom?.flush?.()]), milliseconds)
    },
  }
}

async function namingFlag<T>(
  flag: '--access-logfile' | '--error-logfile',
  { logConfig }: BootOrder['settings'],
  open: () => Promise<T>,
): Promise<T> {
  try {
    return await open()
  } catch (error) {
    const { message } = error as Error
    throw new BootError(`${logConfig === null ? flag : '--log-config'}: ${message}`, exitCodes.bootFailed, error)
  }
}

type Take = WorkerLogs['record']

function both(first: Take, second: Take): Take {
  if (first === undefined || second === undefined) return first ?? second
  return record => {
    first(record)
    second(record)
  }
}
