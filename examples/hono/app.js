// A world clock: an ordinary Hono application. `kirin app.js` sees that the default export has a fetch method and puts
// @nsgi/adapters-fetch around it.
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { streamSSE } from 'hono/streaming'

const SECOND = 1000

const app = new Hono()
app.use(secureHeaders())

app.get('/', c =>
  c.html('<!doctype html><title>World clock</title><h1>World clock</h1><p><a href="/time/Asia/Tokyo">Tokyo</a></p>\n'),
)

app.get('/time/:area/:city', c => {
  const { area, city } = c.req.param()
  const time = timeIn(`${area}/${city}`)
  return time === undefined ? c.json({ error: 'No such time zone' }, 404) : c.json({ time })
})

/** The time once a second, until the client leaves or the worker is asked to stop: the worker's context, `c.env`, tells. */
app.get('/ticks', c =>
  streamSSE(c, async events => {
    const { draining } = c.env
    while (!events.aborted && !draining.aborted) {
      await events.writeSSE({ event: 'tick', data: new Date().toISOString() })
      await nextTick(draining)
    }
  }),
)

function timeIn(timeZone) {
  try {
    return new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(new Date())
  } catch {
    return undefined
  }
}

/** A second, or less where the worker begins to stop. */
function nextTick(draining) {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      draining.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, SECOND)
    draining.addEventListener('abort', done)
  })
}

export default app
