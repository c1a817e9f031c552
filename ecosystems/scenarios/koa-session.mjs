import koaSession from 'koa-session'

const session = koaSession.createSession ?? koaSession

export const scenario = {
  packages: ['koa-session'],
  frameworks: ['koa2', 'koa3'],
  cookies: true,
  masks: [
    [/koa\.sess(\.sig)?=[\w=-]+/g, 'koa.sess$1=VALUE'],
    [/expires=[^;"]+/g, 'expires=DATE'],
  ],
  build({ framework }) {
    const app = new framework.module()
    app.keys = ['tea']
    app.use(session({ rolling: true, maxAge: 60_000 }, app))
    app.use(ctx => {
      if (ctx.path === '/out') {
        ctx.session = null
        ctx.body = 'out'
        return
      }
      if (ctx.path === '/count') ctx.session.count = (ctx.session.count ?? 0) + 1
      ctx.body = [ctx.session.count ?? null, ctx.session.isNew]
    })
    return { app }
  },
  exchanges: [
    { name: 'without a session', path: '/' },
    { name: 'the first of a session', path: '/count' },
    { name: 'the second', path: '/count' },
    { name: 'rolling', path: '/' },
    { name: 'a forged cookie', path: '/count', headers: { Cookie: 'koa.sess=eyJjb3VudCI6OX0=; koa.sess.sig=forged' } },
    { name: 'left', path: '/out' },
    { name: 'after that', path: '/' },
  ],
}
