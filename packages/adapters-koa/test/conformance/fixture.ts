import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { serveNatively } from '../../../adapters-node/test/conformance/fixture.ts'
import { noteOn, type Route, routes, takeUpgrade } from '../../../adapters-node/test/conformance/routes.ts'
import type { AdapterFixture, Tell } from '../../../spec/src/conformance/adapter/index.ts'
import { fromKoa, type KoaApplication } from '../../src/index.ts'
import { versions } from '../fixtures/koa-versions.mjs'

interface Context {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly headers: unknown
  respond: boolean
  status: number
  type: string
  body: unknown
  set(name: string, value: string | string[]): void
}

/** What Koa has ways of its own for; the other routes are node's, by `ctx.res`. */
const own: Readonly<Record<string, (context: Context) => unknown>> = {
  'GET /text': context => {
    context.set('set-cookie', ['a=1', 'b=2'])
    context.body = 'text'
  },
  'GET /json': context => {
    context.status = 201
    context.body = { a: 1 }
  },
  'GET /late': async context => {
    await new Promise(setImmediate)
    context.body = 'late'
  },
  'GET /missing': context => {
    context.status = 404
    context.body = 'missing'
  },
  'GET /headers': context => {
    context.body = { headers: context.headers, rawHeaders: context.req.rawHeaders }
  },
  'POST /echo': context => {
    context.type = 'text'
    context.body = context.req
  },
  'GET /throw': () => {
    throw new Error('nothing handles this')
  },
  'GET /fail-late': context => {
    context.type = 'text'
    context.body = Readable.from(failing())
  },
}

async function* failing(): AsyncGenerator<string> {
  yield 'begun'
  await new Promise(setImmediate)
  throw new Error('nothing handles this')
}

function createApplication(version: keyof typeof versions, tell: Tell): KoaApplication {
  const app = new versions[version]()
  app.silent = true
  app.use(async (given: unknown) => {
    const context = given as Context
    const { req, res } = context
    const note = noteOn(req, res, tell)
    const name = `${req.method} ${req.url}`
    if (own[name]) return own[name](context)
    const route = routes[name] as Route
    context.respond = false
    // The status before a route is node's own.
    res.statusCode = 200
    return route(req, res, note)
  })
  return app
}

/** The fixture of `fromKoa`. */
export function koaFixture(version: keyof typeof versions): AdapterFixture {
  return {
    gateway: tell => fromKoa(createApplication(version, tell), { upgrade: takeUpgrade }),
    native: tell => serveNatively(createApplication(version, tell).callback()),
  }
}
