import type { Application } from '../../application.ts'
import type { Context } from '../../context.ts'
import { derive } from '../../middleware/derive.ts'
import type { GatewayRequest } from '../../request.ts'
import type { GatewayResponse } from '../../response.ts'
import { createContext } from '../../testing/create-context.ts'
import { createRequest, type RequestInit } from '../../testing/create-request.ts'
import { HeldResponse } from '../application/held-response.ts'
import { describe, expectThat, fail } from '../failure.ts'
import { type Watched, watchedResponse } from './watched-response.ts'

/** What is tested: it puts something around an application. */
export type MiddlewareUnderTest = (application: Application) => Application

/** A request that most middleware lets through; a client that takes compressed answers. */
export const DEFAULT_REQUEST: RequestInit = {
  method: 'GET',
  target: '/',
  headers: { accept: '*/*', 'accept-encoding': 'gzip, deflate, br' },
}

/** One exchange through the middleware, seen from both sides. */
export interface Passage {
  /** What the middleware was given. */
  readonly request: GatewayRequest
  /** What the application inside was given; `undefined` where it was not called. */
  readonly inner: { readonly request: GatewayRequest; readonly context: Context } | undefined
  /** What the application inside answered. */
  readonly watched: Watched
  /** What the middleware answered; `undefined` where it threw. */
  readonly outer: HeldResponse | undefined
  readonly thrown: unknown
}

/** What one case gets. */
export class MiddlewareBench {
  readonly middleware: MiddlewareUnderTest
  /** A request that the middleware lets through. */
  readonly request: RequestInit
  readonly context: Context = createContext()
  readonly #held: HeldResponse[] = []

  constructor(middleware: MiddlewareUnderTest, request: RequestInit) {
    this.middleware = middleware
    this.request = request
  }

  /** Puts the middleware around an application. */
  around(application: Application): Application {
    const wrapped = this.middleware(application)
    expectThat(typeof wrapped === 'function', 'the middleware gave no application')
    return wrapped
  }

  /** One exchange, whatever comes of it. */
  async attempt(response: GatewayResponse, request: GatewayRequest = requestOf(this.request)): Promise<Passage> {
    const watched = watchedResponse(response)
    let inner: Passage['inner']
    const application = this.around((innerRequest, context) => {
      inner ??= { request: innerRequest, context }
      return watched.response
    })
    try {
      const outer = new HeldResponse(await application(request, this.context), `${request.method} ${request.target}`)
      this.#held.push(outer)
      return { request, inner, watched, outer, thrown: undefined }
    } catch (thrown) {
      return { request, inner, watched, outer: undefined, thrown }
    }
  }

  /** One exchange that has to reach the application and come back. */
  async pass(response: GatewayResponse, request?: GatewayRequest): Promise<Required<Through>> {
    const { outer, inner, thrown, ...rest } = await this.attempt(response, request)
    const what = `${rest.request.method} ${rest.request.target}`
    if (outer === undefined) fail(`${what}: the middleware threw ${describe(thrown)}`, { cause: thrown })
    const advice = 'give the suite a request that it lets through'
    if (inner === undefined) fail(`${what}: the middleware did not call the application inside: ${advice}`)
    return { ...rest, outer, inner }
  }

  /** Ends what the case left open. */
  async close(): Promise<void> {
    for (const held of this.#held) await held.end(new Error('the case is over')).catch(() => undefined)
  }
}

/** A passage that went all the way. */
export interface Through extends Omit<Passage, 'thrown'> {
  readonly inner: NonNullable<Passage['inner']>
  readonly outer: HeldResponse
}

/** A request whose fields can be written to, as most servers' can: a middleware that does is to be seen doing it. */
export function requestOf(init: RequestInit): GatewayRequest {
  const request = createRequest(init)
  const headers = Object.assign(Object.create(null) as GatewayRequest['headers'], request.headers)
  return derive(request, { headers })
}

/** Milliseconds that a body which ends gets for it. */
export const TO_READ = 5000

/** Reads a body to its end, and calls `finished` as after success. */
export async function deliver(outer: HeldResponse): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  const state = await outer.readFor(TO_READ, piece => pieces.push(piece))
  expectThat(state === 'ended', `the body did not end within ${TO_READ / 1000} s`)
  await outer.end()
  return Buffer.concat(pieces)
}

/** Lets promises and the turn's callbacks run: what a middleware passes on without waiting has been passed on then. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise(resolve => setImmediate(resolve))
}
