import { Router } from '@koa/router'

export const scenario = {
  packages: ['@koa/router'],
  frameworks: ['koa2', 'koa3'],
  build({ framework, log }) {
    const app = new framework.module()
    app.on('error', error => log.push(error.message))
    const router = new Router({ prefix: '/tea' })
    router.param('name', (name, ctx, next) => {
      ctx.name = name.toUpperCase()
      return next()
    })
    router.get('tea', '/:name', ctx => {
      ctx.body = [ctx.name, ctx.params, ctx.query, ctx._matchedRoute, router.url('tea', 'mate')]
    })
    router.get(
      '/one/two',
      async (ctx, next) => {
        await next()
        ctx.set('X-After', 'yes')
      },
      ctx => {
        ctx.body = 'two'
      },
    )
    router.put('/:name', ctx => {
      ctx.status = 204
    })
    router.get('/fails/early', () => {
      throw new Error('failed')
    })
    router.redirect('/old/way', '/tea/new')
    const nested = new Router().get('/deep', ctx => {
      ctx.body = ctx.path
    })
    router.use('/nested', nested.routes())
    app.use(router.routes()).use(router.allowedMethods())
    return { app }
  },
  exchanges: [
    { name: 'a route', path: '/tea/oolong?a=1' },
    { name: 'HEAD', method: 'HEAD', path: '/tea/oolong' },
    { name: 'middleware of a route', path: '/tea/one/two' },
    { name: 'nothing to say', method: 'PUT', path: '/tea/oolong', body: 'x' },
    { name: 'a method that is not allowed', method: 'POST', path: '/tea/oolong' },
    { name: 'a method that is not implemented', method: 'PROPFIND', path: '/tea/oolong' },
    { name: 'OPTIONS', method: 'OPTIONS', path: '/tea/oolong' },
    { name: 'a redirect', path: '/tea/old/way' },
    { name: 'nested', path: '/tea/nested/deep' },
    { name: 'encoded', path: '/tea/%C3%BC%2Fx' },
    { name: 'not decodable', path: '/tea/%zz' },
    { name: 'a failure', path: '/tea/fails/early', logs: 1, fails: true },
    { name: 'not there', path: '/coffee' },
  ],
}
