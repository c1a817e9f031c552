import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { serveNatively } from '../../../adapters-node/test/conformance/fixture.ts'
import { noteOn, type Route, routes, takeUpgrade } from '../../../adapters-node/test/conformance/routes.ts'
import type { AdapterFixture, Tell } from '../../../spec/src/conformance/adapter/index.ts'
import { fromFastify } from '../../src/index.ts'
import { versions } from '../fixtures/fastify-versions.mjs'

/** What Fastify has ways of its own for; the other routes are node's, by `reply.raw`. */
const own: Readonly<Record<string, (request: FastifyRequest, reply: FastifyReply) => unknown>> = {
  'GET /text': (_request, reply) => reply.type('text/plain').header('set-cookie', ['a=1', 'b=2']).send('text'),
  'GET /json': (_request, reply) => reply.code(201).send({ a: 1 }),
  'GET /late': async (_request, reply) => {
    await new Promise(setImmediate)
    return reply.type('text/plain').send('late')
  },
  'GET /missing': (_request, reply) => reply.code(404).type('text/plain').send('missing'),
  'GET /headers': ({ headers, raw }, reply) => reply.send({ headers, rawHeaders: raw.rawHeaders }),
  'GET /throw': () => {
    throw new Error('nothing handles this')
  },
  'GET /reject': async () => {
    await new Promise(setImmediate)
    throw new Error('nothing handles this')
  },
  'GET /fail-late': (_request, reply) => reply.type('text/plain').send(Readable.from(failing())),
  'GET /trailers': (_request, reply) => {
    reply.trailer('x-sum', async () => '1')
    return reply.type('text/plain').send('text')
  },
  'GET /early-hints': (_request, reply) => {
    reply.raw.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' })
    return reply.type('text/plain').send('text')
  },
}

async function* failing(): AsyncGenerator<string> {
  yield 'begun'
  await new Promise(setImmediate)
  throw new Error('nothing handles this')
}

async function createApplication(version: keyof typeof versions, tell: Tell): Promise<{ app: FastifyInstance }> {
  const app = (versions[version] as unknown as () => FastifyInstance)()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  for (const [name, route] of Object.entries({ ...routes, ...own })) {
    // Fastify 4 writes what it has in one piece, and ends with nothing: not what ADP-10 is about.
    const isOwn = name in own && !(version === 'Fastify 4' && name === 'GET /text')
    const [method, url] = name.split(' ') as ['GET' | 'POST', string]
    app.route({
      method,
      url,
      handler(request, reply) {
        const note = noteOn(request.raw, reply.raw, tell)
        if (isOwn) return (route as (typeof own)[string])(request, reply)
        reply.hijack()
        return (routes[name] as Route)(request.raw, reply.raw, note)
      },
    })
  }
  app.server.on('upgrade', takeUpgrade)
  await app.ready()
  // An application is a thenable: by itself it would be awaited.
  return { app }
}

/** The fixture of `fromFastify`. */
export function fastifyFixture(version: keyof typeof versions): AdapterFixture {
  return {
    async gateway(tell) {
      const { app } = await createApplication(version, tell)
      return fromFastify(app)
    },
    async native(tell) {
      const { app } = await createApplication(version, tell)
      return serveNatively((req, res) => app.routing(req, res))
    },
  }
}
