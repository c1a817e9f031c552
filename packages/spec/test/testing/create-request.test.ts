import { describe, expect, it } from '@jest/globals'
import { collect, collectText, createRequest, type RequestInit } from '../../src/testing/index.ts'

describe('createRequest', () => {
  it('makes the simplest request when nothing is said', () => {
    const request = createRequest()
    expect(request).toMatchObject({
      method: 'GET',
      target: '/',
      mount: '',
      path: '/',
      query: '',
      scheme: 'http',
      authority: 'localhost',
      httpVersion: '1.1',
      rawHeaders: ['Host', 'localhost'],
      body: null,
      remote: { address: '127.0.0.1' },
      local: { address: '127.0.0.1', port: 80 },
      tls: null,
      upgrade: undefined,
    })
    expect({ ...request.headers }).toEqual({ host: 'localhost' })
  })
})

describe('the target of a request', () => {
  it.each<[RequestInit, object]>([
    [{ target: '/a?b?c' }, { path: '/a', query: 'b?c', authority: 'localhost' }],
    [{ target: '/a%2Fb/..//' }, { path: '/a%2Fb/..//', query: '' }],
    [{ target: '/?' }, { path: '/', query: '', target: '/?' }],
    [
      { target: 'http://example.org/x?y', headers: { host: 'other' } },
      { path: '/x', query: 'y', authority: 'example.org' },
    ],
    [{ target: 'HTTP://example.org:81' }, { path: '/', authority: 'example.org:81', scheme: 'http' }],
    [{ target: 'http://example.org?q' }, { path: '/', query: 'q' }],
    [
      { method: 'OPTIONS', target: '*' },
      { path: '*', authority: 'localhost' },
    ],
    [
      { method: 'OPTIONS', target: 'http://example.org' },
      { path: '*', authority: 'example.org' },
    ],
    [
      { method: 'CONNECT', target: '[::1]:443' },
      { path: '', authority: '[::1]:443', upgrade: 'connect' },
    ],
    [{ path: '/x', query: 'y=1' }, { target: '/x?y=1' }],
    [
      { mount: '/api', path: '/x' },
      { target: '/api/x', mount: '/api', path: '/x' },
    ],
    [
      { mount: '/api', path: '' },
      { target: '/api', mount: '/api', path: '' },
    ],
    [
      { mount: '/api', target: '/api/x?y' },
      { mount: '/api', path: '/x', query: 'y' },
    ],
  ])('%j gives %j', (init, expected) => {
    expect(createRequest(init)).toMatchObject(expected)
  })

  it.each<[RequestInit, string]>([
    [{ target: '/a b' }, 'percent-encode'],
    [{ target: '/a#b' }, 'request-target'],
    [{ target: '/€' }, 'request-target'],
    [{ target: '/a\r\nx: y' }, 'request-target'],
    [{ target: '' }, 'request-target'],
    [{ target: 'a' }, 'must begin with "/"'],
    [{ target: 'ftp://example.org/' }, 'must begin with "/"'],
    [{ target: 'http:///x' }, 'must begin with "/"'],
    [{ target: '*' }, 'OPTIONS'],
    [{ method: 'CONNECT', target: '/x' }, 'host:port'],
    [{ method: 'CONNECT' }, 'host:port'],
    [{ method: 'GET /' }, 'not a method'],
    [{ method: '' }, 'not a method'],
    [{ target: '/x', path: '/x' }, 'either target'],
    [{ path: '/x?y' }, 'must not hold "?"'],
    [{ path: '' }, 'without a mount'],
    [{ mount: 'api' }, 'mount must be'],
    [{ mount: '/api/' }, 'mount must be'],
    [{ mount: '/api', target: '/apiary' }, 'not under the mount'],
    [{ mount: '/api', target: '/x' }, 'not under the mount'],
  ])('%j is refused', (init, message) => {
    expect(() => createRequest(init)).toThrow(TypeError)
    expect(() => createRequest(init)).toThrow(message)
  })
})

describe('the fields of a request', () => {
  it('are lower-case in headers and as written in rawHeaders, values trimmed', () => {
    const request = createRequest({ headers: { Accept: ' text/html\t', 'X-Id': '7' } })
    expect({ ...request.headers }).toEqual({ host: 'localhost', accept: 'text/html', 'x-id': '7' })
    expect(request.rawHeaders).toEqual(['Host', 'localhost', 'Accept', 'text/html', 'X-Id', '7'])
  })

  it('join duplicates in order with a comma, cookies with a semicolon', () => {
    const request = createRequest({
      headers: [
        ['Accept', 'a'],
        ['Cookie', 'x=1'],
        ['accept', 'b'],
        ['cookie', 'y=2'],
        ['ACCEPT', 'c'],
      ],
    })
    expect(request.headers).toMatchObject({ accept: 'a, b, c', cookie: 'x=1; y=2' })
  })

  it('may come as a record with arrays or as Headers', () => {
    expect(createRequest({ headers: { accept: ['a', 'b'], 'x-no': undefined } }).headers['accept']).toBe('a, b')
    expect(createRequest({ headers: new Headers({ 'x-id': '7' }) }).headers['x-id']).toBe('7')
  })

  it('sit on an object without a prototype, so any name is just a field', () => {
    const { headers } = createRequest({
      headers: [
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ],
    })
    expect(Object.getPrototypeOf(headers)).toBeNull()
    expect([headers['__proto__'], headers['constructor'], headers['toString']]).toEqual(['x', 'y', undefined])
  })

  it('are exactly those of rawHeaders where these are given', () => {
    const rawHeaders = ['HOST', 'a.example', 'X-A', '1', 'x-a', '2']
    const request = createRequest({ rawHeaders })
    expect(request.rawHeaders).toEqual(rawHeaders)
    expect({ ...request.headers }).toEqual({ host: 'a.example', 'x-a': '1, 2' })
    expect(request.authority).toBe('a.example')
    expect(createRequest({ rawHeaders: [] }).authority).toBe('')
  })

  it.each<[RequestInit, string]>([
    [{ headers: { 'a b': 'x' } }, 'field name'],
    [{ headers: { '': 'x' } }, 'field name'],
    [{ headers: { a: 'x\r\ny' } }, 'value of the field a'],
    [{ headers: { a: '\0' } }, 'value of the field a'],
    [{ headers: { a: '€' } }, 'latin1'],
    [{ headers: { a: 5 as unknown as string } }, 'must be a string, not number'],
    [{ rawHeaders: ['a'] }, 'no value'],
    [{ rawHeaders: ['a', 5 as unknown as string] }, 'must be a string'],
    [{ rawHeaders: [], headers: {} }, 'either headers or rawHeaders'],
    [{ headers: { host: ['a', 'b'] } }, 'one Host'],
  ])('%j is refused', (init, message) => {
    expect(() => createRequest(init)).toThrow(TypeError)
    expect(() => createRequest(init)).toThrow(message)
  })
})

describe('the body of a request', () => {
  it.each([
    ['a string', 'tea ☕', '7'],
    ['bytes', new TextEncoder().encode('tea ☕'), '7'],
  ])('made from %s has a content-length and makes the method POST', async (_kind, body, length) => {
    const request = createRequest({ body })
    expect(request.method).toBe('POST')
    expect(request.headers).toMatchObject({ 'content-length': length })
    expect(request.headers['transfer-encoding']).toBeUndefined()
    expect(await collectText(request.body)).toBe('tea ☕')
  })

  it.each([
    ['an iterable', ['te', '', Buffer.from('a')]],
    [
      'an async iterable',
      (async function* () {
        yield 'te'
        yield ''
        yield Buffer.from('a')
      })(),
    ],
  ])('made from %s is chunked and yields each non-empty piece as bytes', async (_kind, body) => {
    const request = createRequest({ method: 'PUT', body })
    expect(request.headers).toMatchObject({ 'transfer-encoding': 'chunked' })
    const chunks: string[] = []
    for await (const chunk of request.body!) chunks.push(Buffer.from(chunk).toString())
    expect(chunks).toEqual(['te', 'a'])
  })

  it('made from nothing, an empty string or no bytes is null', () => {
    expect(createRequest({ body: '' })).toMatchObject({ method: 'GET', body: null, headers: { 'content-length': '0' } })
    expect(createRequest({ body: new Uint8Array() }).body).toBeNull()
    expect(createRequest({ body: null }).headers['content-length']).toBeUndefined()
  })

  it('can be iterated once', async () => {
    const request = createRequest({ body: 'x' })
    expect(request.body).toBe(request.body)
    await collect(request.body)
    expect(() => request.body![Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'NSGI_BODY_USED' }))
  })

  it('rejects where it falls short of its content-length, after the bytes that there are', async () => {
    const request = createRequest({ headers: { 'content-length': '10' }, body: ['abc'] })
    const iterator = request.body![Symbol.asyncIterator]()
    expect((await iterator.next()).value).toEqual(Buffer.from('abc'))
    await expect(iterator.next()).rejects.toMatchObject({ code: 'NSGI_BODY_TRUNCATED' })
    expect(request.trailers).toBeUndefined()
  })

  it('rejects with what its source throws', async () => {
    const source = (function* () {
      yield 'a'
      throw new Error('cable cut')
    })()
    await expect(collect(createRequest({ body: source }).body)).rejects.toThrow('cable cut')
  })

  it('closes its source when the application stops early', async () => {
    let closed = false
    const source = (function* () {
      try {
        yield 'a'
        yield 'b'
      } finally {
        closed = true
      }
    })()
    for await (const _chunk of createRequest({ body: source }).body!) break
    expect(closed).toBe(true)
  })

  it('has its framing made by HTTP/2 itself, and needs a length on HTTP/1.0', () => {
    expect(createRequest({ body: ['a'], httpVersion: '2' }).headers['transfer-encoding']).toBeUndefined()
    expect(() => createRequest({ body: ['a'], httpVersion: '1.0' })).toThrow('chunked')
    expect(createRequest({ body: ['a'], httpVersion: '1.0', headers: { 'content-length': '1' } }).body).not.toBeNull()
  })

  it.each<[RequestInit, string]>([
    [{ body: 'abc', headers: { 'content-length': '5' } }, 'the body has 3 bytes'],
    [{ headers: { 'content-length': '5' } }, 'the body has 0 bytes'],
    [{ body: 'abc', headers: { 'content-length': '+3' } }, 'not a content-length'],
    [{ body: 'abc', headers: { 'content-length': '3', 'transfer-encoding': 'chunked' } }, 'either content-length'],
    [{ body: 5 as unknown as string }, 'not number'],
    [{ body: {} as unknown as string }, 'not Object'],
  ])('%j is refused', (init, message) => {
    expect(() => createRequest(init)).toThrow(TypeError)
    expect(() => createRequest(init)).toThrow(message)
  })

  it('longer than its content-length is a fault of the test', async () => {
    const request = createRequest({ headers: { 'content-length': '2' }, body: ['abc'] })
    await expect(collect(request.body)).rejects.toThrow('longer than its content-length')
  })

  it('of pieces that are no bytes is a fault of the test', async () => {
    await expect(collect(createRequest({ body: [5] as unknown as string[] }).body)).rejects.toThrow('not number')
  })
})

describe('the rest of a request', () => {
  it('has trailers once the body has ended, not before, and none merged into headers', async () => {
    const request = createRequest({ body: ['a'], trailers: { Digest: 'x' } })
    expect(request.trailers).toBeUndefined()
    await collect(request.body)
    expect({ ...request.trailers }).toEqual({ digest: 'x' })
    expect(request.headers['digest']).toBeUndefined()
  })

  it('has an empty record of trailers when there is no content', () => {
    expect({ ...createRequest().trailers }).toEqual({})
  })

  it('makes a signal at first access, the same ever after, or takes the one given', () => {
    const request = createRequest()
    expect(request.signal).toBe(request.signal)
    expect(request.signal.aborted).toBe(false)
    expect(createRequest({ signal: AbortSignal.abort() }).signal.aborted).toBe(true)
  })

  it('is https with tls', () => {
    const tls = { version: 'TLSv1.3', alpn: null, servername: null, peerCertificate: null }
    expect(createRequest({ tls })).toMatchObject({ scheme: 'https', tls, local: { port: 443 } })
    expect(createRequest({ scheme: 'https' })).toMatchObject({ scheme: 'https', tls: null })
  })

  it('works through an object that is derived from it', async () => {
    const derived = Object.create(createRequest({ body: 'abc', trailers: { a: 'b' } }))
    expect(derived.signal).toBe(Object.getPrototypeOf(derived).signal)
    expect(await collectText(derived.body)).toBe('abc')
    expect(derived.trailers.a).toBe('b')
  })
})
