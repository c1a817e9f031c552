import { createServer } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import { call } from '@nsgi/spec/testing'
import { startBridge } from '../../adapters-node/test/support/bridge.ts'
import { type ExpressApplication, fromExpress, isExpress } from '../src/index.ts'
import { versions } from './fixtures/express-versions.mjs'

type Express = (typeof versions)['Express 5']

describe.each(Object.entries(versions) as [string, Express][])('%s', (_name, express) => {
  const adapt = (application: unknown): ReturnType<typeof fromExpress> => fromExpress(application as ExpressApplication)

  it('answers a call without any server', async () => {
    const app = express()
    app.post('/echo', express.json(), (req, res) => void res.status(201).json(req.body))
    const result = await call(adapt(app), {
      target: '/echo',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    })
    expect(result).toMatchObject({ status: 201, text: '{"a":1}' })
  })

  it('tells the client and the scheme that a trusted proxy vouches for, without its own trust in proxies', async () => {
    const app = express()
    app.get('/', (req, res) => void res.json([req.ip, req.protocol, req.secure]))
    const result = await call(adapt(app), {
      scheme: 'https',
      remote: { address: '203.0.113.9', port: null },
      headers: { 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'http' },
    })
    expect(result.text).toBe('["203.0.113.9","https",true]')
  })

  it('finds its prototypes in place, so that setting them at each request changes nothing', async () => {
    const app = express()
    app.get('/', (req, res) => {
      res.json([Object.getPrototypeOf(req) === app.request, Object.getPrototypeOf(res) === app.response])
    })
    const before: unknown[] = []
    const { handle } = app as unknown as ExpressApplication
    Object.assign(app, {
      handle(this: unknown, ...given: [never, never]) {
        before.push(Object.getPrototypeOf(given[0]), Object.getPrototypeOf(given[1]))
        return handle.apply(this, given)
      },
    })
    const adapted = adapt(app)
    expect((await call(adapted)).text).toBe('[true,true]')
    expect(before).toEqual([app.request, app.response])
  })

  it('is left as it was: its prototypes, and being served natively at the same time', async () => {
    const app = express()
    app.get('/', (_req, res) => void res.send('both'))
    const chain = (object: object): unknown[] => {
      const next: unknown = Object.getPrototypeOf(object)
      return next === null ? [] : [next, ...chain(next as object)]
    }
    const before = [chain(app.request), chain(app.response), Object.keys(app)]
    const bridge = await startBridge(adapt(app))
    const native = createServer(app as never).listen(0, '127.0.0.1')
    await new Promise(resolve => native.once('listening', resolve))
    const { port } = native.address() as { port: number }
    const answers = [await fetch(`http://127.0.0.1:${port}/`), await fetch(`http://127.0.0.1:${bridge.port}/`)]
    expect(await Promise.all(answers.map(answer => answer.text()))).toEqual(['both', 'both'])
    expect([chain(app.request), chain(app.response), Object.keys(app)]).toEqual(before)
    native.close()
    native.closeAllConnections()
    await bridge.stop()
  })

  it('sees what is added to its prototypes later', async () => {
    const app = express()
    const adapted = adapt(app)
    Object.assign(app.response, {
      shout(this: { send(text: string): void }, text: string) {
        this.send(text.toUpperCase())
      },
    })
    app.get('/', (_req, res) => (res as unknown as { shout(text: string): void }).shout('hi'))
    expect((await call(adapted)).text).toBe('HI')
  })

  it('knows where it is mounted', async () => {
    const app = express()
    app.get('/who', (req, res) => void res.json([req.baseUrl, req.originalUrl, req.url, req.path]))
    const request = { mount: '/api', path: '/who', query: 'a=1' }
    expect((await call(adapt(app), request)).text).toBe('["/api","/api/who?a=1","/who?a=1","/who"]')
  })

  it('carries the hooks it was given', () => {
    const hooks = { startup: () => {}, shutdown: () => {} }
    const { startup, shutdown } = fromExpress(express() as unknown as ExpressApplication, hooks)
    expect({ startup, shutdown }).toEqual(hooks)
  })

  it('is recognised by its shape', () => {
    expect(isExpress(express())).toBe(true)
  })

  it('is not taken for a router', () => {
    expect(isExpress(express.Router())).toBe(false)
  })
})

describe('isExpress and fromExpress', () => {
  it.each([
    ['a function', () => {}],
    ['nothing', undefined],
    ['an object', { handle() {}, use() {}, set() {}, request: {}, response: {} }],
    [
      'a function with some of the members',
      Object.assign(() => {}, { handle() {}, use() {}, set() {}, request: {}, response: {} }),
    ],
  ])('refuse %s', (_kind, value) => {
    expect(isExpress(value)).toBe(false)
    expect(() => fromExpress(value as unknown as ExpressApplication)).toThrow(/takes an Express application/)
  })
})
