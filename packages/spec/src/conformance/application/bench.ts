import type { Application } from '../../application.ts'
import type { Context } from '../../context.ts'
import type { GatewayRequest } from '../../request.ts'
import { createContext } from '../../testing/create-context.ts'
import { createRequest, type RequestInit } from '../../testing/create-request.ts'
import { describe, fail, skip } from '../failure.ts'
import { HeldResponse } from './held-response.ts'

/** Requests that every application gets to see: an answer with a body, one without, content, and a path that is none. */
export const DEFAULT_REQUESTS: readonly RequestInit[] = [
  { method: 'GET', target: '/' },
  { method: 'HEAD', target: '/' },
  { method: 'POST', target: '/', body: 'text', headers: { 'content-type': 'text/plain' } },
  { method: 'OPTIONS', target: '*' },
]

/** One application between its `startup` and its `shutdown`. */
export class ApplicationLife {
  readonly application: Application
  readonly requests: readonly RequestInit[]
  readonly context: Context
  /** Names of extensions that the application asked for, whether it checked or not. */
  readonly asked: Set<string> = new Set()
  /** The requests that have not been answered yet, and in which case. */
  readonly unanswered: Map<string, ApplicationBench> = new Map()
  readonly #draining = new AbortController()
  #started: Promise<unknown> | undefined
  #hasStarted = false

  constructor(application: Application, requests: readonly RequestInit[]) {
    this.application = application
    this.requests = requests
    const { asked } = this
    const extensions = new Proxy(Object.freeze({}), {
      get(target, name) {
        if (typeof name === 'string') asked.add(name)
        return Reflect.get(target, name) as unknown
      },
    })
    this.context = Object.freeze({ ...createContext({ draining: this.#draining.signal }), extensions })
  }

  /** Calls `startup`, once; fails each time if that failed. */
  async start(): Promise<void> {
    this.#started ??= (async () => this.application.startup?.(this.context))()
    try {
      await this.#started
      this.#hasStarted = true
    } catch (error) {
      fail(`startup failed: ${describe(error)}`, { cause: error })
    }
  }

  /** Begins the graceful stop. */
  drain(): void {
    this.#draining.abort()
  }

  async stop(): Promise<void> {
    this.drain()
    if (this.#hasStarted) await this.application.shutdown?.(this.context)
  }
}

/** What one case gets: calls of the application; whatever came of them is ended with the case. */
export class ApplicationBench {
  readonly life: ApplicationLife
  readonly #held: HeldResponse[] = []

  constructor(life: ApplicationLife) {
    this.life = life
  }

  /** Calls the application; `undefined` where it threw, for which a server answers 500. */
  async ask(init: RequestInit): Promise<HeldResponse | undefined> {
    return (await this.attempt(createRequest(init))).held
  }

  /** Calls the application and tells what it threw, where it did. */
  async attempt(request: GatewayRequest): Promise<{ readonly held?: HeldResponse; readonly thrown?: unknown }> {
    const { unanswered } = this.life
    const label = labelOf(request)
    // What hung in one case would hang in each, for as long as a case may take.
    if ((unanswered.get(label) ?? this) !== this) fail(`${label}: the application has not answered an earlier call`)
    unanswered.set(label, this)
    let response: unknown
    try {
      response = await this.life.application(request, this.life.context)
    } catch (thrown) {
      return { thrown }
    } finally {
      unanswered.delete(label)
    }
    if (typeof response !== 'object' || response === null)
      return { thrown: new TypeError('what it returned is no object') }
    const held = new HeldResponse(response as HeldResponse['response'], label)
    this.#held.push(held)
    return { held }
  }

  /** Asks each request in turn, and has each response judged. Skips where there is none to any: nothing is shown then. */
  async forEach(judge: (held: HeldResponse, init: RequestInit) => Promise<void> | void): Promise<void> {
    const failures: unknown[] = []
    for (const init of this.life.requests) {
      const { held, thrown } = await this.attempt(createRequest(init))
      if (held === undefined) failures.push(thrown)
      else await judge(held, init)
    }
    if (failures.length > 0 && failures.length === this.life.requests.length) {
      skip(`the application answers none of the suite's requests: ${describe(failures[0])}`)
    }
  }

  /** Ends what the case left open. */
  async close(): Promise<void> {
    // What a failing `finished` has to be told is told by the case of APP-06.
    for (const held of this.#held) await held.end(new Error('the case is over')).catch(() => undefined)
  }
}

function labelOf({ method, target }: GatewayRequest): string {
  return `${method} ${target}`
}
