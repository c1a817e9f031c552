// Middleware that breaks its duties, one each, and some that keep them all.
import type { Application } from '../src/application.ts'
import type { MiddlewareUnderTest } from '../src/conformance/middleware/index.ts'
import type { Context } from '../src/context.ts'
import { closeBody, derive, discard, type Middleware, onFinished, wrap } from '../src/middleware/index.ts'
import type { BodyChunk, GatewayResponse, ResponseBody } from '../src/response.ts'
import { collect } from '../src/testing/collect.ts'
import type { Mutant, Mutants } from './mutant.ts'

/** A mutant whose hooks are in order. */
function around(
  middleware: Middleware,
  { breaks, caughtBy }: Pick<Mutant<unknown>, 'breaks' | 'caughtBy'>,
): Mutant<MiddlewareUnderTest> {
  return { breaks, caughtBy, make: () => application => wrap(application, middleware) }
}

/** A mutant whose hooks are not. */
function hooked(
  hooksOf: (application: Application) => Pick<Application, 'startup' | 'shutdown'>,
  caughtBy: readonly string[],
): Mutant<MiddlewareUnderTest> {
  const make = (): MiddlewareUnderTest => application =>
    Object.assign((...call: Parameters<Application>) => application(...call), hooksOf(application))
  return { breaks: ['MID-01'], caughtBy, make }
}

const isStream = (body: ResponseBody): body is AsyncIterable<BodyChunk> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body

/** Capitals, a piece at a time; closes the body inside even where nobody began to read this one. */
class Capitals implements AsyncIterable<string> {
  readonly #inner: AsyncIterator<BodyChunk>

  constructor(body: AsyncIterable<BodyChunk>) {
    this.#inner = body[Symbol.asyncIterator]()
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    const inner = this.#inner
    return {
      next: async () => {
        const step = await inner.next()
        return step.done === true ? step : { done: false, value: capitals(step.value) }
      },
      return: async () => {
        await inner.return?.()
        return { done: true, value: undefined }
      },
    }
  }
}

function capitals(piece: BodyChunk): string {
  return Buffer.from(piece).toString().toUpperCase().concat('!')
}

function shout(body: ResponseBody): ResponseBody {
  if (isStream(body)) return new Capitals(body)
  return body === null || body === undefined ? body : capitals(body as BodyChunk)
}

/** Fields that a change of the body makes false. */
const COMPUTED = ['content-length', 'etag', 'content-digest', 'repr-digest', 'digest']

function without(response: GatewayResponse, names: readonly string[]): GatewayResponse['headers'] {
  return Object.fromEntries(Object.entries(response.headers ?? {}).filter(([name]) => !names.includes(name)))
}

const found = (): GatewayResponse => ({ status: 200, body: 'a page of the middleware' })

/** Middleware that does its work and keeps its duties. */
export const goodMiddlewares: Readonly<Record<string, MiddlewareUnderTest>> = {
  'adds a field and counts': application =>
    wrap(application, async (request, _context, next) => {
      const response = await next(derive(request, { 'test.user': 'somebody' }))
      return onFinished(derive(response, { headers: { ...response.headers, 'x-seen': 'yes' } }), () => {})
    }),
  'changes bodies': application =>
    wrap(application, async (_request, _context, next) => {
      const response = await next()
      return derive(response, { headers: without(response, COMPUTED), body: shout(response.body) })
    }),
  'has pages of its own for what is missing': application =>
    wrap(application, async (_request, _context, next) => {
      const response = await next()
      if (response.status !== 404) return response
      discard(response)
      return found()
    }),
}

const HOOKS: Mutants<MiddlewareUnderTest> = {
  'drops the hooks': hooked(() => ({}), ['MID-01.1', 'MID-01.2', 'MID-01.3']),
  'does not wait for startup': hooked(
    ({ startup, shutdown }) => ({
      startup: context => void Promise.resolve(startup?.(context)).catch(() => undefined),
      shutdown,
    }),
    ['MID-01.1', 'MID-01.3'],
  ),
  'never shuts down': hooked(({ startup }) => ({ startup }), ['MID-01.2']),
  'counts on hooks': hooked(
    application => ({
      startup: context => (application.startup as (context: Context) => unknown)(context),
      shutdown: application.shutdown,
    }),
    ['MID-01.4'],
  ),
  'makes a context of its own': {
    breaks: ['MID-01'],
    caughtBy: ['MID-01.5'],
    make: () => application =>
      Object.assign(
        (request: Parameters<Application>[0], context: Context) => application(request, { ...context, worker: 7 }),
        { startup: application.startup, shutdown: application.shutdown },
      ),
  },
}

const REPLACING: Mutants<MiddlewareUnderTest> = {
  'replaces a response and forgets it': around(
    async (_request, _context, next) => {
      const response = await next()
      return response.status === 404 ? found() : response
    },
    { breaks: ['MID-03'], caughtBy: ['MID-03.1'] },
  ),
  'replaces a response and only closes it': around(
    async (_request, _context, next) => {
      const response = await next()
      if (response.status !== 500) return response
      closeBody(response.body)
      return found()
    },
    { breaks: ['MID-03'], caughtBy: ['MID-03.1'] },
  ),
  'replaces a response and only tells it': around(
    async (_request, _context, next) => {
      const response = await next()
      if (response.status !== 404) return response
      response.finished?.(new Error('replaced'))
      return found()
    },
    { breaks: ['MID-03'], caughtBy: ['MID-03.1'] },
  ),
  'says that a replaced response was sent': around(
    async (request, _context, next) => {
      const response = await next()
      if (request.headers['if-none-match'] === undefined) return response
      closeBody(response.body)
      response.finished?.()
      return { status: 304 }
    },
    { breaks: ['MID-03'], caughtBy: ['MID-03.1'] },
  ),
  'throws with a response in hand': around(
    async (_request, _context, next) => {
      const response = await next()
      if (response.status >= 500) throw new Error('the application failed')
      return response
    },
    { breaks: ['MID-03'], caughtBy: ['MID-03.1'] },
  ),
}

const FINISHING: Mutants<MiddlewareUnderTest> = {
  'puts its finished in place of the original': around(
    async (_request, _context, next) => derive(await next(), { finished() {} }),
    { breaks: ['MID-04'], caughtBy: ['MID-04.1', 'MID-04.2'] },
  ),
  'calls the original finished twice': around(
    async (_request, _context, next) => {
      const response = await next()
      return onFinished(response, error => response.finished?.(error))
    },
    { breaks: ['MID-04'], caughtBy: ['MID-04.1', 'MID-04.2'] },
  ),
  'keeps the error from the original finished': around(
    async (_request, _context, next) => {
      const response = await next()
      return derive(response, { finished: () => response.finished?.() })
    },
    { breaks: ['MID-04'], caughtBy: ['MID-04.2'] },
  ),
  'wraps the body without return()': around(
    async (_request, _context, next) => {
      const response = await next()
      const { body } = response
      if (!isStream(body)) return response
      const inner = body[Symbol.asyncIterator]()
      return derive(response, { body: { [Symbol.asyncIterator]: () => ({ next: () => inner.next() }) } })
    },
    { breaks: ['MID-04'], caughtBy: ['MID-04.3', 'MID-04.4'] },
  ),
  'wraps the body in a generator and no more': around(
    async (_request, _context, next) => {
      const response = await next()
      const { body } = response
      if (!isStream(body)) return response
      const pass = async function* (): AsyncGenerator<BodyChunk> {
        yield* body
      }
      return derive(response, { body: pass() })
    },
    { breaks: ['MID-04'], caughtBy: ['MID-04.4'] },
  ),
}

/** Broken middleware. */
export const middlewareMutants: Mutants<MiddlewareUnderTest> = {
  ...HOOKS,
  'writes on the request': around(
    (request, _context, next) => {
      Object.assign(request, { 'test.user': 'somebody' })
      return next()
    },
    { breaks: ['MID-02'], caughtBy: ['MID-02.1'] },
  ),
  'writes into the fields of the request': around(
    (request, _context, next) => {
      Object.assign(request.headers, { 'x-user': 'somebody' })
      return next()
    },
    { breaks: ['MID-02'], caughtBy: ['MID-02.1'] },
  ),
  'writes into the fields of the response': around(
    async (_request, _context, next) => {
      const response = await next()
      Object.assign(response.headers ?? {}, { 'x-frame-options': 'DENY' })
      return response
    },
    { breaks: ['MID-02'], caughtBy: ['MID-02.2'] },
  ),
  ...REPLACING,
  ...FINISHING,
  'changes the body and not its length': around(
    async (_request, _context, next) => {
      const response = await next()
      const computed = COMPUTED.filter(name => name !== 'content-length')
      return derive(response, { headers: without(response, computed), body: shout(response.body) })
    },
    { breaks: ['MID-05'], caughtBy: ['MID-05.1', 'MID-05.2'] },
  ),
  'changes the body and not its etag': around(
    async (_request, _context, next) => {
      const response = await next()
      return derive(response, { headers: without(response, ['content-length']), body: shout(response.body) })
    },
    { breaks: ['MID-05'], caughtBy: ['MID-05.1'] },
  ),
  'forgets HEAD where it changes bodies': around(
    async (request, _context, next) => {
      const response = await next()
      if (request.method === 'HEAD') return response
      return derive(response, { headers: without(response, COMPUTED), body: shout(response.body) })
    },
    { breaks: ['MID-05'], caughtBy: ['MID-05.2'] },
  ),
  'collects bodies': around(
    async (_request, _context, next) => {
      const response = await next()
      return isStream(response.body) ? derive(response, { body: await collect(response.body) }) : response
    },
    { breaks: ['MID-06'], caughtBy: ['MID-06.1'] },
  ),
  'makes a request of the members that it knows': around(
    (request, _context, next) => {
      const { method, target, mount, path, query, scheme, authority, httpVersion, headers, rawHeaders, body } = request
      const { trailers, remote, local, tls, signal, upgrade, inform } = request
      const known = { method, target, mount, path, query, scheme, authority, httpVersion, headers, rawHeaders, body }
      return next({ ...known, trailers, remote, local, tls, signal, upgrade, inform })
    },
    { breaks: ['MID-07'], caughtBy: ['MID-07.1'] },
  ),
  'makes a response of the members that it knows': around(
    async (_request, _context, next) => {
      const response = await next()
      const { status, headers, body } = response
      return { status, headers, body, finished: error => response.finished?.(error) }
    },
    { breaks: ['MID-07'], caughtBy: ['MID-07.2'] },
  ),
}
