import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import type { Context } from '@nsgi/spec'
import { call, createContext } from '@nsgi/spec/testing'
import type { FastifyInstance } from 'fastify'
import { contextOf, fromFastify, isFastify } from '../src/index.ts'
import { versions } from './fixtures/fastify-versions.mjs'

describe.each(Object.entries(versions))('%s', (_name, version) => {
  const create = version as unknown as () => FastifyInstance

  it('answers a call without any server, and waits until the application is ready', async () => {
    const app = create()
    app.register(async inner => {
      await new Promise(setImmediate)
      inner.post('/late', async (request, reply) => reply.code(201).send({ sent: request.body }))
    })
    const init = { target: '/late', headers: { 'content-type': 'application/json' }, body: '{"a":1}' }
    const adapted = fromFastify(app)
    expect(await call(adapted, init)).toMatchObject({ status: 201, text: '{"sent":{"a":1}}' })
    expect(await call(adapted, init)).toMatchObject({ status: 201 })
  })

  it('is made ready by startup and closed by shutdown, around the hooks it was given', async () => {
    const order: string[] = []
    const note = (what: string) => async () => void order.push(what)
    const app = create()
    app.addHook('onReady', note('onReady'))
    app.addHook('preClose', note('preClose'))
    app.addHook('onClose', note('onClose'))
    const { startup, shutdown } = fromFastify(app, { startup: note('startup'), shutdown: note('shutdown') })
    const context = createContext()
    await startup?.(context)
    expect(order.splice(0)).toEqual(['startup', 'onReady'])
    await shutdown?.(context)
    expect(order).toEqual(['preClose', 'onClose', 'shutdown'])
  })

  it('runs its onListen hooks behind startup, in the order and with the errors of listen()', async () => {
    const ways: Record<string, (app: FastifyInstance) => Promise<unknown>> = {
      listen: app => app.listen({ port: 0, host: '127.0.0.1' }),
      startup: async app => fromFastify(app).startup?.(createContext()),
    }
    const seen: Record<string, unknown> = {}
    for (const [name, start] of Object.entries(ways)) {
      const { app, order, over } = withListenHooks(create)
      await start(app)
      order.push('started')
      await over
      seen[name] = order
      await app.close()
    }
    expect(seen.startup).toEqual(seen.listen)
    expect(seen.startup).toEqual([
      'onReady',
      'started',
      'a called back',
      'b',
      'logged b',
      'logged c',
      'of a plugin',
      'last',
    ])
  })

  it('runs no onListen hook for a call alone, nor where it is to stop before it has started', async () => {
    const app = create()
    let listening = 0
    app.addHook('onListen', async () => void listening++)
    app.get('/', async () => 'here')
    const draining = new AbortController()
    draining.abort()
    const adapted = fromFastify(app)
    expect(await call(adapted)).toMatchObject({ status: 200 })
    await adapted.startup?.(createContext({ draining: draining.signal }))
    await new Promise(setImmediate)
    expect(listening).toBe(0)
    await adapted.shutdown?.(createContext())
  })

  it('does not start where a plugin or a hook fails, and passes on what fails in closing', async () => {
    const app = create()
    app.register(async () => {
      throw new Error('no database')
    })
    await expect(fromFastify(app).startup?.(createContext())).rejects.toThrow('no database')
    const other = create()
    other.addHook('onClose', async () => {
      throw new Error('cannot close')
    })
    const adapted = fromFastify(other)
    await adapted.startup?.(createContext())
    await expect(adapted.shutdown?.(createContext())).rejects.toThrow('cannot close')
  })

  it('answers to the last while it is draining', async () => {
    const draining = new AbortController()
    const app = create()
    app.get('/', async () => 'still here')
    const adapted = fromFastify(app)
    const context: Context = createContext({ draining: draining.signal })
    await adapted.startup?.(context)
    draining.abort()
    expect(await call(adapted)).toMatchObject({ status: 200, text: 'still here' })
    await adapted.shutdown?.(context)
  })

  it('runs its preClose hooks when it begins to drain, where there may be WebSockets, and its onClose hooks after the last response', async () => {
    const order: string[] = []
    const note = (what: string) => async () => void order.push(what)
    const draining = new AbortController()
    const app = create()
    app.server.on('upgrade', () => {})
    app.addHook('onClose', note('onClose'))
    const begun = new Promise<void>(resolve => {
      app.addHook('preClose', async () => {
        order.push('preClose')
        resolve()
      })
    })
    const adapted = fromFastify(app)
    const context = createContext({ draining: draining.signal })
    await adapted.startup?.(context)
    draining.abort()
    await begun
    await new Promise(setImmediate)
    order.push('last response')
    await adapted.shutdown?.(context)
    expect(order).toEqual(['preClose', 'last response', 'onClose'])
  })

  it('knows where it is mounted, and its worker', async () => {
    const app = create()
    app.get('/who', async request => [request.url, request.originalUrl, contextOf(request.raw)?.worker])
    const { text } = await call(fromFastify(app), { mount: '/api', path: '/who', query: 'a=1' })
    expect(text).toBe('["/who?a=1","/api/who?a=1",0]')
  })

  it('gets what a serverFactory puts between', async () => {
    const options = {
      serverFactory: (handler: (req: unknown, res: { setHeader(name: string, value: string): void }) => void) =>
        createServer((req, res) => {
          res.setHeader('x-between', 'yes')
          handler(req, res)
        }),
    }
    const app = (version as unknown as (given: object) => FastifyInstance)(options)
    app.get('/', async () => 'x')
    expect((await call(fromFastify(app))).headers).toMatchObject({ 'x-between': 'yes' })
  })

  it('does without a server that no event can be emitted on', async () => {
    const app = create()
    app.get('/', async () => 'routed')
    Object.assign(app, { server: { close: (done: () => void) => done() } })
    expect((await call(fromFastify(app))).text).toBe('routed')
  })

  it('is recognised by its shape', () => {
    expect(isFastify(create())).toBe(true)
  })
})

it('inject works beside it', async () => {
  const script = fileURLToPath(new URL('fixtures/inject.mjs', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', script], { env: {} })
  const both = ['{"sent":{"a":1}}', '{"sent":{"a":1}}']
  expect(JSON.parse(stdout)).toEqual({ 'Fastify 5': both, 'Fastify 4': both })
})

describe('isFastify and fromFastify', () => {
  it.each([
    ['a function', () => {}],
    ['nothing', undefined],
    ['null', null],
    ['an object with some of the members', { routing() {}, ready() {}, close() {}, inject() {} }],
  ])('refuse %s', (_kind, value) => {
    expect(isFastify(value)).toBe(false)
    expect(() => fromFastify(value as never)).toThrow(/takes a Fastify application/)
  })
})

/** An application whose hooks note that they ran, in every form that hooks have; `over` is settled by the last. */
function withListenHooks(create: () => FastifyInstance): {
  app: FastifyInstance
  order: string[]
  over: Promise<void>
} {
  const app = create()
  const order: string[] = []
  app.log.error = (error: unknown) => void order.push(`logged ${(error as Error).message}`)
  app.addHook('onReady', async () => void order.push('onReady'))
  app.addHook('onListen', function (done) {
    setImmediate(() => {
      order.push(this === app ? 'a called back' : 'a of another')
      done()
    })
  })
  app.addHook('onListen', async () => {
    order.push('b')
    throw new Error('b')
  })
  app.addHook('onListen', done => done(new Error('c')))
  const over = new Promise<void>(resolve => {
    app.register(async inner => {
      inner.addHook('onListen', async () => void order.push('of a plugin'))
      inner.addHook('onListen', () => {
        order.push('last')
        resolve()
      })
    })
  })
  return { app, order, over }
}
