import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import type { Application } from '@nsgi/spec'
import { call } from '@nsgi/spec/testing'
import type Koa from 'koa'
import { startBridge } from '../../adapters-node/test/support/bridge.ts'
import { fromKoa, isKoa, type KoaApplication } from '../src/index.ts'
import { versions } from './fixtures/koa-versions.mjs'

const adapt = (application: unknown): Application => fromKoa(application as KoaApplication)

describe.each(Object.entries(versions))('%s', (_name, Version) => {
  const create = (): Koa => Object.assign(new Version() as unknown as Koa, { silent: true })

  it('answers a call without any server', async () => {
    const app = create()
    app.use(async ctx => {
      const chunks = await ctx.req.toArray()
      ctx.status = 201
      ctx.body = { sent: Buffer.concat(chunks).toString(), type: ctx.is('json') }
    })
    const result = await call(adapt(app), { headers: { 'content-type': 'application/json' }, body: '{"a":1}' })
    expect(result).toMatchObject({ status: 201, text: '{"sent":"{\\"a\\":1}","type":"json"}' })
  })

  it('has its types fit', () => {
    expect(typeof fromKoa(create())).toBe('function')
  })

  it('composes its middleware once', async () => {
    const app = create()
    let composed = 0
    const { callback } = app
    app.callback = function () {
      composed += 1
      return callback.call(this)
    }
    app.use(ctx => {
      ctx.body = ctx.path
    })
    const adapted = adapt(app)
    const texts = [(await call(adapted, { target: '/a' })).text, (await call(adapted, { target: '/b' })).text]
    expect([texts, composed]).toEqual([['/a', '/b'], 1])
  })

  it('is served natively at the same time, where an error behind the head is still left alone', async () => {
    const app = create()
    app.use((ctx, next) => {
      if (ctx.path !== '/broken') return next()
      ctx.respond = false
      ctx.res.write('begun')
      throw new Error('too late')
    })
    app.use(ctx => {
      ctx.body = 'both'
    })
    const failed = new Set<unknown>()
    app.on('error', (_error, ctx: { res: unknown }) => failed.add(ctx.res))
    const bridge = await startBridge(adapt(app))
    const native = createServer(app.callback() as RequestListener).listen(0, '127.0.0.1')
    await once(native, 'listening')
    const { port } = native.address() as AddressInfo
    const answers = [await fetch(`http://127.0.0.1:${port}/`), await fetch(`http://127.0.0.1:${bridge.port}/`)]
    expect(await Promise.all(answers.map(answer => answer.text()))).toEqual(['both', 'both'])
    const broken = [
      await fetch(`http://127.0.0.1:${port}/broken`),
      await fetch(`http://127.0.0.1:${bridge.port}/broken`),
    ]
    await expect(broken[1]?.text()).rejects.toThrow()
    expect([...failed].map(res => (res as { destroyed: boolean }).destroyed)).toEqual([false, true])
    await broken[0]?.body?.cancel()
    native.close()
    native.closeAllConnections()
    await bridge.stop()
  })

  it('keeps what listens for its errors, and gets Koa’s default where nothing does', async () => {
    const silent = create()
    const app = create()
    const seen: unknown[] = []
    app.on('error', error => seen.push((error as Error).message))
    app.use(() => {
      throw new Error('seen')
    })
    const adapted = [adapt(app), adapt(app), adapt(silent)]
    expect(await call(adapted[0] as Application)).toMatchObject({ status: 500, text: 'Internal Server Error' })
    expect(seen).toEqual(['seen'])
    // One of ours, however often it is adapted, and one of the program's or of Koa.
    expect([app.listenerCount('error'), silent.listenerCount('error')]).toEqual([2, 2])
  })

  it('leaves a response alone for which a program emits an error by itself', async () => {
    const app = create()
    app.use(ctx => {
      ctx.respond = false
      ctx.res.statusCode = 200
      ctx.res.write('be')
      ctx.app.emit('error', new Error('for the log'), ctx)
      ctx.app.emit('error', new Error('without a context'))
      ctx.app.emit('error', null, ctx)
      ctx.res.end('gun')
    })
    app.on('error', () => {})
    expect(await call(adapt(app))).toMatchObject({ status: 200, text: 'begun' })
  })

  it('knows where it is mounted', async () => {
    const app = create()
    app.use(ctx => {
      ctx.body = [ctx.url, ctx.originalUrl, ctx.request.originalUrl, ctx.path, ctx.mountPath, ctx.app === app]
    })
    const adapted = adapt(app)
    const request = { mount: '/api', path: '/who', query: 'a=1' }
    const below = '["/who?a=1","/api/who?a=1","/api/who?a=1","/who","/api",true]'
    expect([(await call(adapted, request)).text, (await call(adapted, request)).text]).toEqual([below, below])
    expect((await call(adapted, { target: '/who' })).text).toBe('["/who","/who","/who","/who",null,true]')
  })

  it('finds its context across awaits', async () => {
    const Stored = Version as unknown as new (options: { asyncLocalStorage: boolean }) => Koa
    const app = new Stored({ asyncLocalStorage: true })
    app.use(async ctx => {
      await new Promise(setImmediate)
      ctx.body = String((app as unknown as { currentContext: unknown }).currentContext === ctx)
    })
    expect((await call(adapt(app))).text).toBe('true')
  })

  it('carries the hooks it was given', () => {
    const hooks = { startup: () => {}, shutdown: () => {} }
    const { startup, shutdown } = fromKoa(create(), hooks)
    expect({ startup, shutdown }).toEqual(hooks)
  })

  it('is recognised by its shape', () => {
    expect(isKoa(create())).toBe(true)
  })
})

describe('isKoa and fromKoa', () => {
  it.each([
    ['a function', () => {}],
    ['nothing', undefined],
    ['null', null],
    ['a callback', new versions['Koa 3']().callback()],
    ['an object with some of the members', { callback() {}, createContext() {}, use() {}, on() {}, middleware: [] }],
  ])('refuse %s', (_kind, value) => {
    expect(isKoa(value)).toBe(false)
    expect(() => adapt(value)).toThrow(/takes a Koa application/)
  })
})
