import { types } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest } from '@nsgi/spec'
import { createContext, type RequestInit as GatewayInit, createRequest as gatewayRequest } from '@nsgi/spec/testing'
import { createRequest } from '../../src/request/fetch-request.ts'
import { contextOf, gatewayRequestOf } from '../../src/request/origin.ts'

const context = createContext()
const make = (init: GatewayInit = {}): Request => createRequest(gatewayRequest(init), context)
const posted = (body = '{"a":"ü"}'): Request =>
  make({ method: 'POST', headers: { 'content-type': 'application/json', 'x-own': '1' }, body })

describe('the request of a fetch handler', () => {
  it('is a Request, and tells where it came from', () => {
    const request: GatewayRequest = gatewayRequest({})
    const made = createRequest(request, context)
    expect(made instanceof Request).toBe(true)
    expect([gatewayRequestOf(made), contextOf(made)]).toEqual([request, context])
    expect([gatewayRequestOf(new Request('http://x')), contextOf({})]).toEqual([undefined, undefined])
  })

  it.each([
    ['get', 'GET'],
    ['pOsT', 'POST'],
    ['patch', 'patch'],
    ['PURGE', 'PURGE'],
  ])('has the method %s as fetch has it', (method, expected) => {
    expect(make({ method }).method).toBe(expected)
    expect(new Request('http://x', { method }).method).toBe(expected)
  })

  it('has its fields, read one by one or all together', () => {
    const rawHeaders = [
      'Host',
      'a',
      'X-One',
      '1',
      'x-one',
      '2',
      'Cookie',
      'a=1',
      'Cookie',
      'b=2',
      'Set-Cookie',
      'c',
      'X-L',
      '\xe9',
    ]
    const { headers } = make({ rawHeaders })
    expect(headers instanceof Headers).toBe(true)
    const real = new Headers()
    for (let i = 0; i < rawHeaders.length; i += 2) real.append(rawHeaders[i] as string, rawHeaders[i + 1] as string)
    for (const name of ['host', 'X-ONE', 'cookie', 'set-cookie', 'x-l', 'missing', 'constructor', '__proto__']) {
      expect([name, headers.get(name), headers.has(name)]).toEqual([name, real.get(name), real.has(name)])
    }
    expect(() => headers.get('no name')).toThrow('no name')
    expect(() => headers.has('no name')).toThrow('no name')
    expect(() => (headers.get as unknown as () => void)()).toThrow('1 argument')
    expect([...new Headers(headers)]).toEqual([...real])
    headers.set('x-one', '3')
    headers.delete('host')
    expect([headers.get('x-one'), headers.has('host'), headers.getSetCookie()]).toEqual(['3', false, ['c']])
    expect([...headers.keys()]).toEqual([...real.keys()].filter(name => name !== 'host'))
  })

  it.each([
    ['text', '{"a":"ü"}'],
    ['json', { a: 'ü' }],
    ['arrayBuffer', '{"a":"ü"}'],
  ] as const)('gives its body once as %s', async (name, expected) => {
    const request = posted()
    expect(request.bodyUsed).toBe(false)
    const given = await request[name]()
    expect(types.isArrayBuffer(given) ? Buffer.from(given).toString() : given).toEqual(expected)
    expect(request.bodyUsed).toBe(true)
    await expect(request[name]()).rejects.toThrow('unusable')
    expect(() => request.clone()).toThrow('unusable')
    expect(request.bodyUsed).toBe(true)
  })

  it('gives no memory but that of its body', async () => {
    const pool = Buffer.from('secret body secret')
    async function* body(): AsyncGenerator<Uint8Array> {
      yield pool.subarray(7, 11)
    }
    const buffer = await make({ method: 'POST', body: body() }).arrayBuffer()
    expect([buffer.byteLength, Buffer.from(buffer).toString()]).toEqual([4, 'body'])
  })

  it('drops a byte order mark, and rejects what is no JSON', async () => {
    expect(await posted('\ufeffx').text()).toBe('x')
    await expect(posted('{').json()).rejects.toThrow('JSON')
  })

  it('has no body where there is none, nor to GET', async () => {
    for (const request of [make({ method: 'POST' }), make({ body: 'dropped', method: 'GET' })]) {
      expect([request.body, await request.text(), request.bodyUsed]).toEqual([null, '', false])
    }
  })

  it('streams its body, reading no further than it is asked', async () => {
    let pulls = 0
    async function* body(): AsyncGenerator<Uint8Array> {
      for (; pulls < 3; ) yield Buffer.from(`${++pulls}`)
    }
    const request = make({ method: 'POST', body: body() })
    const reader = (request.body as ReadableStream<Uint8Array>).getReader()
    await new Promise(setImmediate)
    expect(pulls).toBe(0)
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('1')
    await new Promise(setImmediate)
    expect([pulls, request.bodyUsed]).toEqual([1, true])
    await reader.cancel()
    await new Promise(setImmediate)
    expect(pulls).toBe(1)
  })

  it('passes a truncated body on as a rejection', async () => {
    const body = (): AsyncGenerator<Uint8Array> =>
      (async function* () {
        yield Buffer.from('be')
        throw new Error('cut short')
      })()
    await expect(make({ method: 'POST', body: body() }).text()).rejects.toThrow('cut short')
    const { body: stream } = make({ method: 'POST', body: body() })
    await expect(new Response(stream).text()).rejects.toThrow('cut short')
  })

  it('is cloned, copied and given to new Request()', async () => {
    const request = posted()
    const clone = request.clone()
    expect([await clone.text(), await request.json()]).toEqual(['{"a":"ü"}', { a: 'ü' }])
    const copy = new Request(posted(), { headers: { other: 'yes' } })
    expect([copy.method, copy.headers.get('other'), copy.headers.get('x-own'), await copy.text()]).toEqual([
      'POST',
      'yes',
      null,
      '{"a":"ü"}',
    ])
    const moved = new Request('http://other/', posted())
    expect([moved.url, moved.headers.get('x-own')]).toEqual(['http://other/', '1'])
  })

  it('keeps a field that was set when it becomes a real one', async () => {
    const request = posted()
    request.headers.set('x-own', '2')
    expect([request.clone().headers.get('x-own'), request.headers.get('x-own')]).toEqual(['2', '2'])
  })

  it('has the same fields and signal before and after it becomes a real one', () => {
    for (const early of [true, false]) {
      const request = posted()
      const before = early ? [request.headers, request.signal] : undefined
      expect(request.credentials).toBe('same-origin')
      const { headers, signal } = request
      if (before !== undefined) expect([headers === before[0], signal === before[1]]).toEqual([true, true])
      headers.set('x-new', '1')
      headers.delete('x-own')
      for (const seen of [request.headers, request.clone().headers, new Request(request.clone()).headers])
        expect([seen.get('x-new'), seen.has('x-own')]).toEqual(['1', false])
      expect([request.headers === headers, request.signal === signal]).toEqual([true, true])
    }
  })

  it('reads forms', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const form = await make({ method: 'POST', headers, body: 'a=1&b=%C3%BC' }).formData()
    expect([...form]).toEqual([
      ['a', '1'],
      ['b', 'ü'],
    ])
  })

  it('has the rest of a Request', () => {
    const request = make()
    expect([request.redirect, request.mode, request.cache, request.destination]).toEqual([
      'follow',
      'cors',
      'default',
      '',
    ])
  })

  it('aborts when the client is lost', () => {
    for (const touch of [() => {}, (request: Request) => void request.clone()]) {
      const client = new AbortController()
      const request = make({ signal: client.signal })
      touch(request)
      const { signal } = request
      client.abort(new Error('lost'))
      expect(signal.aborted).toBe(true)
    }
  })
})
