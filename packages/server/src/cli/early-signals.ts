// Signals that come before there is an arbiter which hears of them: while a hook is waited for, or an application is loaded.
import { exitCodes } from '../ipc/exit-codes.ts'

/** By default these end the process at once, with all that it has put into the file system left behind. */
const STOPS = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const

/** These end it as well, or halt it; they can wait. */
const HELD = ['SIGHUP', 'SIGTTIN', 'SIGTTOU', 'SIGUSR2'] as const

export class EarlySignals {
  /** Resolves with the exit code when a stop is asked for. */
  readonly stopped: Promise<number>
  #isStopped = false
  #stop: (code: number) => void = () => undefined
  #held: readonly NodeJS.Signals[] = []
  readonly #onStop = (): void => {
    this.#isStopped = true
    this.#stop(exitCodes.ok)
  }
  readonly #onHeld = (signal: NodeJS.Signals): void => {
    this.#held = [...this.#held, signal]
  }

  /** Listens from now on. */
  constructor() {
    this.stopped = new Promise(resolve => {
      this.#stop = resolve
    })
    for (const signal of STOPS) process.on(signal, this.#onStop)
    for (const signal of HELD) process.on(signal, this.#onHeld)
  }

  /** Nothing is to be begun any more then. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Somebody else listens, who is given what was held. */
  end(): void {
    for (const signal of STOPS) process.removeListener(signal, this.#onStop)
    for (const signal of HELD) process.removeListener(signal, this.#onHeld)
    for (const signal of this.#held) process.kill(process.pid, signal)
  }
}
