// The log of the master, and a look at those of its workers.
import type { Settings } from '../config/settings.ts'
import { loadCustomLogger } from '../log/custom-logger.ts'
import { type ErrorLog, openErrorLog } from '../log/error-log.ts'
import { openLogFile } from '../log/log-file.ts'
import { LogSinks } from '../log/log-sinks.ts'
import { type LogTargets, logTargets } from '../log/log-targets.ts'

/** The master's log, and where it goes besides. */
export interface MasterLog extends ErrorLog {
  readonly sinks: LogSinks
}

/**
 * Opens the log. The access log is written by the workers; here it is only tried, so that a wrong path is told at once.
 *
 * @returns the log, or a line for each file and module that cannot be used
 */
export async function openLogs(settings: Settings): Promise<MasterLog | { readonly problems: readonly string[] }> {
  const targets = logTargets(settings)
  const problems = [...(await unusable(targets, 'access', settings)), ...(await unusable(targets, 'errors', settings))]
  if (problems.length > 0) return { problems }
  const { loggerClass, logLevel } = settings
  try {
    const custom =
      loggerClass === null ? undefined : await loadCustomLogger(loggerClass, { worker: null, level: logLevel })
    const sinks = await LogSinks.open(settings, null)
    const also = sinks.isOpen ? sinks.line : undefined
    return { ...(await openErrorLog({ targets: targets.errors, custom, also })), sinks }
  } catch (error) {
    return { problems: [(error as Error).message] }
  }
}

const FLAGS = { access: '--access-logfile', errors: '--error-logfile' } as const

/** The flag that says where a log goes. */
export function flagOf(log: keyof LogTargets, { logConfig }: Settings): string {
  return logConfig === null ? FLAGS[log] : '--log-config'
}

async function unusable(targets: LogTargets, log: keyof LogTargets, settings: Settings): Promise<string[]> {
  const problems: string[] = []
  for (const { file } of targets[log]) {
    if (file === '-') continue
    try {
      await openLogFile({ destination: file, sync: true })
    } catch (error) {
      problems.push(`${flagOf(log, settings)}: ${(error as Error).message}`)
    }
  }
  return problems
}
