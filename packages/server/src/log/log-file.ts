// A log's destination: a file or one of the process's own outputs. Writing to it never throws and never stops a process.
import { once } from 'node:events'
import { pino } from 'pino'

type SonicBoom = ReturnType<typeof pino.destination>

/** Where lines go. */
export interface LogFile {
  /** Takes one line with its line feed. */
  write(line: string): void
  /** Opens a file anew by its path, after rotation moved the old one away. Nothing happens for standard output. */
  reopen(): void
  /** Resolves when everything written so far has been handed to the system, or cannot be. */
  flush(): Promise<void>
}

/** How a destination is written. */
export interface LogFileOptions {
  /** A path, or the descriptor of an open output. */
  readonly destination: string | number
  /** `true`: each line is in the system's hands when `write` returns. `false`: lines are gathered, nothing waits. */
  readonly sync: boolean
  /** Told of failures, at most once a minute; lines may have been lost. */
  readonly onFailure?: (error: Error) => void
}

/**
 * PIPE_BUF of Linux (pipe(7)): a write up to this size into a pipe is never mixed with another process's. Workers share
 * standard output, so lines are gathered in whole lines up to here.
 */
const ATOMIC_WRITE = 4096

/** With a reader that stopped reading, this many bytes are kept; then lines are dropped rather than memory. */
const MOST_KEPT = 8 * 1024 * 1024

/** Milliseconds that a line waits for company. Short enough for a person who watches the log. */
const GATHER = 50

/** Milliseconds between two reports of a failing log. */
const REPORT_EVERY = 60_000

/**
 * Opens a destination for appending.
 *
 * @throws the system's error when the file cannot be opened
 */
export async function openLogFile(options: LogFileOptions): Promise<LogFile> {
  const { destination, sync } = options
  const stream = pino.destination({
    dest: destination,
    append: true,
    sync,
    maxWrite: ATOMIC_WRITE,
    minLength: sync ? 0 : ATOMIC_WRITE / 2,
    maxLength: MOST_KEPT,
    // A terminal or pipe that is full for now: tried again later where that blocks nobody, else with the next line.
    retryEAGAIN: () => !sync,
  })
  try {
    await once(stream, 'ready')
  } catch (error) {
    // At exit pino flushes what is not closed, which throws for what was never open: a worker could not end.
    stream.flushSync = () => undefined
    throw error
  }
  // A full disk, a reader that went away: the log is lost, the requests are not.
  const report = reporter(options.onFailure)
  stream.on('error', report)
  stream.on('drop', () => report(new Error('lines dropped: nobody takes them')))
  skipHopelessFlush(stream)
  return logFile(stream, options, report)
}

/**
 * At exit pino writes what is left with `flushSync`, which tries for ever when the disk is full: a worker could not end.
 * What failed last is not tried again then.
 */
function skipHopelessFlush(stream: SonicBoom): void {
  const flushSync = stream.flushSync.bind(stream)
  let failing = false
  stream.on('error', () => {
    failing = true
  })
  stream.on('write', () => {
    failing = false
  })
  stream.flushSync = () => {
    if (!failing) flushSync()
  }
}

function logFile(stream: SonicBoom, options: LogFileOptions, report: (error: Error) => void): LogFile {
  const { destination, sync } = options
  let timer: NodeJS.Timeout | undefined
  const flushGathered = (): void => {
    timer = undefined
    stream.flush()
  }
  return {
    write(line) {
      stream.write(line)
      if (!sync) timer ??= setTimeout(flushGathered, GATHER).unref()
    },
    reopen() {
      if (typeof destination !== 'string') return
      try {
        stream.reopen()
      } catch (error) {
        report(error as Error)
      }
    },
    flush: () => (sync ? Promise.resolve() : new Promise(resolve => stream.flush(() => resolve()))),
  }
}

function reporter(onFailure: ((error: Error) => void) | undefined): (error: Error) => void {
  let last = Number.NEGATIVE_INFINITY
  return error => {
    const now = performance.now()
    if (now - last < REPORT_EVERY) return
    last = now
    onFailure?.(error)
  }
}
