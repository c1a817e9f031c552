import { fail } from '../failure.ts'
import { endInWords, type Reachable, ServerProcess } from './server-process.ts'

/** How often a server that died is started again: a case that kills it is not to fail the others, but there is an end. */
const MOST_RESTARTS = 5

/** A server that several cases use: started at first need, and again where it died. */
export class SharedProcess<Running extends Reachable> {
  readonly #begin: () => Promise<Running>
  #running: Promise<Running> | undefined
  #starts = 0

  /** @param begin starts it and waits until it answers; bounded by itself, not by the time of the case that asks first */
  constructor(begin: () => Promise<Running>) {
    this.#begin = begin
  }

  /** The server, which answers. Rejects where it cannot be started. */
  async running(): Promise<Running> {
    const known = this.#running
    const running = await known
    const isOver = running instanceof ServerProcess && running.end !== undefined
    // Unless another case has started it again meanwhile.
    if (isOver && this.#running === known) this.#running = undefined
    // A start that failed is not tried again: every case says why.
    this.#running ??= this.#start()
    return this.#running
  }

  /** Stops it, if it runs. */
  async dispose(): Promise<void> {
    const running = await this.#running?.catch(() => undefined)
    if (running instanceof ServerProcess) await running.stop()
    else running?.probe.dispose()
  }

  async #start(): Promise<Running> {
    this.#starts += 1
    if (this.#starts > MOST_RESTARTS) fail(`the server ended ${MOST_RESTARTS} times; it is not started again`)
    return this.#begin()
  }
}

/** Fails where a shared server died during a case. */
export function expectAlive(server: Reachable): void {
  if (!(server instanceof ServerProcess) || server.end === undefined) return
  fail(`the server ended (${endInWords(server.end)}) during this case or one beside it`, { seen: server.output })
}
