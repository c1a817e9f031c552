// Signals that come before there is an arbiter which hears of them: while modules are loaded, the configuration is read, a hook is
// waited for. Loaded before everything else, so it imports next to nothing.
import { exitCodes } from '../ipc/exit-codes.ts'

/**
 * By default these end the process at once. That is what they are to do, whatever keeps it busy, until there is something in the file
 * system that would be left behind.
 */
const STOPS = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const

/** These end it as well, or halt it; they can wait. WINCH does nothing by default, nor to a master that is starting. */
const HELD = ['SIGHUP', 'SIGTTIN', 'SIGTTOU', 'SIGUSR2'] as const

export class EarlySignals {
  /** Resolves with the exit code when a stop is asked for, once {@link catchStops} was called. */
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

  /** Holds what can wait, from now on. */
  constructor() {
    this.stopped = new Promise(resolve => {
      this.#stop = resolve
    })
    for (const signal of HELD) process.on(signal, this.#onHeld)
  }

  /** From now on a stop does not end the process: whoever waits for `stopped` puts things in order first. */
  catchStops(): void {
    for (const signal of STOPS) process.on(signal, this.#onStop)
  }

  /** Nothing is to be begun any more then. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** This process will be no master: what was held has its default effect, and so has what comes. */
  async end(): Promise<void> {
    // What was delivered may become readable only after this turn's events were collected.
    for (let turn = 0; turn < 2; turn++) await new Promise(resolve => setImmediate(resolve))
    this.handOver()
  }

  /** Somebody else listens, who is given what was held. */
  handOver(): void {
    for (const signal of STOPS) process.removeListener(signal, this.#onStop)
    for (const signal of HELD) process.removeListener(signal, this.#onHeld)
    for (const signal of this.#held) process.kill(process.pid, signal)
  }
}
