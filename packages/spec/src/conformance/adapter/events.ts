import { fail } from '../failure.ts'

/** Milliseconds after which an event is given up. */
const EVENT_TIMEOUT = 3000

/** What the fixture told, by request. */
export class Events {
  readonly #told: Map<string, string[]> = new Map()
  readonly #waiting: Set<() => void> = new Set()

  /** Takes what the fixture tells. */
  tell(id: string, event: string): void {
    const told = this.#told.get(id) ?? []
    told.push(event)
    this.#told.set(id, told)
    for (const look of this.#waiting) look()
  }

  /** What was told of a request so far, in order. */
  of(id: string): readonly string[] {
    return this.#told.get(id) ?? []
  }

  /** Forgets what was told of a request, so that its id can be used again. */
  forget(id: string): void {
    this.#told.delete(id)
  }

  /** Waits for an event; fails where it does not come. */
  async until(id: string, event: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    let look: () => void = () => {}
    const seen = await new Promise<boolean>(resolve => {
      timer = setTimeout(resolve, EVENT_TIMEOUT, false)
      look = () => {
        if (this.of(id).includes(event)) resolve(true)
      }
      this.#waiting.add(look)
      look()
    })
    clearTimeout(timer)
    this.#waiting.delete(look)
    if (seen) return
    const told = this.of(id).join(', ') || 'nothing'
    fail(`"${event}" was not told within ${EVENT_TIMEOUT / 1000} s`, { expected: event, seen: told })
  }
}
