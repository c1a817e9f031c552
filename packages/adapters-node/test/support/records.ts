import { EventEmitter, once } from 'node:events'

/** What happened on one request and its response, in order on each of the two. */
export interface RecordedRequest {
  readonly id: string
  readonly req: readonly string[]
  readonly res: readonly string[]
  readonly notes: Readonly<Record<string, unknown>>
}

let requests = 0

/** A fresh id for a request that is to be recorded; all of one length, so that they do not change a body's. */
export function nextId(): string {
  requests++
  return `id${String(requests).padStart(6, '0')}`
}

/** Records as they come in from the server under test. */
export class Records {
  readonly #byId = new Map<string, RecordedRequest>()
  readonly #arrivals = new EventEmitter()

  add(record: RecordedRequest): void {
    this.#byId.set(record.id, record)
    this.#arrivals.emit(record.id)
  }

  /** The record of a request; waits until it is over. */
  async of(id: string): Promise<RecordedRequest> {
    if (!this.#byId.has(id)) await once(this.#arrivals, id)
    return { ...(this.#byId.get(id) as RecordedRequest), id: '' }
  }
}
