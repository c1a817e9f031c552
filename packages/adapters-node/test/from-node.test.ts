import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { IncomingMessage, ServerResponse } from 'node:http'
import { PassThrough, pipeline } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import type { BodyChunk, GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { call, createContext, createRequest } from '@nsgi/spec/testing'
import { contextOf, fromNode, gatewayRequestOf, type NodeHandler } from '../src/index.ts'

type Message = Parameters<NodeHandler>

/** Calls a handler and gives its messages beside the response. */
function start(handler: NodeHandler, request: GatewayRequest = createRequest()) {
  const messages: { req?: Message[0]; res?: Message[1] } = {}
  const response = fromNode((req, res) => {
    Object.assign(messages, { req, res })
    return handler(req, res)
  })(request, createContext())
  return { ...(messages as { req: Message[0]; res: Message[1] }), response }
}

function eventsOf(message: Message[0] | Message[1]): string[] {
  const seen: string[] = []
  for (const name of ['aborted', 'error', 'end', 'drain', 'finish', 'close']) message.on(name, () => seen.push(name))
  return seen
}

const chunksOf = (response: GatewayResponse): AsyncIterator<BodyChunk> =>
  (response.body as AsyncIterable<BodyChunk>)[Symbol.asyncIterator]()

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** A request whose signal throws when it is asked for. */
function signalless(): GatewayRequest {
  return Object.create(createRequest({ body: 'unread' }), {
    signal: {
      get(): never {
        throw new Error('the signal was asked for')
      },
    },
  }) as GatewayRequest
}

describe('a handler that ends before it returns', () => {
  it('is answered with a response, not a promise, and its body is what it ended with', () => {
    const body = Buffer.from('all of it')
    const { response } = start((_req, res) => res.setHeader('X-Number', 1).end(body))
    expect(response).toMatchObject({ status: 200, headers: { 'x-number': '1' }, body })
    expect((response as GatewayResponse).body).toBe(body)
  })

  it('costs no AbortSignal and never touches the body', () => {
    expect(start((_req, res) => res.end('done'), signalless()).response).toMatchObject({ body: 'done' })
  })

  it('may write it, if it has said how long it is', async () => {
    const { response, res } = start((_req, answer) => {
      answer.setHeader('content-length', 5)
      answer.write('höll')
      answer.end()
    })
    expect(response).toMatchObject({ headers: { 'content-length': '5' }, body: 'höll' })
    const told = once(res, 'finish')
    ;(response as GatewayResponse).finished?.()
    await told
  })

  it('has a response that middleware may copy', async () => {
    const { response, res } = start((_req, res) => res.end('x'))
    const copy = { ...(response as GatewayResponse), status: 201 }
    const finished = once(res, 'finish')
    copy.finished?.()
    await finished
    expect(res.writableFinished).toBe(true)
  })
})

describe('a handler that destroys the connection before it has answered', () => {
  const ways: [string, NodeHandler][] = [
    ['the request', req => req.destroy()],
    ['the response', (_req, res) => res.destroy(new Error('mine'))],
    ['the socket', req => req.socket.destroy()],
  ]

  it.each(ways)('(%s) has it dropped by a server that can do that', (_what, handler) => {
    let dropped = 0
    start(handler, Object.assign(createRequest(), { 'nsgi.drop': () => dropped++ }))
    expect(dropped).toBe(1)
  })

  it.each(ways)(
    '(%s) is answered by any other with a 500 that closes it, and nothing is thrown',
    async (_w, handler) => {
      const expected = { status: 500, headers: { connection: 'close' }, body: null }
      expect(start(handler).response).toEqual(expected)
      const later = start((req, res) => void setImmediate(() => handler(req, res)))
      expect(await later.response).toEqual(expected)
    },
  )
})

describe('a handler that destroys the connection behind its answer', () => {
  const ways: [string, NodeHandler][] = [
    ['the request', (req, res) => void (res.end('done'), req.destroy())],
    ['the response', (_req, res) => res.end('done').destroy()],
    ['the socket', (req, res) => void (res.end('done'), req.socket.destroy())],
  ]

  it.each(ways)('(%s) has it sent, and the connection ends with it', async (_what, handler) => {
    const expected = { status: 200, headers: { connection: 'close' }, body: 'done' }
    expect(start(handler).response).toMatchObject(expected)
    const later = start((req, res) => void setImmediate(() => handler(req, res)))
    expect(await later.response).toMatchObject(expected)
  })
})

describe('a request without a body', () => {
  it('ends also for who unpipes it in the turn of its pipeline', async () => {
    const { response } = start((req, res) => {
      pipeline(req, new PassThrough(), res, () => {})
      req.unpipe()
    })
    expect(await response).toMatchObject({ status: 200, body: null })
  })
})

describe('a request of HTTP/2', () => {
  const of2 = (changes: Partial<GatewayRequest>): GatewayRequest =>
    Object.create(createRequest({ httpVersion: '2' }), {
      authority: { value: 'shop.example' },
      ...Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, { value }])),
    }) as GatewayRequest

  it('has Host for the authority, which stands beside the fields there', () => {
    const { req } = start((_req, res) => res.end(), of2({ headers: {}, rawHeaders: ['x-one', '1'] }))
    expect(req).toMatchObject({ httpVersion: '2.0', headers: { host: 'shop.example', 'x-one': '1' } })
    expect(req.rawHeaders).toEqual(['host', 'shop.example', 'x-one', '1'])
  })

  it('keeps the Host that came', () => {
    const { req } = start((_req, res) => res.end(), of2({ headers: { host: 'here' }, rawHeaders: ['host', 'here'] }))
    expect(req.rawHeaders).toEqual(['host', 'here'])
  })
})

describe('a handler that ends later', () => {
  it('is answered with a promise of a response', async () => {
    const { response } = start((_req, res) => setImmediate(() => res.writeHead(202).end('later')))
    expect(response).toBeInstanceOf(Promise)
    expect(await response).toMatchObject({ status: 202, body: 'later' })
  })

  it('costs no AbortSignal within the turn', async () => {
    const { response } = start(async (_req, res) => {
      for (let jobs = 0; jobs < 20; jobs++) await Promise.resolve()
      res.end('soon')
    }, signalless())
    expect(await response).toMatchObject({ body: 'soon' })
    await turn()
  })

  it('learns of a loss that came before the signal was watched', async () => {
    const controller = new AbortController()
    const { req, res, response } = start(() => {}, createRequest({ signal: controller.signal }))
    controller.abort()
    const events = [eventsOf(req), eventsOf(res)]
    await turn()
    expect(events).toEqual([['aborted', 'error', 'close'], ['close']])
    expect(await response).toEqual({ status: 500 })
  })
})

it('tells each listener of a loss in the context of its own request', async () => {
  const store = new AsyncLocalStorage<string>()
  const controllers = [new AbortController(), new AbortController()]
  const told: (string | undefined)[][] = []
  for (const [at, { signal }] of controllers.entries()) {
    store.run(`request ${at}`, () => {
      const { res } = start(() => {}, createRequest({ signal }))
      res.on('close', () => told.push([`request ${at}`, store.getStore()]))
    })
  }
  for (const controller of controllers) controller.abort()
  await turn()
  expect(told).toEqual([
    ['request 0', 'request 0'],
    ['request 1', 'request 1'],
  ])
})

describe('a handler that reads its body before it ends', () => {
  /** A request whose body comes when the test lets it, and whether its signal was asked for. */
  function held(): {
    request: GatewayRequest
    release: () => void
    fail: (error: Error) => void
    asked: () => boolean
    controller: AbortController
  } {
    const controller = new AbortController()
    let release = (): void => undefined
    let fail = (_error: Error): void => undefined
    const gate = new Promise<void>((resolve, reject) => {
      release = resolve
      fail = reject
    })
    let isAsked = false
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('first ')
      await gate
      yield Buffer.from('second')
    }
    const request = Object.create(createRequest({ body: body() }), {
      signal: {
        get() {
          isAsked = true
          return controller.signal
        },
      },
    }) as GatewayRequest
    return { request, release, fail, asked: () => isAsked, controller }
  }

  const text = async (req: Message[0]): Promise<string> => {
    let all = ''
    for await (const chunk of req) all += String(chunk)
    return all
  }

  it.each<[string, NodeHandler]>([
    [
      'by events',
      (req, res) => {
        let all = ''
        req.on('data', chunk => (all += String(chunk)))
        req.on('end', () => res.end(all))
      },
    ],
    ['by iteration', async (req, res) => res.end(await text(req))],
  ])('costs no AbortSignal, however long the body takes (%s)', async (_name, handler) => {
    const { request, release, asked } = held()
    const { response } = start(handler, request)
    for (let turns = 0; turns < 5; turns++) await turn()
    release()
    expect(await response).toMatchObject({ body: 'first second' })
    await turn()
    expect(asked()).toBe(false)
  })

  it('learns of a loss by the body', async () => {
    const { request, fail, controller, asked } = held()
    const { req, res } = start(async (message, answer) => answer.end(await text(message)), request)
    const events = [eventsOf(req), eventsOf(res)]
    await turn()
    await turn()
    expect(asked()).toBe(false)
    controller.abort(new Error('gone'))
    fail(new Error('truncated'))
    await turn()
    await turn()
    expect(events).toEqual([['aborted', 'error', 'close'], ['close']])
    expect(req.errored).toMatchObject({ code: 'ECONNRESET' })
  })

  it.each<[string, (req: Message[0]) => unknown]>([
    ['has read all of it', text],
    ['has stopped to read', req => req.once('data', () => req.pause())],
  ])('learns of a loss by the signal once it %s and awaits something else', async (_name, read) => {
    const { request, release, controller } = held()
    const { req, res } = start(async message => {
      await read(message)
      await new Promise(() => {})
    }, request)
    const closed = eventsOf(res)
    release()
    for (let turns = 0; turns < 5; turns++) await turn()
    controller.abort(new Error('gone'))
    for (let turns = 0; turns < 5; turns++) await turn()
    expect(closed).toEqual(['close'])
    expect(req.destroyed).toBe(true)
  })
})

describe('a body that is written (ADP-01)', () => {
  const block = Buffer.alloc(100_000)

  it('makes write return false above the high-water mark, and drain follow the pull after', async () => {
    const { response, res } = start((_req, res) => res.write(block))
    const events = eventsOf(res)
    const chunks = chunksOf(response as GatewayResponse)
    expect(res.writableNeedDrain).toBe(true)
    expect(res.writableLength).toBe(block.length)
    expect((await chunks.next()).value).toBe(block)
    await turn()
    expect(events).toEqual([])
    const second = chunks.next()
    expect(events).toEqual(['drain'])
    expect(res.writableNeedDrain).toBe(false)
    expect(res.write('small')).toBe(true)
    expect(await second).toEqual({ done: false, value: 'small' })
  })

  it('runs the callback of a write when the server asks for more, not before', async () => {
    const order: string[] = []
    const { response, res } = start((_req, res) => res.write('a', () => order.push('a')))
    const chunks = chunksOf(response as GatewayResponse)
    await chunks.next()
    expect(order).toEqual([])
    const end = chunks.next()
    expect(order).toEqual(['a'])
    res.end()
    expect(await end).toEqual({ done: true, value: undefined })
  })

  it('turns what a drain listener throws into a truncated response', async () => {
    const { response } = start((_req, res) => {
      res.write(block)
      res.on('drain', () => {
        throw new Error('in the listener')
      })
    })
    const chunks = chunksOf(response as GatewayResponse)
    await chunks.next()
    await expect(chunks.next()).rejects.toThrow('in the listener')
  })
})

describe('the end (ADP-02, ADP-03)', () => {
  it('is finish and then close, each once, when the server reports success', async () => {
    const { response, res } = start((_req, res) => res.end('x'))
    const events = eventsOf(res)
    expect(res.writableFinished).toBe(false)
    ;(response as GatewayResponse).finished?.()
    await turn()
    expect(events).toEqual(['finish', 'close'])
    expect([res.writableFinished, res.destroyed, res.closed]).toEqual([true, true, true])
  })

  it('is close without finish when the server reports a failure', async () => {
    const { response, req, res } = start((_req, res) => res.end('x'))
    const events = [eventsOf(req), eventsOf(res)]
    ;(response as GatewayResponse).finished?.(new Error('lost'))
    await turn()
    expect(events).toEqual([['aborted', 'error', 'close'], ['close']])
    expect(res.writableFinished).toBe(false)
  })

  it('is close when the client is lost before there is a response, which is then worth nothing', async () => {
    const controller = new AbortController()
    const { response, req, res } = start(() => {}, createRequest({ signal: controller.signal }))
    const events = [eventsOf(req), eventsOf(res)]
    await turn()
    controller.abort()
    await turn()
    expect(events).toEqual([['aborted', 'error', 'close'], ['close']])
    expect(await response).toEqual({ status: 500 })
    expect(res.write('late')).toBe(false)
  })

  it.each<[string, NodeHandler]>([
    [
      "a 'finish' listener",
      (_req, res) => {
        res.prependListener('finish', () => {
          throw new Error('mine')
        })
        res.end('x')
      },
    ],
    [
      'the callback of a write',
      (_req, res) => {
        res.setHeader('content-length', 1)
        res.write('a', () => {
          throw new Error('mine')
        })
        res.end()
      },
    ],
  ])('is close also where %s throws', async (_what, handler) => {
    for (const loss of [undefined, new Error('lost')]) {
      const { response, req, res } = start(handler)
      req.on('error', () => {})
      const closed: string[] = []
      res.on('close', () => closed.push('response'))
      res.socket?.on('close', () => closed.push('socket'))
      try {
        ;(response as GatewayResponse).finished?.(loss)
      } catch (error) {
        expect(error).toMatchObject({ message: 'mine' })
      }
      await turn()
      expect(closed).toEqual(['response', 'socket'])
      expect([res.destroyed, req.destroyed || loss === undefined]).toEqual([true, true])
    }
  })

  it("is the close of the socket also where a 'close' listener of the response throws", () => {
    const { response, req, res } = start((_req, res) => res.end('x'))
    let closed = 0
    req.on('error', () => {})
    req.socket.on('close', () => closed++)
    res.on('close', () => {
      throw new Error('mine')
    })
    expect(() => (response as GatewayResponse).finished?.(new Error('lost'))).toThrow('mine')
    expect(closed).toBe(1)
  })

  it('waits for the handler when a server is done with a HEAD before it', async () => {
    const { response, res } = start((_req, res) => res.flushHeaders(), createRequest({ method: 'HEAD' }))
    const events = eventsOf(res)
    ;(response as GatewayResponse).finished?.()
    await turn()
    expect(events).toEqual([])
    res.end()
    await turn()
    expect(events).toEqual(['finish', 'close'])
  })
})

describe('a handler that fails (ADP-08)', () => {
  const failure = new Error('its own fault')

  it('rejects what it throws', () => {
    expect(() =>
      start(() => {
        throw failure
      }),
    ).toThrow(failure)
  })

  it('rejects what its promise rejects with, and closes its messages', async () => {
    const { response, res } = start(async () => {
      throw failure
    })
    const events = eventsOf(res)
    await expect(response).rejects.toBe(failure)
    await turn()
    expect(events).toEqual(['close'])
  })

  it('truncates a response that has begun', async () => {
    const application = fromNode(async (_req, res) => {
      res.write('begun')
      await turn()
      throw failure
    })
    expect(await call(application)).toMatchObject({ status: 200, text: 'begun', error: failure })
  })

  it('is logged when the response is out already', async () => {
    const logged: unknown[] = []
    const keep = (fields: unknown): void => {
      logged.push(fields)
    }
    const context = createContext({ log: { error: keep, warn: keep, info: keep, debug: keep } })
    const application = fromNode(async (_req, res) => {
      res.end('fine')
      throw failure
    })
    expect(await application(createRequest(), context)).toMatchObject({ body: 'fine' })
    await turn()
    expect(logged).toEqual([{ err: failure }])
  })
})

describe('a request body', () => {
  const text: NodeHandler = async (req, res) => {
    let all = ''
    for await (const chunk of req) all += String(chunk)
    res.end(all)
  }
  const chunksThen = (chunks: readonly string[], last: () => Promise<IteratorResult<Uint8Array>>) => ({
    [Symbol.asyncIterator]: () => {
      const left = chunks.values()
      return {
        next: async () => {
          const { done, value } = left.next()
          return done ? last() : { done: false as const, value: Buffer.from(value) }
        },
      }
    },
  })
  const never = (): Promise<never> => new Promise(() => {})
  const over = async (): Promise<IteratorResult<Uint8Array>> => ({ done: true, value: undefined })

  it.each(['1.0', '1.1'] as const)(
    'ends with its last byte where HTTP/%s says how many there are',
    async httpVersion => {
      const headers = { 'content-length': '10' }
      const request = createRequest({ body: chunksThen(['hello', ' body'], never), headers, httpVersion })
      expect(await start(text, request).response).toMatchObject({ body: 'hello body' })
    },
  )

  it.each([
    ['is pulled once more behind its last byte, so that it can end', undefined, 2],
    ['is not where the server has told the trailers, and so has seen its end', {}, 1],
  ])('%s', async (_name, trailers, expected) => {
    let pulls = 0
    const body = {
      [Symbol.asyncIterator]: () => ({
        next: async () => (++pulls === 1 ? { done: false as const, value: Buffer.from('hello') } : over()),
      }),
    }
    const request = Object.create(createRequest({ body, headers: { 'content-length': '5' } }), {
      trailers: { value: trailers },
    }) as GatewayRequest
    expect(await start(text, request).response).toMatchObject({ body: 'hello' })
    await turn()
    expect(pulls).toBe(expected)
  })

  it('is read to its end where a middleware has changed it and not its length, and over HTTP/2, where trailers may follow', async () => {
    const headers = { 'content-length': '5' }
    const changed = Object.create(createRequest({ body: 'short', headers }), {
      body: { value: chunksThen(['hello', ' body'], over) },
    }) as GatewayRequest
    expect(await start(text, changed).response).toMatchObject({ body: 'hello body' })
    const order: string[] = []
    const last = async (): Promise<IteratorResult<Uint8Array>> => {
      await turn()
      order.push('trailers')
      return over()
    }
    const body = chunksThen(['hello', ' body'], last)
    const streamed = createRequest({ body, headers: { 'content-length': '10' }, httpVersion: '2' })
    const { req, response } = start(text, streamed)
    req.on('end', () => order.push('end'))
    expect(await response).toMatchObject({ body: 'hello body' })
    expect(order).toEqual(['trailers', 'end'])
  })

  it('costs no AbortSignal where the answer follows its end', async () => {
    const request = Object.create(signalless(), { body: { value: chunksThen(['hello'], over) } }) as GatewayRequest
    expect(await start(text, request).response).toMatchObject({ body: 'hello' })
  })

  it('that breaks ends the wait for a response also where a listener of the abortion throws', async () => {
    const thrown = new Error('in the listener')
    const failing = async (): Promise<never> => {
      throw new Error('too large')
    }
    const request = Object.create(createRequest({}), { body: { value: chunksThen([], failing) } }) as GatewayRequest
    const { req, res, response } = start(handled => {
      handled.on('aborted', () => {
        throw thrown
      })
      handled.resume()
    }, request)
    const told = new Promise(resolve => req.on('error', resolve))
    await expect(response).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(await told).toBe(thrown)
    await turn()
    expect([req.closed, res.closed]).toEqual([true, true])
  })

  it('that breaks aborts the request with ECONNRESET, whatever broke it, and is the reason that there is no response', async () => {
    const broken = new Error('too large')
    const body = (async function* () {
      yield Buffer.from('part')
      throw broken
    })()
    const request = createRequest({ body, headers: { 'transfer-encoding': 'chunked' } })
    const { req, res, response } = start(incoming => void incoming.resume(), request)
    const events = [eventsOf(req), eventsOf(res)]
    await expect(response).rejects.toMatchObject({ code: 'ECONNRESET', message: 'aborted', cause: broken })
    await turn()
    expect(events).toEqual([['aborted', 'error', 'close'], ['close']])
    expect([req.aborted, req.complete, req.socket.readable]).toEqual([true, false, false])
  })
})

describe('what a request says', () => {
  it.each([
    ['/api/users?a=1', '/users?a=1'],
    ['/api/', '/'],
    ['/api', '/'],
    ['/api?x', '/?x'],
  ])('below a mount, %s is %s to the handler', async (target, url) => {
    const whole = createRequest({ target })
    const [path = '', query = ''] = target.slice('/api'.length).split('?')
    const mounted = Object.create(whole, {
      mount: { value: '/api' },
      path: { value: path },
      query: { value: query },
    }) as GatewayRequest
    const { req } = start((_req, res) => res.end(), mounted)
    expect([req.url, (req as { originalUrl?: string }).originalUrl, (req as { baseUrl?: string }).baseUrl]).toEqual([
      url,
      target,
      '/api',
    ])
  })

  it('names HTTP/2 as node does', () => {
    const { req } = start((_req, res) => res.end(), createRequest({ httpVersion: '2' }))
    expect([req.httpVersion, req.httpVersionMajor, req.httpVersionMinor]).toEqual(['2.0', 2, 0])
  })

  it('leads back to the gateway request, and only for requests of ours', () => {
    const request = createRequest()
    expect(gatewayRequestOf(start((_req, res) => res.end(), request).req)).toBe(request)
    expect(gatewayRequestOf({})).toBeUndefined()
  })

  it("leads to the worker's context, and only for requests of ours", () => {
    const context = createContext()
    let seen: unknown
    const application = fromNode((req, res) => {
      seen = contextOf(req)
      res.end()
    })
    void application(createRequest(), context)
    expect(seen).toBe(context)
    expect(contextOf({})).toBeUndefined()
  })

  it('does not share its raw headers with the gateway', () => {
    const request = createRequest({ headers: { a: 'b' } })
    start((req, res) => {
      req.rawHeaders.push('more', 'fields')
      res.end()
    }, request)
    expect(request.rawHeaders).not.toContain('more')
  })
})

describe('prototypes (ADP-07)', () => {
  it('are those of node unless others are given', () => {
    const { req, res } = start((_req, res) => res.end())
    expect([Object.getPrototypeOf(req), Object.getPrototypeOf(res)]).toEqual([
      IncomingMessage.prototype,
      ServerResponse.prototype,
    ])
  })

  it('may be replaced by any that inherit from node, without a method being lost', async () => {
    const application = fromNode(async (req, res) => {
      Object.setPrototypeOf(req, Object.create(IncomingMessage.prototype))
      Object.setPrototypeOf(res, Object.create(ServerResponse.prototype))
      for await (const chunk of req) res.write(chunk)
      res.end('!')
    })
    expect((await call(application, { body: 'echo' })).text).toBe('echo!')
  })

  it('are refused if they do not inherit from node', () => {
    expect(() => fromNode(() => {}, { requestPrototype: {} })).toThrow(/IncomingMessage/)
    expect(() => fromNode(() => {}, { responsePrototype: {} })).toThrow(/ServerResponse/)
  })
})

describe('the application', () => {
  it('carries the hooks it was given', () => {
    const startup = (): void => {}
    const shutdown = (): void => {}
    const application = fromNode(() => {}, { startup, shutdown })
    expect([application.startup, application.shutdown]).toEqual([startup, shutdown])
  })

  it('sends nothing informational after the head, and nothing where the server cannot', async () => {
    const application = fromNode((_req, res) => {
      res.writeProcessing()
      res.write('x')
      res.writeEarlyHints({ link: '</late>' })
      res.end()
    })
    expect((await call(application)).informational).toEqual([{ status: 102, headers: {} }])
    const without = Object.create(createRequest(), { inform: { value: undefined } }) as GatewayRequest
    expect(
      start((_req, res) => {
        res.writeProcessing()
        res.end('x')
      }, without).response,
    ).toMatchObject({ body: 'x' })
  })
})
