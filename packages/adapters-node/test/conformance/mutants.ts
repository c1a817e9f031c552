// Adapters that break their duties, one each: the real one, with something of its messages or its response spoilt.
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Application, GatewayResponse } from '@nsgi/spec'
import type { Mutants } from '../../../spec/mutants/mutant.ts'
import { fromNode } from '../../src/index.ts'

type Adapt = typeof fromNode

/** Spoils the messages before the handler gets them. */
const spoiling =
  (spoil: (res: ServerResponse, req: IncomingMessage) => void): (() => Adapt) =>
  () =>
  (handler, options) =>
    fromNode((req, res) => {
      spoil(res, req)
      return handler(req, res)
    }, options)

/** Spoils the application that the adapter made. */
const changing =
  (change: (application: Application) => Application): (() => Adapt) =>
  () =>
  (handler, options) =>
    change(fromNode(handler, options))

/** Spoils the response that the application gave. */
const answering = (change: (response: GatewayResponse) => GatewayResponse): (() => Adapt) =>
  changing(application => async (request, context) => change(await application(request, context)))

/** Takes an event away, or does something at it. */
function intercept(res: ServerResponse, event: string, instead: (emit: () => boolean) => boolean): void {
  const emit = res.emit.bind(res) as (...given: unknown[]) => boolean
  res.emit = ((name: string, ...given: unknown[]) =>
    name === event ? instead(() => emit(name, ...given)) : emit(name, ...given)) as typeof res.emit
}

/** Moves what the adapter set on the object itself to a prototype, where a replacement of that loses it. */
function movedToPrototype(res: ServerResponse): void {
  const own = ['_storeHeader', '_send', '_writeRaw', '_finish', 'end']
  const moved = Object.fromEntries(own.map(name => [name, Reflect.get(res, name) as unknown]))
  for (const name of own) Reflect.deleteProperty(res, name)
  // node's own methods write to the socket then, in a listener of the handler's, too: a throw there would end the tests.
  Object.assign(res.socket as object, { write: () => true })
  Object.setPrototypeOf(res, Object.assign(Object.create(ServerResponse.prototype) as object, moved))
}

const EVENTS: Mutants<Adapt> = {
  'never lets write return false': {
    breaks: ['ADP-01'],
    caughtBy: ['ADP-01.1', 'ADP-02.3'],
    make: spoiling(res => {
      const write = res.write.bind(res) as (...given: unknown[]) => boolean
      res.write = ((...given: unknown[]) => write(...given) || true) as typeof res.write
    }),
  },
  'loses the rest of a request body': {
    breaks: ['ADP-01'],
    caughtBy: ['ADP-01.2', 'ADP-07.1'],
    make: changing(application => (request, context) => {
      const body = request.body && firstOf(request.body)
      return application(Object.create(request, { body: { value: body } }) as typeof request, context)
    }),
  },
  'says drain when nothing was pulled': {
    breaks: ['ADP-01'],
    caughtBy: ['ADP-01.1'],
    make: spoiling(res => {
      const write = res.write.bind(res) as (...given: unknown[]) => boolean
      res.write = ((...given: unknown[]) => {
        const result = write(...given)
        if (!result) process.nextTick(() => res.emit('drain'))
        return result
      }) as typeof res.write
    }),
  },
  'says finish as soon as the handler has ended': {
    breaks: ['ADP-02'],
    caughtBy: ['ADP-02.1', 'ADP-02.2'],
    make: spoiling(res => {
      const end = res.end.bind(res) as (...given: unknown[]) => ServerResponse
      intercept(res, 'finish', () => true)
      res.end = ((...given: unknown[]) => {
        end(...given)
        for (const listener of res.listeners('finish')) Reflect.apply(listener, res, [])
        return res
      }) as typeof res.end
    }),
  },
  'says close twice': {
    breaks: ['ADP-02'],
    caughtBy: [
      'ADP-02.1',
      'ADP-02.2',
      'ADP-02.3',
      'ADP-03.1',
      'ADP-03.2',
      'ADP-05.2',
      'ADP-06.2',
      'ADP-07.1',
      'ADP-08.2',
      'ADP-09.4',
    ],
    make: spoiling(res => intercept(res, 'close', emit => emit() && emit())),
  },
  'says finish to whoever lost the client': {
    breaks: ['ADP-03'],
    caughtBy: ['ADP-02.2', 'ADP-03.1', 'ADP-03.2', 'ADP-08.2'],
    make: spoiling(res => intercept(res, 'close', emit => (res.writableFinished || res.emit('finish'), emit()))),
  },
  'hears nothing of a client that leaves before the response': {
    breaks: ['ADP-03'],
    caughtBy: ['ADP-03.2'],
    make: changing(application => (request, context) => {
      const { signal } = new AbortController()
      return application(Object.create(request, { signal: { value: signal } }) as typeof request, context)
    }),
  },
}

const HEADS: Mutants<Adapt> = {
  'keeps the head until there is a body': {
    breaks: ['ADP-04'],
    caughtBy: ['ADP-04.1'],
    make: spoiling(res => {
      res.flushHeaders = () => {}
    }),
  },
  'makes the implicit head past writeHead': {
    breaks: ['ADP-05'],
    caughtBy: ['ADP-05.1', 'ADP-05.2'],
    make: spoiling(res => {
      const { writeHead } = res
      Object.assign(res, { _implicitHeader: () => writeHead.call(res, res.statusCode) })
    }),
  },
  'shows fields as the gateway joins them': {
    breaks: ['ADP-06'],
    caughtBy: ['ADP-06.1', 'ADP-06.2'],
    make: () => (handler, options) => {
      const inner: { headers: Record<string, string | undefined> } = { headers: {} }
      const application = fromNode((req, res) => {
        req.headers = inner.headers
        return handler(req, res)
      }, options)
      return (request, context) => {
        inner.headers = { ...request.headers }
        return application(request, context)
      }
    },
  },
  'has its methods on a prototype': {
    breaks: ['ADP-07'],
    caughtBy: ['ADP-02.3', 'ADP-07.1'],
    make: spoiling(movedToPrototype),
  },
}

/** Broken adapters, in the place of `fromNode`. */
export const adapterMutants: Mutants<Adapt> = {
  ...EVENTS,
  ...HEADS,
  'answers 200 to an error': {
    breaks: ['ADP-08'],
    caughtBy: ['ADP-08.1'],
    make: changing(application => async (request, context) => {
      try {
        return await application(request, context)
      } catch {
        return { status: 200 }
      }
    }),
  },
  'ends a response that failed as if it were whole': {
    breaks: ['ADP-08'],
    caughtBy: ['ADP-08.2'],
    make: answering(response => {
      const { body } = response
      if (typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body)) return response
      return { ...response, body: swallowing(body) }
    }),
  },
  'drops trailers': {
    breaks: ['ADP-09'],
    caughtBy: ['ADP-09.1', 'ADP-09.4'],
    make: answering(response => ({ ...response, trailers: undefined })),
  },
  'drops early hints': {
    breaks: ['ADP-09'],
    caughtBy: ['ADP-09.2', 'ADP-09.4'],
    make: spoiling(res => {
      res.writeEarlyHints = () => {}
    }),
  },
  'gives upgrades to the handler': {
    breaks: ['ADP-09'],
    caughtBy: ['ADP-09.3'],
    make: () => handler => fromNode(handler),
  },
  'makes a stream of everything': {
    breaks: ['ADP-10'],
    caughtBy: ['ADP-10.1'],
    make: answering(response => {
      const { body } = response
      return typeof body === 'string' || Buffer.isBuffer(body) ? { ...response, body: [body] } : response
    }),
  },
}

async function* firstOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    yield piece
    return
  }
}

function swallowing(body: AsyncIterable<string | Uint8Array>): AsyncIterable<string | Uint8Array> {
  const inner = body[Symbol.asyncIterator]()
  const end = { done: true, value: undefined } as const
  const next = (): Promise<IteratorResult<string | Uint8Array>> => inner.next().catch(() => end)
  return { [Symbol.asyncIterator]: () => ({ next, return: async () => (await inner.return?.()) ?? end }) }
}
