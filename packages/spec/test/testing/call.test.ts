import { once } from 'node:events'
import { type Duplex, PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from '@jest/globals'
import type { Application, GatewayRequest, GatewayResponse } from '../../src/index.ts'
import { derive } from '../../src/middleware/index.ts'
import { call, collectText, createContext, createRequest, type RequestInit } from '../../src/testing/index.ts'

/** An application that gives one response whatever is asked. */
const giving =
  (response: unknown): Application =>
  () =>
    response as GatewayResponse

/** A body over `steps`, and the events of its iterator; a function among the steps is what `next()` does. */
function watched(steps: readonly (string | (() => Promise<never>))[]) {
  const events: unknown[] = []
  const body = {
    [Symbol.asyncIterator]() {
      let index = 0
      return {
        async next(): Promise<IteratorResult<string, undefined>> {
          const step = steps[index++]
          events.push('next')
          if (typeof step === 'function') return step()
          return step === undefined ? { done: true, value: undefined } : { done: false, value: step }
        },
        async return(): Promise<IteratorResult<string, undefined>> {
          events.push('return')
          return { done: true, value: undefined }
        },
      }
    },
  }
  const finished = (error?: unknown) => events.push(['finished', (error as Error | undefined)?.message])
  return { body, finished, events }
}

describe('call', () => {
  it('gives what a client would get', async () => {
    const application: Application = async request => ({
      status: 201,
      reason: 'Brewed',
      headers: { 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] },
      body: [`${request.method} ${request.path}: `, Buffer.from(await collectText(request.body))],
      trailers: () => ({ digest: 'x' }),
    })
    const result = await call(application, { target: '/pot', body: 'tea' })
    expect(result).toMatchObject({ status: 201, reason: 'Brewed', trailers: { digest: 'x' }, error: undefined })
    expect({ ...result.headers }).toEqual({ 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] })
    expect(result.text).toBe('POST /pot: tea')
    expect(Buffer.from(result.bytes).toString()).toBe('POST /pot: tea')
  })

  it('takes a request that was made before, or one derived from it, and a context', async () => {
    const context = createContext({ worker: 3 })
    const application: Application = (request, { worker }) => ({ status: 200, body: `${request.path} ${worker}` })
    const request = createRequest({ path: '/a' })
    expect((await call(application, request, context)).text).toBe('/a 3')
    expect((await call(application, derive(request, { path: '/b' }), context)).text).toBe('/b 3')
  })

  it('takes any thenable as a promise of a response', async () => {
    class Later {
      then(resolve: (response: GatewayResponse) => void): void {
        resolve({ status: 204 })
      }
    }
    expect((await call(giving(new Later()))).status).toBe(204)
  })

  it('reads the body to its end and then calls finished, once and without an error', async () => {
    const { body, finished, events } = watched(['a', '', 'b'])
    const { text } = await call(giving({ status: 200, body, finished }))
    expect(text).toBe('ab')
    expect(events).toEqual(['next', 'next', 'next', 'next', ['finished', undefined]])
  })

  it('calls finished and trailers as methods of the response', async () => {
    const response = {
      status: 200,
      body: ['x'],
      over: false,
      trailers() {
        return { 'x-over': String(this.over) }
      },
      finished() {
        this.over = true
      },
    }
    expect((await call(giving(response))).trailers).toEqual({ 'x-over': 'false' })
    expect(response.over).toBe(true)
  })

  it('calls neither startup nor shutdown', async () => {
    const hook = () => {
      throw new Error('called')
    }
    expect((await call(Object.assign(giving({ status: 200 }), { startup: hook, shutdown: hook }))).status).toBe(200)
  })
})

describe('call, where the response has no content', () => {
  it.each<[RequestInit, number]>([
    [{ method: 'HEAD' }, 200],
    [{}, 204],
    [{}, 205],
    [{}, 304],
  ])('%j with status %i closes the body unread', async (init, status) => {
    const { body, finished, events } = watched(['a'])
    const result = await call(giving({ status, body, finished }), init)
    expect(result).toMatchObject({ text: '', error: undefined, trailers: undefined })
    expect(events).toEqual(['return', ['finished', undefined]])
  })

  it('lets HEAD declare the length that GET would have', async () => {
    const result = await call(giving({ status: 200, headers: { 'content-length': '5' } }), { method: 'HEAD' })
    expect(result.headers).toMatchObject({ 'content-length': '5' })
  })
})

describe('call, where the application fails', () => {
  it.each([
    [
      'throws',
      (): never => {
        throw new Error('no tea')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no tea'))],
  ] as [string, Application][])('rejects with the reason if it %s', async (_how, application) => {
    await expect(call(application)).rejects.toThrow('no tea')
  })

  it.each<[unknown, string]>([
    [undefined, 'not undefined (RES-02)'],
    ['hello', 'not string (RES-02)'],
    [{}, 'RES-03'],
    [{ status: '200' }, 'RES-03'],
    [{ status: 200.5 }, 'RES-03'],
    [{ status: 100 }, 'RES-03'],
    [{ status: 600 }, 'RES-03'],
    [{ status: 101 }, 'RES-03'],
    [{ status: 101, upgrade() {} }, 'UPG-01'],
    [{ status: 200, headers: 'x' }, 'RES-02'],
    [{ status: 200, headers: { 'Content-Type': 'x' } }, 'RES-06'],
    [{ status: 200, headers: { 'a b': 'x' } }, 'RES-06'],
    [{ status: 200, headers: { a: 'x\r\nb: y' } }, 'RES-07'],
    [{ status: 200, headers: { a: ['ok', '\0'] } }, 'RES-07'],
    [{ status: 200, headers: { a: '€' } }, 'RES-07'],
    [{ status: 200, headers: { a: 5 } }, 'not number (RES-07)'],
    [{ status: 200, headers: { 'content-length': 'many' }, body: 'x' }, 'RES-12'],
    [{ status: 200, headers: { 'content-length': '2' }, body: 'é!' }, 'RES-12'],
    [{ status: 200, headers: { 'content-length': '2' } }, 'RES-12'],
    [{ status: 200, body: 5 }, 'RES-04'],
    [{ status: 200, body: {} }, 'RES-04'],
  ])('rejects for the invalid response %j and names the requirement', async (response, requirement) => {
    const failure = call(giving(response))
    await expect(failure).rejects.toMatchObject({
      code: 'NSGI_INVALID_RESPONSE',
      message: expect.stringContaining(requirement),
    })
  })

  it('rejects for a 2xx to CONNECT that takes no connection over', async () => {
    const failure = call(giving({ status: 200 }), { method: 'CONNECT', target: 'a.example:443' })
    await expect(failure).rejects.toThrow('UPG-01')
  })

  it('closes and finishes an invalid response all the same', async () => {
    const { body, finished, events } = watched(['a'])
    await expect(call(giving({ status: 99, body, finished }))).rejects.toThrow('RES-03')
    expect(events).toEqual(['return', ['finished', expect.stringContaining('RES-03')]])
  })

  it('gives what was sent and the error if the body fails, and does not call return after the throw', async () => {
    const { body, finished, events } = watched(['a', () => Promise.reject(new Error('disk'))])
    const result = await call(giving({ status: 200, body, finished, trailers: () => ({ a: 'b' }) }))
    expect(result).toMatchObject({ status: 200, text: 'a', trailers: undefined, error: { message: 'disk' } })
    expect(events).toEqual(['next', 'next', ['finished', 'disk']])
  })

  it('never finishes without an error a body that failed with undefined', async () => {
    const { body, finished, events } = watched([() => Promise.reject()])
    expect((await call(giving({ status: 200, body, finished }))).error).toMatchObject({ code: 'NSGI_UNKNOWN_FAILURE' })
    expect(events.at(-1)).toEqual(['finished', expect.any(String)])
  })

  it('closes a body with a piece that is no bytes', async () => {
    const { body, finished, events } = watched([5 as unknown as string])
    const { error } = await call(giving({ status: 200, body, finished }))
    expect(error).toMatchObject({ message: expect.stringContaining('not number') })
    expect(events.slice(0, 2)).toEqual(['next', 'return'])
  })

  it('stops a body at its content-length and closes it', async () => {
    const { body, finished, events } = watched(['abc', 'def', 'g'])
    const result = await call(giving({ status: 200, headers: { 'content-length': '4' }, body, finished }))
    expect(result.error).toMatchObject({ code: 'NSGI_INVALID_RESPONSE', message: expect.stringContaining('RES-13') })
    expect(result.text).toBe('abc')
    expect(events).toEqual(['next', 'next', 'return', ['finished', expect.stringContaining('RES-13')]])
  })

  it('reports a body that falls short of its content-length', async () => {
    const { body, finished, events } = watched(['abc'])
    const result = await call(giving({ status: 200, headers: { 'content-length': '4' }, body, finished }))
    expect(result.error).toMatchObject({ message: expect.stringContaining('RES-14') })
    expect(events.at(-1)).toEqual(['finished', expect.stringContaining('RES-14')])
  })

  it('rejects if finished throws', async () => {
    const finished = () => {
      throw new Error('release failed')
    }
    await expect(call(giving({ status: 200, finished }))).rejects.toThrow('release failed')
  })
})

describe('call, where the client is lost', () => {
  it('aborts the signal, returns the iterator without waiting for its next, then finishes with an error', async () => {
    const client = new AbortController()
    const { body, finished, events } = watched(['a', () => new Promise(() => queueMicrotask(() => client.abort()))])
    const application: Application = request => {
      request.signal.addEventListener('abort', () => events.push('abort'))
      return { status: 200, body, finished }
    }
    const result = await call(application, { signal: client.signal })
    expect(result.error).toMatchObject({ code: 'NSGI_CLIENT_LOST' })
    expect(result.text).toBe('a')
    expect(events).toEqual([
      'next',
      'next',
      'abort',
      'return',
      ['finished', expect.stringContaining('client was lost')],
    ])
  })

  it('destroys a Node stream that hangs', async () => {
    const client = new AbortController()
    const stream = new PassThrough()
    stream.write('a')
    stream.once('data', () => client.abort())
    const { error } = await call(giving({ status: 200, body: stream }), { signal: client.signal })
    expect(error).toMatchObject({ code: 'NSGI_CLIENT_LOST' })
    expect(stream.destroyed).toBe(true)
  })

  it('reads nothing when the client was lost before the response', async () => {
    const { body, finished, events } = watched(['a'])
    const { error, bytes } = await call(giving({ status: 200, body, finished }), { signal: AbortSignal.abort() })
    expect(error).toMatchObject({ code: 'NSGI_CLIENT_LOST' })
    expect(bytes).toHaveLength(0)
    expect(events).toEqual(['return', ['finished', expect.any(String)]])
  })

  it('leaves no listener on the signal of a response that was sent', async () => {
    const client = new AbortController()
    let failed: unknown
    const result = await call(
      giving({
        status: 200,
        body: ['a'],
        finished(error: unknown) {
          failed = error
        },
      }),
      { signal: client.signal },
    )
    client.abort()
    expect([result.error, failed]).toEqual([undefined, undefined])
  })
})

describe('call and trailers', () => {
  it.each<[string, RequestInit, Partial<GatewayResponse>]>([
    ['an HTTP/1.0 client', { httpVersion: '1.0' }, { body: ['a'] }],
    ['a body of known length', {}, { body: 'a' }],
    ['a declared length', {}, { body: ['a'], headers: { 'content-length': '1' } }],
  ])('does not ask for them with %s', async (_why, init, response) => {
    let asked = false
    const trailers = () => {
      asked = true
      return {}
    }
    expect((await call(giving({ status: 200, ...response, trailers }), init)).trailers).toBeUndefined()
    expect(asked).toBe(false)
  })

  it('drops the names that may not stand there', async () => {
    const trailers = () => ({ digest: 'x', 'content-length': '5', 'set-cookie': 'a=1' })
    expect((await call(giving({ status: 200, body: ['a'], trailers }))).trailers).toEqual({ digest: 'x' })
  })

  it('makes invalid ones the error', async () => {
    const { error } = await call(giving({ status: 200, body: ['a'], trailers: () => ({ A: 'b' }) }))
    expect(error).toMatchObject({ message: expect.stringContaining('RES-06') })
  })
})

describe('call and informational responses', () => {
  const hinting =
    (after?: (request: GatewayRequest) => void): Application =>
    request => {
      request.inform?.(103, { link: '</a.css>' })
      return { status: 200, finished: () => after?.(request) }
    }

  it('keeps what was sent before the head, and passes it to the inform of the request', async () => {
    const passed: number[] = []
    const { informational } = await call(
      hinting(request => request.inform?.(103)),
      {
        inform: status => passed.push(status),
      },
    )
    expect(informational).toEqual([{ status: 103, headers: { link: '</a.css>' } }])
    expect(passed).toEqual([103])
  })

  it('sends none to HTTP/1.0', async () => {
    expect((await call(hinting(), { httpVersion: '1.0' })).informational).toEqual([])
  })
})

describe('call and upgrades', () => {
  const echo =
    (events: unknown[] = []): Application =>
    request => {
      if (request.upgrade !== 'echo') return { status: 426, body: 'upgrade to echo' }
      return {
        status: 101,
        upgrade: socket => socket.pipe(socket),
        finished: error => events.push(['finished', (error as Error | undefined)?.message]),
      }
    }

  it('gives the client its end of the connection, and finishes when that ends', async () => {
    const events: unknown[] = []
    const { status, socket } = await call(echo(events), { upgrade: 'echo' })
    expect([status, events]).toEqual([101, []])
    const big = 'x'.repeat(1_000_000)
    const closed = once(socket as Duplex, 'close')
    const received = text(socket as Duplex)
    socket?.end(big)
    expect(await received).toBe(big)
    await closed
    expect(events).toEqual([['finished', undefined]])
  })

  it('finishes with an error when the client destroys the connection', async () => {
    const over = new Promise(resolve => {
      void call(giving({ status: 101, upgrade: () => undefined, finished: resolve }), { upgrade: 'echo' }).then(
        ({ socket }) => socket!.destroy(),
      )
    })
    expect(await over).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
  })

  it('opens a tunnel for a 2xx to CONNECT', async () => {
    const application = giving({ status: 200, upgrade: (socket: NodeJS.WritableStream) => socket.end('through') })
    const { socket } = await call(application, { method: 'CONNECT', target: 'a.example:443' })
    socket?.end()
    expect(await text(socket as Duplex)).toBe('through')
  })

  it('is an ordinary response when the upgrade is not taken', async () => {
    expect(await call(echo(), { upgrade: 'other' })).toMatchObject({ status: 426, socket: undefined })
  })

  it('makes what upgrade throws the error', async () => {
    const events: unknown[] = []
    const upgrade = () => {
      throw new Error('no hands')
    }
    const finished = (error: unknown) => events.push(error)
    const result = await call(giving({ status: 101, upgrade, finished }), { upgrade: 'echo' })
    expect(result).toMatchObject({ socket: undefined, error: { message: 'no hands' } })
    expect(events).toEqual([result.error])
  })
})
