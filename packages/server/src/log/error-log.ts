// The server's own log: pino, as lines for people or as JSON, to one or more destinations.
import { writeSync } from 'node:fs'
import { type DestinationStream, type Logger, pino } from 'pino'
import type { CustomLogger } from './custom-logger.ts'
import { describeThrown } from './describe-thrown.ts'
import { escapeControls } from './escape-controls.ts'
import { openLogFile } from './log-file.ts'
import type { ErrorTarget } from './log-targets.ts'
import { formatForPeople } from './people-format.ts'

/** Where the log goes. */
export interface ErrorLogOptions {
  /** At least one. */
  readonly targets: readonly ErrorTarget[]
  /** Gets everything in the place of the targets, from the level of the first one on. */
  readonly custom?: CustomLogger | undefined
  /** Gets each line of JSON besides, from the lowest level of the targets on. */
  readonly also?: ((line: string) => void) | undefined
}

/** The log and what keeps it. */
export interface ErrorLog {
  readonly logger: Logger
  /** Opens files anew by their paths, after rotation moved the old ones away. */
  readonly file: { reopen(): void }
  /** Takes a line that the application printed: as it is where lines are for people, else as the message of an entry. */
  takePrinted(output: 'stdout' | 'stderr', line: string): void
  /** From now on the destinations take lines from these levels on: one for each target that the log was opened with, in the same order. */
  setLevels(levels: readonly ErrorTarget['level'][]): void
}

/** Takes a line of pino's JSON with its line feed. */
interface Output {
  level: number
  write(line: string): void
  /** Takes a line that is no JSON, without its line feed; only where lines are for people. */
  readonly writePlain?: ((line: string) => void) | undefined
  reopen(): void
}

const STDERR = 2

/**
 * Opens the server's log. It is written synchronously: its lines are few, and a process's last words must get out.
 *
 * @throws the system's error when a file cannot be opened
 */
export async function openErrorLog({ targets, custom, also }: ErrorLogOptions): Promise<ErrorLog> {
  const levels = targets.map(({ level }) => levelValue(level))
  const outputs =
    custom === undefined ? await Promise.all(targets.map(openTarget)) : [customOutput(custom, levels[0] ?? 0)]
  const plain = outputs.filter(output => output.writePlain !== undefined)
  const others = outputs.filter(output => output.writePlain === undefined)
  const entries = others.length > 0 && plain.length > 0 ? loggerOf(others) : undefined
  const besides: readonly Output[] =
    also === undefined ? [] : [{ level: Math.min(...levels), write: also, reopen: () => undefined }]
  const logger = loggerOf([...outputs, ...besides])
  return {
    logger,
    file: { reopen: () => outputs.forEach(output => output.reopen()) },
    takePrinted(output, line) {
      for (const { writePlain } of plain) writePlain?.(line)
      if (others.length > 0) (entries ?? logger).info({ output }, line)
    },
    setLevels(names) {
      const values = names.map(levelValue)
      outputs.forEach((output, index) => {
        output.level = values[index] ?? output.level
      })
      for (const output of besides) output.level = Math.min(...values)
      logger.level = lowestLevel([...outputs, ...besides])
      if (entries !== undefined) entries.level = lowestLevel(others)
    },
  }
}

function loggerOf(outputs: readonly Output[]): Logger {
  return pino(
    {
      base: { pid: process.pid },
      level: lowestLevel(outputs),
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      serializers: { err: serializeThrown },
    },
    splitter(outputs),
  )
}

/** What an application throws may throw again when it is looked at, and whoever logs it must not fail for that. */
function serializeThrown(thrown: unknown): unknown {
  try {
    return pino.stdSerializers.err(thrown as Error)
  } catch {
    return { type: 'Error', message: describeThrown(thrown) }
  }
}

function lowestLevel(outputs: readonly Output[]): string {
  return pino.levels.labels[Math.min(...outputs.map(({ level }) => level))] ?? 'info'
}

/** Gives each line to those who want lines of its level; pino sets `lastLevel` for whoever bears its mark. */
function splitter(outputs: readonly Output[]): DestinationStream {
  return {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write(line: string) {
      for (const output of outputs) if (this.lastLevel >= output.level) output.write(line)
    },
  } as DestinationStream & { lastLevel: number }
}

async function openTarget({ file: path, level, format }: ErrorTarget): Promise<Output> {
  const file = await openLogFile(
    path === '-'
      ? { destination: STDERR, sync: true }
      : { destination: path, sync: true, onFailure: error => tellOfLoss(path, error) },
  )
  const shape = format === 'json' ? escapeControls : formatForPeople
  const writePlain = format === 'text' ? (line: string): void => file.write(`${line}\n`) : undefined
  return {
    level: levelValue(level),
    write: line => file.write(shape(line)),
    writePlain,
    reopen: () => file.reopen(),
  }
}

/** There is no other log to tell of this one: what looks after the process (systemd, a terminal) may still hear. */
function tellOfLoss(path: string, { message }: Error): void {
  try {
    writeSync(STDERR, `kirin: the error log ${path} cannot be written, lines are lost: ${message}\n`)
  } catch {
    // Nobody does.
  }
}

function levelValue(level: ErrorTarget['level']): number {
  return pino.levels.values[level] ?? 0
}

function customOutput(custom: CustomLogger, level: number): Output {
  return {
    level,
    write(line) {
      // What fails to log must not fail for that.
      try {
        tell(custom, line)
      } catch (thrown) {
        process.stderr.write(
          `kirin: the logger of --logger-class failed: ${describeThrown(thrown)}\n${formatForPeople(line)}`,
        )
      }
    },
    reopen: () => custom.reopen?.(),
  }
}

function tell(custom: CustomLogger, line: string): void {
  const { level, msg = '', time: _time, pid: _pid, ...fields } = JSON.parse(line) as Record<string, unknown>
  const name = String(level) as 'fatal' | 'error' | 'warn' | 'info' | 'debug'
  const method = (name === 'fatal' ? custom.fatal : custom[name]) ?? custom.error
  method.call(custom, fields, String(msg))
}
