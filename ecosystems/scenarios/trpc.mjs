import { initTRPC, TRPCError, tracked } from '@trpc/server'
import { createExpressMiddleware } from '@trpc/server/adapters/express'
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'

const t = initTRPC.context().create({ isDev: false })
// Any parser will do: it is a function that throws.
const name = value => {
  if (typeof value !== 'string') throw new Error('a name is text')
  return value
}

const router = log =>
  t.router({
    greet: t.procedure.input(name).query(({ input, ctx }) => `hello ${input} from ${ctx.from}`),
    add: t.procedure.input(value => value).mutation(({ input }) => input.reduce((sum, one) => sum + one, 0)),
    fails: t.procedure.query(() => {
      throw new TRPCError({ code: 'TOO_MANY_REQUESTS', message: 'enough tea' })
    }),
    later: t.procedure.query(async function* later() {
      yield 'one'
      await new Promise(setImmediate)
      yield 'two'
    }),
    events: t.procedure.subscription(async function* events() {
      for (let i = 0; i < 3; i++) yield tracked(String(i), { cup: i })
      log.push('all events are out')
    }),
  })

const query = (path, input) =>
  `/trpc/${path}${input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`}`
const json = { 'Content-Type': 'application/json' }

export const scenario = {
  packages: ['@trpc/server'],
  frameworks: ['express4', 'express5', 'fastify5', 'node'],
  build({ framework, log }) {
    const options = { router: router(log), createContext: ({ req }) => ({ from: req.headers['x-from'] ?? 'nobody' }) }
    if (framework.id === 'node') return createHTTPHandler({ ...options, basePath: '/trpc/' })
    const app = framework.module()
    if (framework.id.startsWith('fastify')) app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: options })
    else app.use('/trpc', createExpressMiddleware(options))
    return { app }
  },
  exchanges: [
    { name: 'a query', path: query('greet', 'ann'), headers: { 'X-From': 'us' } },
    { name: 'a mutation', method: 'POST', path: '/trpc/add', headers: json, body: '[1,2,3]' },
    { name: 'in one batch', path: `/trpc/greet,fails?batch=1&input=${encodeURIComponent('{"0":"bob"}')}` },
    {
      name: 'in one batch, streamed',
      path: `/trpc/greet,greet?batch=1&input=${encodeURIComponent('{"0":"a","1":"b"}')}`,
      headers: { 'trpc-accept': 'application/jsonl' },
    },
    { name: 'an input that is none', path: query('greet', 7) },
    { name: 'a failure', path: query('fails') },
    { name: 'a procedure that is not there', path: query('tea') },
    { name: 'the wrong method', method: 'POST', path: '/trpc/greet', headers: json, body: '"ann"' },
    { name: 'no JSON', method: 'POST', path: '/trpc/add', headers: json, body: '[1' },
    { name: 'events', path: query('events'), headers: { Accept: 'text/event-stream' }, logs: 1 },
    { name: 'HEAD', method: 'HEAD', path: query('greet', 'ann') },
  ],
}
