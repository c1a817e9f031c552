import { fastifyPlugin, pluginPackages } from './support/fastify-plugin.mjs'

export const scenario = {
  packages: pluginPackages('swagger-ui', 'swagger'),
  frameworks: ['fastify4', 'fastify5'],
  async build({ framework }) {
    const app = framework.module()
    await app.register(await fastifyPlugin(framework, 'swagger'), { openapi: { info: { title: 'Tea', version: '1' } } })
    await app.register(await fastifyPlugin(framework, 'swagger-ui'), { routePrefix: '/docs', staticCSP: true })
    const schema = { summary: 'One tea', params: { type: 'object', properties: { name: { type: 'string' } } } }
    app.get('/tea/:name', { schema }, async request => request.params.name)
    return { app }
  },
  exchanges: [
    { name: 'the page', path: '/docs' },
    { name: 'the page with its slash', path: '/docs/' },
    { name: 'the description', path: '/docs/json' },
    { name: 'the description as YAML', path: '/docs/yaml' },
    { name: 'its largest file', path: '/docs/static/swagger-ui-bundle.js' },
    { name: 'a style', path: '/docs/static/swagger-ui.css' },
    { name: 'a script that is made', path: '/docs/static/swagger-initializer.js' },
    { name: 'a picture', path: '/docs/static/favicon-32x32.png' },
    { name: 'not there', path: '/docs/static/missing.js' },
    { name: 'a route of the application', path: '/tea/oolong' },
  ],
}
