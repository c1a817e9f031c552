// Text tools: an ordinary Koa application. Nothing in here knows about NSGI; `kirin app.js` sees that the default export is a Koa
// application and puts @nsgi/adapters-koa around it.
import { bodyParser } from '@koa/bodyparser'
import { Router } from '@koa/router'
import Koa from 'koa'

const app = new Koa()
const router = new Router({ prefix: '/api' })

/** Failures as JSON; what is a bug tells nothing of itself, and goes to the log. */
app.use(async (context, next) => {
  try {
    await next()
    if (context.status === 404) context.throw(404, 'There is nothing here')
  } catch (error) {
    const { status = 500, expose = status < 500, message } = error
    context.status = status
    context.body = { error: expose ? message : 'Something went wrong' }
    if (!expose) context.app.emit('error', error, context)
  }
})

app.use(bodyParser({ jsonLimit: '100kb' }))

router.post('/count', context => {
  const text = textOf(context)
  context.body = {
    characters: [...text].length,
    words: text.split(/\s+/).filter(Boolean).length,
    lines: text === '' ? 0 : text.split('\n').length,
  }
})

router.post('/slug', context => {
  const plain = textOf(context).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  context.body = { slug: plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') }
})

router.get('/broken', () => {
  throw new Error('This is broken on purpose')
})

function textOf(context) {
  const { text } = context.request.body ?? {}
  if (typeof text !== 'string') context.throw(422, 'Send {"text": "…"}')
  return text
}

app.use(router.routes())
app.use(router.allowedMethods({ throw: true }))

export default app
