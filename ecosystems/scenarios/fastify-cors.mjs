import { fastifyPlugin, pluginPackages } from './support/fastify-plugin.mjs'

const preflight = headers => ({
  method: 'OPTIONS',
  path: '/',
  headers: { Origin: 'http://shop.test', 'Access-Control-Request-Method': 'PUT', ...headers },
})

export const scenario = {
  packages: pluginPackages('cors'),
  frameworks: ['fastify4', 'fastify5'],
  async build({ framework }) {
    const app = framework.module()
    await app.register(await fastifyPlugin(framework, 'cors'), {
      origin: ['http://shop.test'],
      credentials: true,
      maxAge: 60,
      exposedHeaders: ['X-Own'],
    })
    app.get('/', async () => 'shared')
    app.put('/', async () => 'put')
    return { app }
  },
  exchanges: [
    { name: 'an origin', path: '/', headers: { Origin: 'http://shop.test' } },
    { name: 'another origin', path: '/', headers: { Origin: 'http://other.test' } },
    { name: 'no origin', path: '/' },
    { name: 'asked before', ...preflight({}) },
    { name: 'asked before, with headers', ...preflight({ 'Access-Control-Request-Headers': 'X-A, X-B' }) },
    { name: 'asked without what asking needs', method: 'OPTIONS', path: '/', headers: { Origin: 'http://shop.test' } },
    { name: 'PUT', method: 'PUT', path: '/', headers: { Origin: 'http://shop.test' }, body: '' },
  ],
}
