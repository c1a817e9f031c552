// Where what workers print goes: to the master's own output, to its log, or nowhere.
import { closeSync, openSync } from 'node:fs'
import type { Settings } from '../config/settings.ts'

const STDERR = 2

export class WorkerOutput {
  readonly #path: string | undefined
  #descriptor: number | undefined

  /** @param isDaemon whether there is no terminal, or will be none soon */
  constructor({ captureOutput, errorLogfile }: Settings, isDaemon: boolean) {
    if (captureOutput && errorLogfile !== '-') this.#path = errorLogfile
    else if (isDaemon) this.#path = '/dev/null'
    this.#descriptor = this.#path === undefined && captureOutput ? STDERR : undefined
    if (this.#path !== undefined) this.#descriptor = openSync(this.#path, 'a')
  }

  /** What workers started from now on have as standard output and error; `undefined` for the master's own. */
  get descriptor(): number | undefined {
    return this.#descriptor
  }

  /**
   * Opens the file anew. Workers that run keep what they have.
   *
   * @returns a line that says why it cannot be opened, if so; then the one of before goes on
   */
  reopen(): readonly string[] {
    if (this.#path === undefined) return []
    const before = this.#descriptor
    try {
      this.#descriptor = openSync(this.#path, 'a')
    } catch (error) {
      return [`--capture-output: ${this.#path} cannot be opened: ${(error as Error).message}`]
    }
    if (before !== undefined) closeSync(before)
    return []
  }
}
