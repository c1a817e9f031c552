import type { IncomingMessage, ServerResponse } from 'node:http'
import { serveNatively } from '../../../adapters-node/test/conformance/fixture.ts'
import { noteOn, type Route, routes, takeUpgrade } from '../../../adapters-node/test/conformance/routes.ts'
import type { AdapterFixture, Tell } from '../../../spec/src/conformance/adapter/index.ts'
import { type ExpressApplication, fromExpress } from '../../src/index.ts'
import { versions } from '../fixtures/express-versions.mjs'

type Express = (typeof versions)['Express 5']
type Response = ServerResponse & {
  type(name: string): Response
  status(code: number): Response
  send(body: string): Response
  json(body: unknown): Response
  set(name: string, value: string | string[]): Response
}

/** What Express has calls of its own for; the other routes are node's. */
const own: Readonly<Record<string, (req: IncomingMessage, res: Response) => unknown>> = {
  'GET /text': (_req, res) => res.type('text/plain').set('set-cookie', ['a=1', 'b=2']).send('text'),
  'GET /json': (_req, res) => res.status(201).json({ a: 1 }),
  'GET /missing': (_req, res) => res.status(404).type('text/plain').send('missing'),
  'GET /headers': ({ headers, rawHeaders }, res) => res.json({ headers, rawHeaders }),
  // Express has put its own prototypes in place before this runs.
  'POST /prototype': (req, res) => (routes['POST /echo'] as Route)(req, res, () => {}),
}

function createApplication(express: Express, tell: Tell): ExpressApplication {
  const app = express()
  app.set('env', 'test')
  for (const [name, route] of Object.entries({ ...routes, ...own })) {
    const [method, path] = name.split(' ') as [string, string]
    const verb = method.toLowerCase() as 'get' | 'post'
    app[verb](path, (req, res) => (route as Route)(req, res, noteOn(req, res, tell)))
  }
  return app as unknown as ExpressApplication
}

/** The fixture of `fromExpress`. */
export const expressFixture: AdapterFixture = {
  gateway: tell => fromExpress(createApplication(versions['Express 5'], tell), { upgrade: takeUpgrade }),
  native: tell => serveNatively(createApplication(versions['Express 5'], tell)),
}
