// Speaks to the service manager (sd_notify(3)). Its socket takes datagrams, which Node cannot send to a path: the command that comes
// with systemd does it (docs/decisions/0015).
import { spawn } from 'node:child_process'
import type { Logger } from 'pino'
import type { Assignments } from './notification.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Where the connection to the service manager comes from. */
export interface NotifierOptions {
  readonly environment: Environment
  readonly log: Pick<Logger, 'warn'>
  /** The command; for tests. */
  readonly command?: string
}

/** systemd restarts its wait at each message; one that takes longer than this is lost. Milliseconds. */
const SEND_TIMEOUT = 10_000

export class Notifier {
  readonly #environment: Environment
  readonly #log: Pick<Logger, 'warn'>
  readonly #command: string
  #sending: Promise<void> = Promise.resolve()
  #watchdog: NodeJS.Timeout | undefined
  #failed = false

  private constructor({ environment, log, command = 'systemd-notify' }: NotifierOptions) {
    this.#environment = environment
    this.#log = log
    this.#command = command
  }

  /** @returns `undefined` where nobody wants to be told */
  static of(options: NotifierOptions): Notifier | undefined {
    const { NOTIFY_SOCKET = '' } = options.environment
    return NOTIFY_SOCKET === '' ? undefined : new Notifier(options)
  }

  /** Sends one message, after those before it. Never rejects; resolves when it has been delivered, or is lost. */
  send(assignments: Assignments): Promise<void> {
    this.#sending = this.#sending.then(() => this.#deliver(assignments))
    return this.#sending
  }

  /**
   * Tells the service manager twice in each of its intervals that all is well, as long as it is.
   *
   * @param pid this process: the watchdog may be meant for another
   * @param isHealthy silence lets the service manager restart the service (`WatchdogSec=`)
   */
  guard(pid: number, isHealthy: () => boolean): void {
    const interval = watchdogInterval(this.#environment, pid)
    if (interval === undefined) return
    let isUnderWay = false
    this.#watchdog = setInterval(() => {
      if (isUnderWay || !isHealthy()) return
      isUnderWay = true
      const sent = (): void => {
        isUnderWay = false
      }
      void this.send(['WATCHDOG=1']).then(sent)
    }, interval).unref()
  }

  /** Resolves when what was sent so far is delivered; nothing is told by itself any more. */
  close(): Promise<void> {
    clearInterval(this.#watchdog)
    return this.#sending
  }

  #deliver(assignments: Assignments): Promise<void> {
    return new Promise<void>(resolve => {
      const env = { ...this.#environment }
      // Arguments, not a shell: a status may hold anything.
      const child = spawn(this.#command, [...assignments], { env, stdio: 'ignore', timeout: SEND_TIMEOUT })
      child.once('error', ({ message }) => {
        this.#complain(message)
        resolve()
      })
      child.once('exit', (code, signal) => {
        if (code !== 0) this.#complain(signal === null ? `it exited with ${code}` : `it was ended by ${signal}`)
        resolve()
      })
      // Node throws what the system seldom says, as that it has no memory.
    }).catch(({ message }: Error) => this.#complain(message))
  }

  #complain(reason: string): void {
    if (this.#failed) return
    this.#failed = true
    this.#log.warn(`The service manager cannot be told (NOTIFY_SOCKET, ${this.#command}): ${reason}`)
  }
}

/**
 * Half of what `WATCHDOG_USEC` says, as sd_watchdog_enabled(3) advises; `undefined` without one for this process.
 *
 * @returns milliseconds
 */
export function watchdogInterval({ WATCHDOG_USEC, WATCHDOG_PID }: Environment, pid: number): number | undefined {
  if (WATCHDOG_USEC === undefined || !/^[1-9]\d{0,14}$/.test(WATCHDOG_USEC)) return undefined
  if (WATCHDOG_PID !== undefined && Number(WATCHDOG_PID) !== pid) return undefined
  return Math.min(Number(WATCHDOG_USEC) / 2000, 2 ** 31 - 1)
}
