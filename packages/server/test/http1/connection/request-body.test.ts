// Request bodies: what the application reads, what happens to what it does not, and back-pressure.
import { describe, expect, it } from '@jest/globals'
import type { Application, GatewayRequest } from '@nsgi/spec'
import { BODY_HIGH_WATER, DISCARD_LIMIT } from '../../../src/exchange/limits.ts'
import {
  chunk,
  connect,
  connectTo,
  deferred,
  get,
  message,
  post,
  postChunked,
  read,
} from '../../support/memory-client.ts'

const echo: Application = async request => ({
  status: 200,
  headers: { 'x-target': request.target },
  body: await read(request),
})

/** A request whose response waits, and the iterator of its body. */
function pending(head: string) {
  const response = deferred<{ status: number; body?: string }>()
  const { client, requests } = connectTo(response.promise, { status: 200, body: 'next' })
  client.send(head)
  const request = requests[0] as GatewayRequest
  const iterator = (request.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
  return { client, requests, request, iterator, response }
}

describe('a body', () => {
  it('BOD-01: is null without content', () => {
    const { client, requests } = connectTo({ status: 204 })
    client.send(get(), post(''), message('DELETE / HTTP/1.0'))
    expect(requests.map(request => request.body)).toEqual([null, null, null])
    expect(requests.map(request => ({ ...request.trailers }))).toEqual([{}, {}, {}])
  })

  it.each([
    ['of known length', [post('hello, world')]],
    ['chunked', [postChunked() + chunk('hello, ') + chunk('world') + '0\r\n\r\n']],
    ['chunked with extensions', [`${postChunked()}7;a=b;c="d"\r\nhello, \r\n5\r\nworld\r\n0;x\r\n\r\n`]],
    ['with a GET', [message('GET / HTTP/1.1', 'host: a', 'content-length: 12'), 'hello, world']],
    ['on HTTP/1.0', [message('POST / HTTP/1.0', 'connection: keep-alive', 'content-length: 12'), 'hello, world']],
  ])('BOD-03: %s is read whole, and the next request follows it', async (_name, pieces) => {
    for (const sent of [pieces, pieces.join('').match(/[\s\S]/g) ?? []]) {
      const client = connect(echo)
      client.send(...sent, get('/next'))
      await client.settled()
      expect(client.take()).toMatch(/^HTTP[\s\S]+hello, worldHTTP[\s\S]+x-target: \/next\r\n/)
    }
  })

  it('BOD-02, BOD-06: gives non-empty chunks whose memory is not reused', async () => {
    const { client, iterator } = pending(postChunked())
    client.send(chunk('one'), '3\r', '\n', 'two\r\n', '0\r\n\r\n', get('/next'))
    const kept: Uint8Array[] = []
    for (let step = await iterator.next(); !step.done; step = await iterator.next()) kept.push(step.value)
    expect(kept.every(piece => piece.length > 0)).toBe(true)
    expect(Buffer.concat(kept).toString()).toBe('onetwo')
  })

  it('BOD-04: throws at a second iteration', () => {
    const { request } = pending(post('abc'))
    expect(() => request.body?.[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'KIRIN_BODY_USED' }))
  })

  it('BOD-03: is not content-decoded', async () => {
    const client = connect(echo)
    client.send(post('\x1f\x8bnot gzip', 'content-encoding: gzip'))
    await client.settled()
    expect(client.take()).toContain('not gzip')
  })

  it('BOD-10: has its trailers once it was read to the end, apart from the headers', async () => {
    const { client, request, iterator } = pending(postChunked('trailer: x-sum'))
    client.send(chunk('abc'))
    await iterator.next()
    expect(request.trailers).toBeUndefined()
    client.send('0\r\nX-Sum: 1\r\nx-sum: 2\r\nauthorization: me\r\nhost: evil\r\n\r\n')
    expect((await iterator.next()).done).toBe(true)
    expect({ ...request.trailers }).toEqual({ 'x-sum': '1, 2' })
    expect(request.headers).not.toHaveProperty('x-sum')
    expect(request.headers['host']).toBe('example.org')
  })

  it('BOD-10: has no trailers while chunks wait to be read', async () => {
    const { client, request, iterator } = pending(postChunked())
    client.send(`${chunk('abc')}0\r\nx: 1\r\n\r\n`)
    expect(request.trailers).toBeUndefined()
    await iterator.next()
    await iterator.next()
    expect({ ...request.trailers }).toEqual({ x: '1' })
  })

  it('serves several reads asked for at once, in order', async () => {
    const { client, iterator } = pending(message('POST / HTTP/1.1', 'host: a', 'content-length: 4'))
    const steps = [iterator.next(), iterator.next(), iterator.next(), iterator.next()]
    client.send('ab', 'cd')
    const values = (await Promise.all(steps)).map(step => (step.done ? 'done' : Buffer.from(step.value).toString()))
    expect(values).toEqual(['ab', 'cd', 'done', 'done'])
  })
})

describe('a body that breaks off', () => {
  it.each([
    ['of known length', message('POST / HTTP/1.1', 'host: a', 'content-length: 10'), 'abc'],
    ['chunked', postChunked(), chunk('abc')],
    ['chunked, within a chunk', postChunked(), '8\r\nabc'],
    ['chunked, before its last CRLF', postChunked(), `${chunk('abc')}0\r\n`],
  ])('BOD-07: %s rejects, by FIN and by loss', async (_name, head, start) => {
    for (const how of ['end', 'lose'] as const) {
      const { client, iterator } = pending(head)
      client.send(start)
      expect(Buffer.from((await iterator.next()).value as Uint8Array).toString()).toBe('abc')
      const next = iterator.next()
      client[how]()
      await expect(next).rejects.toMatchObject({ code: 'KIRIN_BODY_TRUNCATED' })
      expect(await iterator.next()).toEqual({ done: true, value: undefined })
    }
  })

  it('BOD-07: gives what had arrived before it rejects', async () => {
    const { client, iterator } = pending(message('POST / HTTP/1.1', 'host: a', 'content-length: 10'))
    client.send('abc').end()
    expect((await iterator.next()).value).toEqual(Buffer.from('abc'))
    await expect(iterator.next()).rejects.toMatchObject({ code: 'KIRIN_BODY_TRUNCATED' })
  })

  it('is answered 400 when the application fails over it, and the connection ends', async () => {
    const client = connect(echo)
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 10'), 'abc').end()
    await client.settled()
    expect(client.take()).toMatch(/^HTTP\/1\.1 400 [\s\S]+connection: close/)
    expect(client.refusals.map(one => one.code)).toEqual(['INCOMPLETE'])
    expect(client.wire.calls.at(-1)).toBe('end')
  })

  it.each([
    ['a size that is no number', 'x\r\nabc\r\n'],
    ['a size that overflows', 'fffffffffffffffff\r\nabc\r\n'],
    ['a negative size', '-3\r\nabc\r\n'],
    ['data longer than its size', '2\r\nabc\r\n'],
    ['a bare LF behind a size', '3\nabc\r\n'],
    ['a bare LF behind data', '3\r\nabc\n'],
    ['a space before the size', ' 3\r\nabc\r\n'],
    ['a malformed trailer', '0\r\nbad trailer\r\n\r\n'],
    ['a bare CR within an extension', '3;a\rb\r\nabc\r\n'],
  ])('REQ-11, BOD-07: %s rejects, and nothing behind it is a request', async (_name, bytes) => {
    const { client, requests, iterator } = pending(postChunked())
    const all = (async () => {
      for (let step = await iterator.next(); !step.done; step = await iterator.next());
    })()
    client.send(bytes + get('/smuggled'))
    await expect(all).rejects.toMatchObject({ code: 'KIRIN_BODY_MALFORMED' })
    await client.settled()
    expect(requests).toHaveLength(1)
  })

  it('BOD-09: a malformed body ends the connection even behind a response that promised to go on', async () => {
    const gate = deferred()
    async function* slow() {
      yield 'one'
      await gate.promise
      yield 'two'
    }
    const { client, requests } = connectTo({ status: 200, body: slow() }, { status: 200 })
    client.send(postChunked(), chunk('abc'))
    await client.settled()
    client.send(`zz\r\n${get('/smuggled')}`)
    gate.resolve()
    await client.settled()
    expect(requests).toHaveLength(1)
    expect(client.take()).toMatch(/3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n$/)
    expect(client.wire.calls.at(-1)).toBe('end')
  })

  it('refuses chunk extensions out of proportion', async () => {
    const client = connect(echo)
    client.send(postChunked(), `3;${'x'.repeat(20_000)}\r\nabc\r\n0\r\n\r\n`)
    await client.settled()
    expect(client.take()).toMatch(/^HTTP\/1\.1 413 /)
    expect(client.isClosed).toBe(true)
  })

  it('holds trailers to the limit on fields', async () => {
    const client = connect(echo)
    client.send(postChunked(), `0\r\n${Array.from({ length: 101 }, (_, i) => `t${i}: 1\r\n`).join('')}\r\n`)
    await client.settled()
    expect(client.take()).toMatch(/^HTTP\/1\.1 431 /)
  })
})

describe('a body that is not read', () => {
  it.each([
    ['of known length', post('x'.repeat(1000))],
    ['chunked', `${postChunked() + chunk('x'.repeat(1000))}0\r\n\r\n`],
    ['of known length, larger than what may wait', post('x'.repeat(BODY_HIGH_WATER * 2))],
  ])('BOD-09: %s, small, is drained and the connection goes on', async (_name, bytes) => {
    for (const pieces of [[bytes], bytes.match(/[\s\S]{1,50000}/g) ?? []]) {
      const { client, requests } = connectTo({ status: 200, body: 'a' }, { status: 200, body: 'b' })
      client.send(...pieces, get('/next'))
      await client.settled()
      expect(requests.map(request => request.target)).toEqual(['/', '/next'])
      expect(client.isClosed).toBe(false)
      expect(client.take()).not.toContain('connection: close')
    }
  })

  it('BOD-09: of known length, large, ends the connection: the response says so', async () => {
    const { client, requests } = connectTo({ status: 200, body: 'a' })
    client.send(message('POST / HTTP/1.1', 'host: a', `content-length: ${DISCARD_LIMIT + 1}`), get('/smuggled'))
    await client.settled()
    expect(client.take()).toContain('connection: close\r\n')
    expect(requests).toHaveLength(1)
    expect(client.wire.calls.at(-1)).toBe('end')
  })

  it('BOD-09: chunked, ends the connection once it proves large', async () => {
    const { client, requests } = connectTo({ status: 200, body: 'a' })
    client.send(postChunked())
    for (let sent = 0; sent <= DISCARD_LIMIT; sent += 65_536) client.send(chunk('x'.repeat(65_536)))
    client.send(`0\r\n\r\n${get('/next')}`)
    await client.settled()
    expect(requests).toHaveLength(1)
    expect(client.isClosed).toBe(true)
  })

  it('BOD-09: is thrown away also when reading had stopped over it', async () => {
    const response = deferred<{ status: number; body: string }>()
    const { client, requests } = connectTo(response.promise, { status: 200, body: 'next' })
    client.send(message('POST / HTTP/1.1', 'host: a', `content-length: ${200 * 1024}`))
    for (let sent = 0; sent < 200; sent += 50) client.send('x'.repeat(50 * 1024))
    client.send(get('/next'))
    await client.settled()
    expect(client.wire.isPaused).toBe(true)
    response.resolve({ status: 200, body: 'answer' })
    await client.settled()
    expect(requests).toHaveLength(2)
    expect(client.take()).toMatch(/answerHTTP[\s\S]+next$/)
    expect(client.wire.isPaused).toBe(false)
  })

  it('BOD-08: an early return() leaves the response intact and drains the rest', async () => {
    const { client, requests, iterator, response } = pending(
      message('POST / HTTP/1.1', 'host: a', 'content-length: 100'),
    )
    client.send('x'.repeat(40))
    await iterator.next()
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    client.send('x'.repeat(60), get('/next'))
    response.resolve({ status: 200, body: 'answer' })
    await client.settled()
    expect(client.take()).toMatch(/answerHTTP[\s\S]+next$/)
    expect(requests).toHaveLength(2)
  })

  it('BOD-08: return() settles a read that is pending', async () => {
    const { iterator } = pending(message('POST / HTTP/1.1', 'host: a', 'content-length: 100'))
    const next = iterator.next()
    await iterator.return?.()
    expect(await next).toEqual({ done: true, value: undefined })
  })

  it('BOD-08: an early return() of a large body says that the connection ends', async () => {
    const { client, iterator, response } = pending(message('POST / HTTP/1.1', 'host: a', 'content-length: 99999999'))
    client.send('abc')
    await iterator.next()
    await iterator.return?.()
    response.resolve({ status: 200 })
    await client.settled()
    expect(client.take()).toContain('connection: close\r\n')
    expect(client.isClosed).toBe(true)
  })
})
