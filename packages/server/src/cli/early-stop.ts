// A stop that is asked for before there is an arbiter that hears of it: while a hook is waited for, or an application is loaded.
import { exitCodes } from '../ipc/exit-codes.ts'

/** By default these end the process at once, with all that it has put into the file system left behind. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const

export class EarlyStop {
  /** Resolves with the exit code when a stop is asked for. */
  readonly asked: Promise<number>
  #isAsked = false
  #ask: (code: number) => void = () => undefined
  readonly #onSignal = (): void => {
    this.#isAsked = true
    this.#ask(exitCodes.ok)
  }

  /** Listens from now on. */
  constructor() {
    this.asked = new Promise(resolve => {
      this.#ask = resolve
    })
    for (const signal of SIGNALS) process.on(signal, this.#onSignal)
  }

  /** Nothing is to be begun any more then. */
  get isAsked(): boolean {
    return this.#isAsked
  }

  /** Somebody else listens. */
  end(): void {
    for (const signal of SIGNALS) process.removeListener(signal, this.#onSignal)
  }
}
