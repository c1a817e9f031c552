import { createSchema, createYoga } from 'graphql-yoga'
import { multipart } from './support/multipart.mjs'

const typeDefs = `
  scalar File
  type Tea { name: String! cups(times: Int = 1): Int! }
  type Query { tea(name: String!): Tea fails: String who: String }
  type Mutation { brew(name: String!): Tea! upload(file: File!): String! }
  type Subscription { cups(to: Int!): Int! }
`

const resolvers = log => ({
  Query: {
    tea: (_, { name }) => ({ name }),
    who: (_, _arguments, { request }) => request.headers.get('x-who'),
    fails: () => {
      throw new Error('hidden')
    },
  },
  Tea: { cups: (_tea, { times }) => 2 * times },
  Mutation: {
    brew: (_, { name }) => ({ name: `${name}, hot` }),
    upload: async (_, { file }) => `${file.name} ${file.type} ${(await file.text()).length}`,
  },
  Subscription: {
    cups: {
      async *subscribe(_, { to }) {
        for (let cups = 1; cups <= to; cups++) yield { cups }
        log.push('all cups are out')
      },
    },
  },
})

const ask = (query, rest = {}) => ({
  method: 'POST',
  path: '/graphql',
  ...rest,
  headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...rest.headers },
  body: JSON.stringify({ query, variables: rest.variables }),
})

const get = query => `/graphql?query=${encodeURIComponent(query)}`

export const scenario = {
  packages: ['graphql-yoga', 'graphql'],
  frameworks: ['express4', 'express5', 'koa3', 'node'],
  build({ framework, log }) {
    const yoga = createYoga({
      schema: createSchema({ typeDefs, resolvers: resolvers(log) }),
      logging: false,
      graphiql: true,
    })
    if (framework.id === 'node') return (req, res) => yoga(req, res)
    if (framework.id.startsWith('express')) return { app: framework.module().use(yoga.graphqlEndpoint, yoga) }
    const app = new framework.module()
    app.use(async ctx => {
      const response = await yoga.handleNodeRequestAndResponse(ctx.req, ctx.res)
      ctx.status = response.status
      for (const [name, value] of response.headers) ctx.append(name, value)
      ctx.body = response.body
    })
    return { app }
  },
  exchanges: [
    { name: 'a query', ...ask('{ tea(name: "oolong") { name cups(times: 3) } }') },
    {
      name: 'a query with variables',
      ...ask('query ($n: String!) { tea(name: $n) { name } }', { variables: { n: 'ü' } }),
    },
    { name: 'a query by GET', path: get('{ tea(name: "mate") { cups } }'), headers: { Accept: 'application/json' } },
    { name: 'a header that it reads', ...ask('{ who }', { headers: { 'X-Who': 'me' } }) },
    { name: 'a mutation', ...ask('mutation { brew(name: "oolong") { name } }') },
    {
      name: 'a mutation by GET',
      path: get('mutation { brew(name: "x") { name } }'),
      headers: { Accept: 'application/json' },
    },
    { name: 'a failure', ...ask('{ fails tea(name: "a") { name } }') },
    { name: 'a query that is none', ...ask('{ tea') },
    {
      name: 'a query that does not fit',
      ...ask('{ coffee }', { headers: { Accept: 'application/graphql-response+json' } }),
    },
    {
      name: 'no JSON',
      method: 'POST',
      path: '/graphql',
      headers: { 'Content-Type': 'application/json' },
      body: '{"query',
    },
    {
      name: 'a subscription',
      ...ask('subscription { cups(to: 3) }', { headers: { Accept: 'text/event-stream' } }),
      logs: 1,
    },
    {
      name: 'an upload',
      ...multipart('/graphql', [
        {
          name: 'operations',
          body: '{"query":"mutation ($f: File!) { upload(file: $f) }","variables":{"f":null}}',
          type: 'application/json',
        },
        { name: 'map', body: '{"0":["variables.f"]}' },
        { name: '0', filename: 'a.txt', body: 'f'.repeat(70_000) },
      ]),
    },
    { name: 'its page', path: '/graphql', headers: { Accept: 'text/html' } },
    {
      name: 'asked before, from another origin',
      method: 'OPTIONS',
      path: '/graphql',
      headers: { Origin: 'http://shop.test', 'Access-Control-Request-Method': 'POST' },
    },
  ],
}
