// One request at a time (--worker-class sync): whoever comes meanwhile waits for a turn, in the order of coming.
import { AsyncResource } from 'node:async_hooks'
import type { Application, GatewayRequest, GatewayResponse } from '@nsgi/spec'

type Result = ReturnType<Application>

interface Waiting {
  readonly request: GatewayRequest
  readonly begin: () => void
}

/** Told whenever that changes: whether a request has the turn, and whether another one waits for it. */
export type TurnsChanged = (state: { readonly isTaken: boolean; readonly isAwaited: boolean }) => void

export class Turns {
  readonly #changed: TurnsChanged
  readonly #waiting: Waiting[] = []
  #holder: GatewayRequest | undefined
  #takenAt = 0
  #taken = 0

  constructor(changed: TurnsChanged) {
    this.#changed = changed
  }

  /** The application, called for one request at a time. Each has its turn until `over` is told of it. */
  serialize(application: Application): Application {
    return (request, context) => {
      if (this.#holder === undefined) {
        this.#take(request)
        return application(request, context)
      }
      return this.#queue(request, () => application(request, context))
    }
  }

  /** A request is over, whether it had its turn or was lost while it waited. */
  over(request: GatewayRequest): void {
    if (request !== this.#holder) {
      const index = this.#waiting.findIndex(waiting => waiting.request === request)
      if (index !== -1) this.#waiting.splice(index, 1)
    } else {
      this.#taken += performance.now() - this.#takenAt
      this.#holder = undefined
      const next = this.#waiting.shift()
      if (next !== undefined) {
        this.#take(next.request)
        next.begin()
        return
      }
    }
    this.#tell()
  }

  /** Milliseconds that some request has had the turn, since the beginning. */
  get occupied(): number {
    return this.#taken + (this.#holder === undefined ? 0 : performance.now() - this.#takenAt)
  }

  #take(request: GatewayRequest): void {
    this.#holder = request
    this.#takenAt = performance.now()
    this.#tell()
  }

  #queue(request: GatewayRequest, call: () => Result): Promise<GatewayResponse> {
    return new Promise(resolve => {
      // A throw is a rejection, too. In the context in which it came: `over` is called in that of another's request.
      const begin = AsyncResource.bind((): void => resolve((async () => call())()))
      this.#waiting.push({ request, begin })
      this.#tell()
    })
  }

  #tell(): void {
    this.#changed({ isTaken: this.#holder !== undefined, isAwaited: this.#waiting.length > 0 })
  }
}
