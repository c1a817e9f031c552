import { describe, expect, it } from '@jest/globals'
import type { Application, Context } from '../../src/index.ts'
import { derive, mount, wrap } from '../../src/middleware/index.ts'
import { call, createContext, createRequest } from '../../src/testing/index.ts'

const hello: Application = request => ({ status: 200, body: `hello from ${request.path}` })

/** An application whose hooks write their name into `events`. */
function recording(name: string, events: string[], fail?: 'startup' | 'shutdown'): Application {
  const hook = (when: 'startup' | 'shutdown') => async () => {
    await Promise.resolve()
    events.push(`${name} ${when}`)
    if (fail === when) throw new Error(`${name} ${when} failed`)
  }
  return Object.assign((() => ({ status: 200, body: name })) as Application, {
    startup: hook('startup'),
    shutdown: hook('shutdown'),
  })
}

describe('wrap', () => {
  it('lets the middleware answer instead of the application', async () => {
    let called = false
    const inner: Application = () => {
      called = true
      return { status: 200 }
    }
    const { status } = await call(
      wrap(inner, () => ({ status: 403 })),
      {},
    )
    expect(status).toBe(403)
    expect(called).toBe(false)
  })

  it('passes the same request on when next gets none, and the derived one when it gets one', async () => {
    const request = createRequest({ path: '/outside' })
    const seen: unknown[] = []
    const inner: Application = given => {
      seen.push(given)
      return { status: 200 }
    }
    const context = createContext()
    await wrap(inner, (_request, _context, next) => next())(request, context)
    await wrap(inner, (given, _context, next) => next(derive(given, { path: '/inside' })))(request, context)
    expect(seen[0]).toBe(request)
    expect(seen[1]).toMatchObject({ path: '/inside' })
  })

  it('hands the context to the middleware and to the application unchanged', async () => {
    const context = createContext()
    const seen: Context[] = []
    const inner: Application = (_request, given) => {
      seen.push(given)
      return { status: 200 }
    }
    await wrap(inner, (_request, given, next) => {
      seen.push(given)
      return next()
    })(createRequest(), context)
    expect(seen).toEqual([context, context])
    expect(seen.every(given => given === context)).toBe(true)
  })

  it('keeps a synchronous response synchronous', () => {
    const response = { status: 204 }
    const wrapped = wrap(
      () => response,
      (_request, _context, next) => next(),
    )
    expect(wrapped(createRequest(), createContext())).toBe(response)
  })

  it('has no hooks when nothing inside has any', () => {
    const wrapped = wrap(hello, (_request, _context, next) => next())
    expect(wrapped.startup).toBeUndefined()
    expect(wrapped.shutdown).toBeUndefined()
  })

  it('passes the hooks of the application on, with its context and as methods of it', async () => {
    const context = createContext()
    const calls: unknown[] = []
    const inner = Object.assign((() => ({ status: 200 })) as Application, {
      startup(this: unknown, given: Context) {
        calls.push(['startup', this === inner, given === context])
      },
      shutdown(this: unknown, given: Context) {
        calls.push(['shutdown', this === inner, given === context])
      },
    })
    const wrapped = wrap(
      wrap(inner, (_request, _context, next) => next()),
      (_request, _context, next) => next(),
    )
    await wrapped.startup?.(context)
    await wrapped.shutdown?.(context)
    expect(calls).toEqual([
      ['startup', true, true],
      ['shutdown', true, true],
    ])
  })

  it('finds a hook that the application got after it was wrapped, and keeps it when the hooks are copied', async () => {
    const inner = ((): { status: number } => ({ status: 200 })) as Application & { startup?: () => void }
    const wrapped = wrap(inner, (_request, _context, next) => next())
    let started = 0
    inner.startup = () => {
      started++
    }
    await wrapped.startup?.(createContext())
    await Object.assign((() => ({ status: 200 })) as Application, wrapped).startup?.(createContext())
    expect(started).toBe(2)
  })

  it('refuses to have a hook assigned, which would drop the hooks inside', () => {
    const wrapped = wrap(recording('app', []), (_request, _context, next) => next())
    expect(() => Object.assign(wrapped, { startup: () => undefined })).toThrow(TypeError)
  })

  it('starts its own hooks after the application and shuts them down before it', async () => {
    const events: string[] = []
    const wrapped = wrap(
      recording('app', events),
      (_request, _context, next) => next(),
      recording('middleware', events),
    )
    await wrapped.startup?.(createContext())
    await wrapped.shutdown?.(createContext())
    expect(events).toEqual(['app startup', 'middleware startup', 'middleware shutdown', 'app shutdown'])
  })

  it('shuts the application down again when its own startup fails', async () => {
    const events: string[] = []
    const own = recording('middleware', events, 'startup')
    const wrapped = wrap(recording('app', events), (_request, _context, next) => next(), own)
    await expect(wrapped.startup?.(createContext())).rejects.toThrow('middleware startup failed')
    expect(events).toEqual(['app startup', 'middleware startup', 'app shutdown'])
  })
})

describe('the lifespan of several parts', () => {
  const context = createContext()

  it('starts in the order given, stops in reverse, and treats an application mounted twice as one', async () => {
    const events: string[] = []
    const [a, b, c] = ['a', 'b', 'c'].map(name => recording(name, events)) as [Application, Application, Application]
    const whole = mount({ '/a': a, '/longer/b': b, '/again': a, '/c': c })
    await whole.startup?.(context)
    await whole.shutdown?.(context)
    expect(events).toEqual(['a startup', 'b startup', 'c startup', 'c shutdown', 'b shutdown', 'a shutdown'])
  })

  it('shuts down in reverse what had started when a later part fails, and rejects with that failure', async () => {
    const events: string[] = []
    const logged: unknown[] = []
    const whole = mount({
      '/a': recording('a', events),
      '/b': recording('b', events, 'shutdown'),
      '/c': recording('c', events, 'startup'),
      '/d': recording('d', events),
    })
    const log = { ...context.log, error: (...entry: unknown[]) => logged.push(entry) }
    await expect(whole.startup?.(createContext({ log }))).rejects.toThrow('c startup failed')
    expect(events).toEqual(['a startup', 'b startup', 'c startup', 'b shutdown', 'a shutdown'])
    expect(logged).toEqual([
      [{ err: expect.objectContaining({ message: 'b shutdown failed' }) }, expect.stringContaining('shutdown failed')],
    ])
  })

  it('shuts every part down although one fails, then rejects with that error, or with all of several', async () => {
    const events: string[] = []
    const one = mount({ '/a': recording('a', events), '/b': recording('b', events, 'shutdown') })
    await expect(one.shutdown?.(context)).rejects.toThrow('b shutdown failed')
    expect(events).toEqual(['b shutdown', 'a shutdown'])
    const two = mount({ '/a': recording('a', events, 'shutdown'), '/b': recording('b', events, 'shutdown') })
    await expect(two.shutdown?.(context)).rejects.toMatchObject({
      errors: [{ message: 'b shutdown failed' }, { message: 'a shutdown failed' }],
    })
  })

  it('shuts down a part that has no startup of its own when a later one fails', async () => {
    const events: string[] = []
    const onlyShutdown = Object.assign((() => ({ status: 200 })) as Application, {
      shutdown: () => void events.push('pool closed'),
    })
    const whole = mount({ '/a': onlyShutdown, '/b': recording('b', events, 'startup') })
    await expect(whole.startup?.(context)).rejects.toThrow('b startup failed')
    expect(events).toEqual(['b startup', 'pool closed'])
  })
})
