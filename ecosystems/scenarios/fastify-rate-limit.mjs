import { fastifyPlugin, pluginPackages } from './support/fastify-plugin.mjs'

export const scenario = {
  packages: pluginPackages('rate-limit'),
  frameworks: ['fastify4', 'fastify5'],
  masks: [
    [/(reset|retry-after): \d+/g, '$1: SECONDS'],
    [/retry in [^"\\]+/g, 'retry in TIME'],
  ],
  async build({ framework, log }) {
    const app = framework.module()
    await app.register(await fastifyPlugin(framework, 'rate-limit'), {
      max: 2,
      timeWindow: '1 minute',
      onExceeded: (_request, key) => log.push(`exceeded by ${key}`),
    })
    app.get('/', async () => 'let through')
    app.get(
      '/own',
      { config: { rateLimit: { max: 1, keyGenerator: request => request.headers['x-key'] } } },
      async () => 'own',
    )
    app.get('/free', { config: { rateLimit: false } }, async () => 'free')
    return { app }
  },
  exchanges: [
    { name: 'the first', path: '/' },
    { name: 'the second', path: '/' },
    { name: 'the third', path: '/', logs: 1 },
    { name: 'a key', path: '/own', headers: { 'X-Key': 'a' } },
    { name: 'another key', path: '/own', headers: { 'X-Key': 'b' } },
    { name: 'the key again', path: '/own', headers: { 'X-Key': 'a' }, logs: 1 },
    { name: 'without a limit', path: '/free' },
  ],
}
