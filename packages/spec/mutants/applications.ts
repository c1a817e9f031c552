// Applications that break their duties, one each, and one that keeps them all.
import type { Application } from '../src/application.ts'
import type { GatewayResponse } from '../src/response.ts'
import type { Mutants } from './mutant.ts'

const html = { 'content-type': 'text/html' }

/** An endless response that hears nothing but the signals that it is given. */
async function* ticks(...signals: readonly AbortSignal[]): AsyncGenerator<string> {
  const over = AbortSignal.any([...signals])
  while (!over.aborted) {
    yield 'tick\n'
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, 20)
      over.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true })
    })
  }
}

/** Answers with a body in pieces, a length, a stream of events that ends in time, and all of it anew each time. */
export const goodApplication: Application = (request, context) => {
  request.inform?.(103, { link: '</style.css>; rel=preload' })
  if (request.method === 'POST') return { status: 200, headers: html, body: ticks(request.signal, context.draining) }
  if (request.method === 'OPTIONS') return { status: 204, headers: { connection: 'close' } }
  return { status: 200, headers: { ...html, 'content-length': '4' }, body: ['te', 'xt'], finished() {} }
}

/** Answers GET with a stream and everything else with little. */
function streaming(body: (...call: Parameters<Application>) => AsyncGenerator<string>): Application {
  return (request, context) =>
    request.method === 'GET' ? { status: 200, body: body(request, context) } : { status: 204 }
}

const shared: GatewayResponse = { status: 200, headers: html, body: 'always the same' }

/** Broken applications. */
export const applicationMutants: Mutants<Application> = {
  'returns one response for ever': {
    breaks: ['APP-01'],
    caughtBy: ['APP-01.1'],
    make: () => () => shared,
  },
  'puts one body into every response': {
    breaks: ['APP-01'],
    caughtBy: ['APP-01.2'],
    make() {
      const body = ['a', 'b'].values()
      return () => ({ status: 200, body })
    },
  },
  'puts one web stream into every response': {
    breaks: ['APP-01'],
    caughtBy: ['APP-01.2'],
    make() {
      const body = new Blob(['text']).stream() as unknown as AsyncIterable<Uint8Array>
      return () => ({ status: 200, body })
    },
  },
  'frames its response itself': {
    breaks: ['APP-02'],
    caughtBy: ['APP-02.1'],
    make: () => () => ({ status: 200, headers: { 'transfer-encoding': 'chunked' }, body: ['x'] }),
  },
  'asks for keep-alive': {
    breaks: ['APP-02'],
    caughtBy: ['APP-02.1'],
    make: () => () => ({ status: 200, headers: { connection: 'keep-alive' }, body: 'x' }),
  },
  'names fields in capitals': {
    breaks: ['RES-06'],
    caughtBy: ['APP-02.2'],
    make: () => () => ({ status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'x' }),
  },
  'counts characters instead of bytes': {
    breaks: ['APP-03'],
    caughtBy: ['APP-03.1', 'APP-03.2'],
    make: () => () => ({ status: 200, headers: { 'content-length': '4' }, body: ['café'] }),
  },
  'declares more than it has': {
    breaks: ['APP-03'],
    caughtBy: ['APP-03.1', 'APP-03.2'],
    make: () => () => ({ status: 200, headers: { 'content-length': '100' }, body: ['short'] }),
  },
  'declares zero to HEAD': {
    breaks: ['APP-03'],
    caughtBy: ['APP-03.2'],
    make:
      () =>
      ({ method }) =>
        method === 'HEAD' ? { status: 200, headers: { 'content-length': '0' } } : { status: 200, body: 'text' },
  },
  'fills one buffer again and again': {
    breaks: ['APP-04'],
    caughtBy: ['APP-04.1', 'APP-04.2'],
    make() {
      const buffer = Buffer.alloc(1)
      return () => ({
        status: 200,
        body: (async function* () {
          for (let letter = 0; letter < 20; letter += 1) yield buffer.fill(65 + letter)
        })(),
      })
    },
  },
  'keeps one buffer for all responses': {
    breaks: ['APP-04'],
    caughtBy: ['APP-04.2'],
    make() {
      const buffer = Buffer.alloc(1)
      let count = 0
      return () => ({ status: 200, body: buffer.fill((count += 1)) })
    },
  },
  'goes on for a client that has left': {
    breaks: ['APP-05'],
    caughtBy: ['APP-05.1'],
    make: () => streaming((_request, context) => ticks(context.draining)),
  },
  'goes on while the worker stops': {
    breaks: ['APP-05'],
    caughtBy: ['APP-05.2'],
    make: () => streaming(request => ticks(request.signal)),
  },
  'throws in finished': {
    breaks: ['APP-06'],
    caughtBy: ['APP-06.1', 'APP-06.2'],
    make: () => () => ({
      status: 200,
      finished() {
        throw new Error('finished fails')
      },
    }),
  },
  'throws in finished when the client was lost': {
    breaks: ['APP-06'],
    caughtBy: ['APP-06.2'],
    make: () => () => ({
      status: 200,
      async finished(error) {
        if (error !== undefined) throw new Error('told of a loss', { cause: error })
      },
    }),
  },
  'calls inform wherever it runs': {
    breaks: ['APP-07'],
    caughtBy: ['APP-01.1', 'APP-07.1'],
    make: () => request => {
      const inform = request.inform as (status: number) => void
      inform(103)
      return { status: 200 }
    },
  },
  'uses an extension unseen': {
    breaks: ['APP-07'],
    caughtBy: ['APP-01.1', 'APP-07.1'],
    make: () => (_request, context) => {
      const metrics = context.extensions['kirin.metrics'] as { count(): void }
      metrics.count()
      return { status: 200 }
    },
  },
  'takes an upgrade that was not offered': {
    breaks: ['APP-07'],
    caughtBy: ['APP-07.2'],
    make: () => request =>
      request.headers['upgrade'] === undefined ? { status: 426 } : { status: 101, upgrade: socket => socket.end() },
  },
}
