// An application under lint, and what was found.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Application, GatewayRequest, GatewayResponse } from '../../../src/index.ts'
import { lint, type Violation } from '../../../src/lint/index.ts'
import { createContext, createRequest } from '../../../src/testing/index.ts'

/** A linted application that collects its violations. */
export class Watched {
  readonly violations: Violation[] = []
  readonly application: Application

  constructor(application: Application) {
    this.application = lint(application, { onViolation: violation => this.violations.push(violation) })
  }

  /** Who broke what, in the order in which it was found. */
  get found(): readonly string[] {
    return this.violations.map(({ role, requirement }) => `${role} ${requirement}`)
  }

  /** The response to one request, as a server gets it: unchecked, unread. */
  async respond(request: GatewayRequest = createRequest()): Promise<GatewayResponse> {
    return this.application(request, createContext())
  }

  /** The next turn of the event loop, when what comes too late has come. */
  async settled(): Promise<readonly string[]> {
    await nextTurn()
    await nextTurn()
    return this.found
  }
}

/** An application that answers everything with what `make` makes. */
export function giving(make: (request: GatewayRequest) => unknown): Watched {
  return new Watched(request => make(request) as GatewayResponse)
}

/** A request that says something else; members may be wrong. */
export function but(request: GatewayRequest, wrong: object): GatewayRequest {
  return Object.create(request, Object.getOwnPropertyDescriptors(wrong)) as GatewayRequest
}

/** A body whose steps and closing are in the hands of the test. */
export class ControlledBody implements AsyncIterable<string> {
  readonly events: string[] = []
  /** Settles the `next()` that waits. */
  give: (step: IteratorResult<string>) => void = () => {};

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return {
      next: () => {
        this.events.push('next')
        return new Promise(resolve => (this.give = resolve))
      },
      return: async () => {
        this.events.push('return')
        return { done: true, value: undefined }
      },
    }
  }
}

/** The iterator of a response's body. */
export function iterate(response: GatewayResponse): AsyncIterator<string | Uint8Array> {
  return (response.body as AsyncIterable<string | Uint8Array>)[Symbol.asyncIterator]()
}
