import { describe, expect, it } from '@jest/globals'
import type { GatewayResponse } from '@nsgi/spec'
import { call, createContext, createRequest } from '@nsgi/spec/testing'
import { type FetchHandler, fromFetch } from '../src/index.ts'

const answer = (response: unknown, init = {}): ReturnType<typeof call> =>
  call(
    fromFetch(() => response as Response),
    init,
  )

/** The gateway response itself, for what `call` has read already. */
async function respond(response: Response, method = 'GET'): Promise<GatewayResponse> {
  return fromFetch(() => response)(createRequest({ method }), createContext())
}

const encoder = new TextEncoder()
const streamed = (...pieces: string[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece))
      controller.close()
    },
  })

describe('fromFetch', () => {
  it('passes status, reason and fields on, each cookie in a line', async () => {
    const headers = new Headers({ 'X-Own': 'a', connection: 'close', 'keep-alive': 'timeout=5', upgrade: 'x' })
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2, c')
    headers.append('x-two', '1')
    headers.append('x-two', '2')
    const response = await respond(new Response('text', { status: 201, statusText: 'Made', headers }))
    expect(response).toMatchObject({ status: 201, reason: 'Made' })
    expect(String(Buffer.from(response.body as string))).toBe('text')
    expect(response.headers).toEqual({
      'content-type': 'text/plain;charset=UTF-8',
      'x-own': 'a',
      connection: 'close',
      'set-cookie': ['a=1', 'b=2, c'],
      'x-two': '1, 2',
    })
    const kept = await respond(new Response(null, { headers: { connection: 'keep-alive' } }))
    expect(kept.headers).toEqual({})
  })

  const form = new FormData()
  form.set('a', '1')
  it.each<[string, () => ConstructorParameters<typeof Response>[0], RegExp, boolean]>([
    ['text', () => 'grüße', /^grüße$/, true],
    ['nothing', () => null, /^$/, true],
    ['an empty string', () => '', /^$/, true],
    ['bytes', () => encoder.encode('bytes'), /^bytes$/, true],
    ['a part of a buffer', () => Buffer.from('a part').subarray(2), /^part$/, true],
    ['an ArrayBuffer', () => encoder.encode('buffer').buffer, /^buffer$/, true],
    ['search parameters', () => new URLSearchParams({ a: '1' }), /^a=1$/, true],
    ['a Blob', () => new Blob(['a blob']), /^a blob$/, false],
    ['a form', () => form, /name="a"\r\n\r\n1\r\n/, false],
    ['a stream of one piece', () => streamed('one'), /^one$/, true],
    ['a stream of several', () => streamed('one', 'two'), /^onetwo$/, false],
    ['an empty stream', () => streamed(), /^$/, true],
  ])('sends %s', async (_kind, make, expected, isWhole) => {
    expect((await answer(new Response(make()))).text).toMatch(expected)
    const { body } = await respond(new Response(make()))
    if (isWhole) expect(body === null || typeof body === 'string' || body instanceof Uint8Array).toBe(true)
  })

  it.each([204, 205, 304])('sends a %i, which has no body', async status => {
    expect(await answer(new Response(null, { status }))).toMatchObject({ status, text: '' })
  })

  it('reads nothing for HEAD', async () => {
    let pulled = 0
    const stream = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 })
    const { body } = await respond(new Response(stream), 'HEAD')
    await (body as AsyncIterableIterator<Uint8Array>).return?.()
    expect(pulled).toBe(0)
  })

  it('reads a stream when the server pulls, and cancels it when the server leaves', async () => {
    const events: string[] = []
    const stream = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          events.push('pull')
          await new Promise(setImmediate)
          controller.enqueue(encoder.encode('x'))
        },
        cancel: () => void events.push('cancel'),
      },
      { highWaterMark: 0 },
    )
    const { body } = await respond(new Response(stream))
    const iterator = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    await iterator.next()
    await new Promise(setImmediate)
    expect(events).toEqual(['pull'])
    const pending = iterator.next()
    await iterator.return?.()
    expect(await pending).toMatchObject({ done: true })
    expect(events).toEqual(['pull', 'pull', 'cancel'])
  })

  it('fails where a stream fails, also at once', async () => {
    const failing = (pieces: string[]): ReadableStream<Uint8Array> =>
      new ReadableStream({
        pull(controller) {
          const piece = pieces.shift()
          if (piece === undefined) controller.error(new Error('midway'))
          else controller.enqueue(encoder.encode(piece))
        },
      })
    for (const pieces of [[], ['begun']]) {
      const { error } = await answer(new Response(failing(pieces)))
      expect(error).toMatchObject({ message: 'midway' })
    }
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('failed')
      },
    ],
    ['rejects', () => Promise.reject(new Error('failed'))],
  ])('leaves it to the server to answer a handler that %s', async (_how, handler) => {
    await expect(call(fromFetch(handler as FetchHandler))).rejects.toThrow('failed')
  })

  it('refuses what is no Response, and one that was read', async () => {
    for (const value of [undefined, null, 'text', { status: 200 }]) {
      await expect(answer(value)).rejects.toThrow('returned no Response')
    }
    const read = new Response('x')
    await read.text()
    await expect(answer(read)).rejects.toThrow('read already')
    const locked = new Response('x')
    locked.body?.getReader()
    await expect(answer(locked)).rejects.toThrow('locked')
  })

  it('answers a Host that no URL can have with a 400', async () => {
    expect(
      (
        await call(
          fromFetch(() => new Response('x')),
          { headers: { host: '1.2.3.400' } },
        )
      ).status,
    ).toBe(400)
    expect(
      (
        await call(
          fromFetch(() => new Response('x')),
          { headers: { host: '[::1]:80' } },
        )
      ).status,
    ).toBe(200)
  })

  it('takes an object with fetch, called as its method, and gives it the context', async () => {
    const context = createContext({ worker: 3 })
    const application = {
      name: 'mine',
      fetch(_request: Request, { worker }: { worker: number }) {
        return new Response(`${this.name} ${worker}`)
      },
    }
    const { body } = await fromFetch(application)(createRequest({}), context)
    expect(String(Buffer.from(body as string))).toBe('mine 3')
  })

  it('carries the hooks it was given', () => {
    const hooks = { startup: () => {}, shutdown: () => {} }
    const { startup, shutdown } = fromFetch(() => new Response(), hooks)
    expect({ startup, shutdown }).toEqual(hooks)
  })

  it.each([undefined, null, {}, 'text', { fetch: 1 }])('refuses %j', value => {
    expect(() => fromFetch(value as never)).toThrow(/takes a fetch handler/)
  })
})
