// How often things have happened to a master's workers since it began.
import type { Notice } from '../arbiter/model.ts'

/** The name of an event, as the metrics show it. */
export type EventName =
  | 'worker_started'
  | 'worker_died'
  | 'worker_killed'
  | 'boot_failed'
  | 'worker_spent'
  | 'reload_done'
  | 'reload_failed'

/** The notices that tell of it. */
const EVENTS: Readonly<Record<EventName, readonly Notice['kind'][]>> = {
  worker_started: ['booting'],
  worker_died: ['died'],
  worker_killed: ['overdue', 'silent'],
  boot_failed: ['boot-failed'],
  worker_spent: ['spent'],
  reload_done: ['reloaded'],
  reload_failed: ['reload-failed', 'misread'],
}

/** All of them, also those that have not happened. */
export type EventCounts = Readonly<Record<EventName, number>>

/** Counts notices. */
export class EventCounter {
  readonly #counts: Record<EventName, number>

  constructor() {
    this.#counts = Object.fromEntries(Object.keys(EVENTS).map(name => [name, 0])) as Record<EventName, number>
  }

  get counts(): EventCounts {
    return this.#counts
  }

  observe({ kind }: Pick<Notice, 'kind'>): void {
    for (const [name, counted] of Object.entries(EVENTS)) {
      if (counted.includes(kind)) this.#counts[name as EventName]++
    }
  }
}
