import { describe, expect, it } from '@jest/globals'
import type { Application, Context } from '../../src/index.ts'
import { createContext, createRequest } from '../../src/testing/index.ts'
import { ControlledBody, iterate, Watched } from './support/watched.ts'

/** A worker's context; `stop` begins the graceful stop. */
function worker(wrong: object = {}): { context: Context; stop: () => void } {
  const draining = new AbortController()
  const context = Object.freeze({ ...createContext({ draining: draining.signal }), ...wrong })
  return { context, stop: () => draining.abort() }
}

function watchedApplication(hooks: Partial<Pick<Application, 'startup' | 'shutdown'>> = {}): Watched {
  return new Watched(Object.assign(() => ({ status: 200 }), hooks))
}

describe('the life of a worker', () => {
  it('is passed on to the application, and nothing is found where it is in order', async () => {
    const events: unknown[] = []
    const watched = watchedApplication({
      startup: context => events.push('startup', context),
      shutdown: context => events.push('shutdown', context),
    })
    const { context, stop } = worker()
    await watched.application.startup?.(context)
    await watched.application(createRequest(), context)
    stop()
    await watched.application.shutdown?.(context)
    expect(watched.found).toEqual([])
    expect(events).toEqual(['startup', context, 'shutdown', context])
  })

  it('may begin again with another worker', async () => {
    const watched = watchedApplication()
    for (let index = 0; index < 2; index++) {
      const { context, stop } = worker()
      await watched.application.startup?.(context)
      await watched.application(createRequest(), context)
      stop()
      await watched.application.shutdown?.(context)
    }
    expect(watched.found).toEqual([])
  })

  it('is not asked for where a test calls the application', async () => {
    const watched = watchedApplication()
    await watched.respond()
    await watched.respond()
    expect(watched.found).toEqual([])
  })

  it('LIF-01: there was no startup', async () => {
    const watched = watchedApplication()
    await watched.application(createRequest(), worker().context)
    expect(watched.found).toEqual(['server LIF-01'])
  })

  it('LIF-01: startup was not awaited', async () => {
    const watched = watchedApplication({ startup: () => new Promise(() => {}) })
    const { context } = worker()
    void watched.application.startup?.(context)
    await watched.application(createRequest(), context)
    expect(watched.found).toEqual(['server LIF-01'])
  })

  it('LIF-01: startup was called twice', async () => {
    const watched = watchedApplication()
    const { context } = worker()
    await watched.application.startup?.(context)
    await watched.application.startup?.(context)
    expect(watched.found).toEqual(['server LIF-01'])
  })

  it('LIF-02, LIF-06: startup had failed', async () => {
    const watched = watchedApplication({
      startup: () => {
        throw new Error('no database')
      },
    })
    const { context } = worker()
    await expect(watched.application.startup?.(context)).rejects.toThrow('no database')
    await watched.application(createRequest(), context)
    expect(watched.found).toEqual(['server LIF-02'])
    await watched.application.shutdown?.(context)
    expect(watched.found).toEqual(['server LIF-02', 'server LIF-06'])
  })

  it('LIF-04: another context', async () => {
    const watched = watchedApplication()
    await watched.application.startup?.(worker().context)
    await watched.application(createRequest(), worker().context)
    expect(watched.found).toEqual(['server LIF-04'])
    await watched.application.shutdown?.(worker().context)
    expect(watched.found).toEqual(['server LIF-04', 'server LIF-04'])
  })

  it('LIF-05: shutdown came before draining had told it', async () => {
    const watched = watchedApplication()
    const { context } = worker()
    await watched.application.startup?.(context)
    await watched.application.shutdown?.(context)
    expect(watched.found).toEqual(['server LIF-05'])
  })

  it('LIF-06: shutdown came twice, or calls after it', async () => {
    const watched = watchedApplication()
    const { context, stop } = worker()
    await watched.application.startup?.(context)
    stop()
    await watched.application.shutdown?.(context)
    await watched.application.shutdown?.(context)
    await watched.application(createRequest(), context)
    expect(watched.found).toEqual(['server LIF-06', 'server LIF-06'])
  })

  it('LIF-06: shutdown came while startup was running', async () => {
    const watched = watchedApplication({ startup: () => new Promise(() => {}) })
    const { context } = worker()
    void watched.application.startup?.(context)
    await watched.application.shutdown?.(context)
    expect(watched.found).toEqual(['server LIF-06'])
  })
})

describe('a context', () => {
  const { log } = createContext()
  it.each<[string, string, unknown]>([
    ['LIF-04', 'that is none', undefined],
    ['LIF-04', 'that is not frozen', { ...createContext() }],
    ['LIF-13', 'of another version', worker({ nsgi: '2.0' }).context],
    ['LIF-13', 'without a server', worker({ server: undefined }).context],
    ['LIF-13', 'with a log that lacks a level', worker({ log: { ...log, debug: undefined } }).context],
    ['LIF-13', 'with multiprocess as text', worker({ multiprocess: 'yes' }).context],
    ['LIF-05', 'without draining', worker({ draining: undefined }).context],
    ['LIF-08', 'of a worker without a number', worker({ worker: '0' }).context],
    ['LIF-09', 'with an extension that is a stub', worker({ extensions: { 'kirin.http2': undefined } }).context],
    ['LIF-13', 'without extensions', worker({ extensions: undefined }).context],
    ['REQ-26', 'with an extension without a dot', worker({ extensions: { http2: {} } }).context],
  ])('%s: %s', async (requirement, _name, context) => {
    const watched = watchedApplication()
    await watched.application.startup?.(context as Context)
    expect(watched.found).toEqual([`server ${requirement}`])
  })
})

describe('a stop', () => {
  it('APP-05: finds a call that does not return', async () => {
    const watched = new Watched(() => new Promise(() => {}))
    const { context, stop } = worker()
    await watched.application.startup?.(context)
    void watched.application(createRequest(), context)
    stop()
    await watched.application.shutdown?.(context)
    expect(watched.violations).toMatchObject([{ requirement: 'APP-05', role: 'application', level: 'SHOULD' }])
  })

  it('APP-05: finds a body that does not end, cut off or not', async () => {
    for (const isCut of [true, false]) {
      const body = new ControlledBody()
      const watched = new Watched(() => ({ status: 200, body }))
      const client = new AbortController()
      const { context, stop } = worker()
      await watched.application.startup?.(context)
      const response = await watched.application(createRequest({ signal: client.signal }), context)
      const iterator = iterate(response)
      const step = iterator.next()
      stop()
      if (isCut) {
        body.give({ done: false, value: 'tick' })
        await step
        client.abort()
        void iterator.return?.()
        response.finished?.(new Error('time is up'))
      }
      await watched.application.shutdown?.(context)
      expect(watched.found).toEqual(['application APP-05'])
    }
  })

  it('finds nothing where a body that was cut off has ended late, but before the stop', async () => {
    const body = new ControlledBody()
    const watched = new Watched(() => ({ status: 200, body }))
    const client = new AbortController()
    const { context, stop } = worker()
    await watched.application.startup?.(context)
    const response = await watched.application(createRequest({ signal: client.signal }), context)
    const iterator = iterate(response)
    const step = iterator.next()
    client.abort()
    void iterator.return?.()
    response.finished?.(new Error('lost'))
    await watched.settled()
    body.give({ done: true, value: undefined })
    await step
    stop()
    await watched.application.shutdown?.(context)
    expect(watched.found).toEqual([])
  })

  it('finds nothing where bodies have ended, or were cut off long before', async () => {
    const bodies: ControlledBody[] = []
    const watched = new Watched(() => {
      const body = new ControlledBody()
      bodies.push(body)
      return { status: 200, body }
    })
    const client = new AbortController()
    const { context, stop } = worker()
    await watched.application.startup?.(context)
    for (const isCut of [true, false]) {
      const response = await watched.application(createRequest({ signal: client.signal }), context)
      const iterator = iterate(response)
      const step = iterator.next()
      bodies.at(-1)?.give({ done: !isCut, value: 'last' } as IteratorResult<string>)
      await step
      if (isCut) {
        client.abort()
        void iterator.return?.()
        response.finished?.(new Error('lost'))
      } else response.finished?.(new Error('lost, but all was read'))
      await watched.settled()
    }
    stop()
    await watched.application.shutdown?.(context)
    expect(watched.found).toEqual([])
  })
})
