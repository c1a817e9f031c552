import { fastifyPlugin, pluginPackages } from './support/fastify-plugin.mjs'

export const scenario = {
  packages: pluginPackages('cookie'),
  frameworks: ['fastify4', 'fastify5'],
  cookies: true,
  async build({ framework }) {
    const app = framework.module()
    await app.register(await fastifyPlugin(framework, 'cookie'), { secret: 'tea' })
    app.get('/set', (_request, reply) =>
      reply
        .setCookie('plain', 'ü', { path: '/', sameSite: 'strict' })
        .setCookie('signed', 'yes', { signed: true, httpOnly: true, maxAge: 60 })
        .send('set'),
    )
    app.get('/read', async request => [request.cookies, request.unsignCookie(request.cookies.signed ?? '')])
    app.get('/clear', (_request, reply) => reply.clearCookie('plain', { path: '/' }).redirect('/read'))
    return { app }
  },
  exchanges: [
    { name: 'none', path: '/read' },
    { name: 'two are set', path: '/set' },
    { name: 'and read', path: '/read' },
    { name: 'a forged one', path: '/read', headers: { Cookie: 'signed=yes.forged' } },
    { name: 'one is cleared', path: '/clear' },
    { name: 'and gone', path: '/read' },
  ],
}
