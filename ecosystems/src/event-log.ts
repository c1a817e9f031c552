import { EventEmitter, once } from 'node:events'

/** Lines that an application under test writes about itself. */
export class EventLog {
  readonly lines: string[] = []
  readonly #written = new EventEmitter()

  push(...lines: readonly string[]): void {
    this.lines.push(...lines)
    this.#written.emit('line')
  }

  /** Waits until there are so many lines. */
  async until(count: number): Promise<void> {
    while (this.lines.length < count) await once(this.#written, 'line')
  }
}
