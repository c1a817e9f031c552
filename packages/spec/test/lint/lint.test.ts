// What becomes of violations, and that lint changes nothing else.
import { execFile } from 'node:child_process'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import type { Application, Context, GatewayResponse } from '../../src/index.ts'
import { lint } from '../../src/lint/index.ts'
import { derive, wrap } from '../../src/middleware/index.ts'
import { call, createContext, createRequest } from '../../src/testing/index.ts'
import { but } from './support/watched.ts'

const run = promisify(execFile)

/** A context that keeps what is logged. */
function logging(draining?: AbortSignal): { context: Context; lines: [string, string][] } {
  const lines: [string, string][] = []
  const method = (level: string) => (first: object | string, message?: string) => {
    lines.push([level, message ?? (first as string)])
  }
  const log = { error: method('error'), warn: method('warn'), info: method('info'), debug: method('debug') }
  return { context: createContext({ log, draining }), lines }
}

const misdeclaring: Application = () => ({ status: 200, headers: { 'content-length': '9' }, body: 'tea' })
const wrongRequest = () => but(createRequest(), { query: '?' })

describe('by default', () => {
  it('the application’s violations are thrown, those of the server logged', async () => {
    const { context, lines } = logging()
    expect(() => lint(misdeclaring)(createRequest(), context)).toThrow(
      'lint: the application broke APP-03 in GET /: content-length says 9, but the body has 3 bytes. A `content-length` equals',
    )
    expect(lines).toEqual([])
    const { status } = await lint(() => ({ status: 200 }))(wrongRequest(), context)
    expect(status).toBe(200)
    expect(lines).toEqual([['error', expect.stringMatching(/^lint: the server broke REQ-05 in GET \/: query is "\?"/)]])
  })

  it('a violation of an asynchronous application rejects', async () => {
    const promise = lint(async (...args) => misdeclaring(...args))(createRequest(), createContext())
    await expect(promise).rejects.toMatchObject({ code: 'NSGI_VIOLATION' })
  })

  it('what is only a SHOULD is logged', async () => {
    const stop = new AbortController()
    const { context, lines } = logging(stop.signal)
    const application = lint(() => new Promise(() => {}))
    await application.startup?.(context)
    void application(createRequest(), context)
    stop.abort()
    await application.shutdown?.(context)
    expect(lines).toEqual([['warn', expect.stringContaining('the application broke APP-05 in GET /')]])
  })
})

describe('onViolation', () => {
  it('log: all are logged, and the response goes on', async () => {
    const { context, lines } = logging()
    const response = await lint(misdeclaring, { onViolation: 'log' })(wrongRequest(), context)
    expect(response).toMatchObject({ status: 200, body: 'tea' })
    expect(lines.map(([, text]) => text.match(/the (\w+) broke ([A-Z]+-\d\d)/)?.slice(1))).toEqual([
      ['server', 'REQ-05'],
      ['application', 'APP-03'],
    ])
  })

  it('a function: it is told, and nothing is logged or thrown', async () => {
    const { context, lines } = logging()
    const told: string[] = []
    await lint(misdeclaring, { onViolation: ({ requirement }) => told.push(requirement) })(wrongRequest(), context)
    expect(told).toEqual(['REQ-05', 'APP-03'])
    expect(lines).toEqual([])
  })

  it('a function that throws is heard', () => {
    const application = lint(misdeclaring, {
      onViolation: ({ requirement }) => {
        throw new Error(`no ${requirement} here`)
      },
    })
    expect(() => application(createRequest(), createContext())).toThrow('no APP-03 here')
  })

  it('a function that throws about the server does so to nobody', async () => {
    const application = lint(() => ({ status: 200, body: 'tea' }), {
      onViolation: () => {
        throw new Error('no')
      },
    })
    expect((await application(wrongRequest(), createContext())).body).toBe('tea')
  })

  it('a context without a log does not hide anything', async () => {
    // In a process of its own: jest's `process` is a copy that no warning reaches.
    const program = `
      import { lint } from ${JSON.stringify(new URL('../../dist/lint/index.js', import.meta.url).href)}
      import { createRequest } from ${JSON.stringify(new URL('../../dist/testing/index.js', import.meta.url).href)}
      console.log(lint(() => ({ status: 200 }))(createRequest(), undefined).status)`
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', program], { env: {} })
    expect(stdout).toBe('200\n')
    expect(stderr).toContain('lint: the server broke LIF-04 in GET /: context must be an object')
  })
})

describe('lint', () => {
  it('refuses what is no application', () => {
    expect(() => lint({} as Application)).toThrow(TypeError)
  })

  it('returns a synchronous response synchronously, with all its members', () => {
    const mark = Symbol('mark')
    const response = lint(() => ({ status: 201, reason: 'Fine', 'kirin.x': 1, [mark]: 2 }) as GatewayResponse)(
      createRequest(),
      createContext(),
    ) as unknown as Record<PropertyKey, unknown>
    expect({ ...response }).toMatchObject({ status: 201, reason: 'Fine', 'kirin.x': 1, [mark]: 2 })
  })

  it('leaves an error of the application as it is', async () => {
    const error = new Error('mine')
    const throwing = lint(() => {
      throw error
    })
    expect(() => throwing(createRequest(), createContext())).toThrow(error)
    const rejecting = lint(async () => {
      throw error
    })
    await expect(rejecting(createRequest(), createContext())).rejects.toBe(error)
    const failing = lint(() => ({
      status: 200,
      // oxlint-disable-next-line require-yield -- it fails first
      body: (async function* (): AsyncGenerator<string> {
        throw error
      })(),
    }))
    expect((await call(failing)).error).toBe(error)
  })

  it('keeps synchronous bodies synchronous, and pulls one piece when one is asked for', async () => {
    let pulled = 0
    const body = function* () {
      for (;;) yield String(pulled++)
    }
    const response = await lint(() => ({ status: 200, body: body() }))(createRequest(), createContext())
    const iterator = (response.body as Iterable<string>)[Symbol.iterator]()
    expect(pulled).toBe(0)
    expect(iterator.next()).toEqual({ done: false, value: '0' })
    expect(pulled).toBe(1)
  })

  it('hands on a stream as a stream', async () => {
    const stream = Readable.from(['tea'])
    const response = await lint(() => ({ status: 200, body: stream }))(createRequest(), createContext())
    expect(response.body).toBeInstanceOf(Readable)
    const body = response.body as Readable
    expect(body.readableObjectMode).toBe(true)
    body.destroy()
    expect(stream.destroyed).toBe(true)
    response.finished?.(new Error('not sent'))
  })

  it('stands inside and outside of middleware without a word', async () => {
    const told: string[] = []
    const options = { onViolation: ({ requirement }: { requirement: string }) => told.push(requirement) }
    const shout = (application: Application) =>
      wrap(application, async (request, _context, next) => {
        const response = await next(derive(request, { 'shout.on': true }))
        const body = response.body as AsyncIterable<string>
        return {
          ...response,
          body: (async function* () {
            for await (const piece of body) yield piece.toUpperCase()
          })(),
        }
      })
    const application = lint(
      shout(
        lint(
          () => ({
            status: 200,
            body: (async function* () {
              yield 'tea'
              yield ' and cake'
            })(),
          }),
          options,
        ),
      ),
      options,
    )
    expect((await call(application)).text).toBe('TEA AND CAKE')
    expect(told).toEqual([])
  })

  it('changes nothing for a middleware that answers 304 in its place', async () => {
    const told: string[] = []
    const inner = lint(
      () => ({
        status: 200,
        headers: { etag: '"1"' },
        body: Readable.from(['tea']),
        trailers: () => ({ digest: 'x' }),
      }),
      { onViolation: ({ requirement }) => told.push(requirement) },
    )
    const application = wrap(inner, async (_request, _context, next) => {
      const response = await next()
      ;(response.body as Readable).destroy()
      return derive(response, { status: 304, body: null })
    })
    expect((await call(application)).status).toBe(304)
    expect(told).toEqual([])
  })
})
