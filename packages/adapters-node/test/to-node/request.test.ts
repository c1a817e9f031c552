import { afterEach, describe, expect, it } from '@jest/globals'
import type { GatewayRequest } from '@nsgi/spec'
import { type Bridge, get, startBridge } from '../support/bridge.ts'
import { RawClient } from '../support/raw-client.ts'

let bridge: Bridge
afterEach(() => bridge.stop())

/** What an application reads from a request, as JSON. */
async function seenBy(read: (request: GatewayRequest) => unknown, request?: string): Promise<unknown> {
  bridge = await startBridge(async received => ({ status: 200, body: JSON.stringify(await read(received)) }))
  const [response] = await bridge.ask(request)
  return JSON.parse(Buffer.from(response?.body ?? '', 'latin1').toString()) as unknown
}

async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body ?? []) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('a node:http request as a gateway request', () => {
  it.each([
    ['/a%2Fb//../c?x=1&y', '/a%2Fb//../c', 'x=1&y', 'test:80'],
    ['/?', '/', '', 'test:80'],
    ['http://other.example:1/p?q', '/p', 'q', 'other.example:1'],
    ['http://other.example?q', '/', 'q', 'other.example'],
  ])('splits %s and changes nothing of it', async (target, path, query, authority) => {
    const parts = await seenBy(
      r => [r.target, r.mount, r.path, r.query, r.authority, r.scheme, r.httpVersion],
      get(target),
    )
    expect(parts).toEqual([target, '', path, query, authority, 'http', '1.1'])
  })

  it('knows the asterisk form', async () => {
    expect(await seenBy(r => [r.path, r.method], get('*', { method: 'OPTIONS' }))).toEqual(['*', 'OPTIONS'])
  })

  it('joins duplicate fields in order, cookies in their own way, on an object without a prototype', async () => {
    const fields = 'X-A: 1\r\nCookie: a=1\r\nx-a: 2\r\nCookie: b=2\r\nReferer: r\r\nReferer: s\r\n'
    const seen = await seenBy(r => [r.headers, Object.getPrototypeOf(r.headers), r.rawHeaders], get('/', { fields }))
    const raw = ['X-A', '1', 'Cookie', 'a=1', 'x-a', '2', 'Cookie', 'b=2', 'Referer', 'r', 'Referer', 's']
    const headers = { host: 'test:80', connection: 'close', 'x-a': '1, 2', cookie: 'a=1; b=2', referer: 'r, s' }
    expect(seen).toEqual([headers, null, ['Host', 'test:80', 'Connection', 'close', ...raw]])
  })

  it('works through a derived object and gives the same at each read', async () => {
    const seen = await seenBy(original => {
      const derived = Object.create(original, { path: { value: '/derived' } }) as GatewayRequest
      const same = (['headers', 'signal', 'remote', 'local', 'body', 'tls'] as const).map(
        name => derived[name] === original[name],
      )
      return [derived.path, derived.target, derived.query, same]
    }, get('/real?q'))
    expect(seen).toEqual(['/derived', '/real?q', 'q', Array(6).fill(true)])
  })

  it('knows both ends', async () => {
    const seen = await seenBy(r => [r.remote.address, typeof r.remote.port, r.local.address, r.tls, r.upgrade ?? null])
    expect(seen).toEqual(['127.0.0.1', 'number', '127.0.0.1', null, null])
  })

  it.each([
    ['no content', ''],
    ['a length of zero', 'Content-Length: 0\r\n'],
  ])('has a null body for %s', async (_kind, fields) => {
    expect(await seenBy(r => r.body, get('/', { fields }))).toBeNull()
  })

  it('has trailers once the body has ended, and not before', async () => {
    const request = get('/', {
      method: 'POST',
      fields: 'Transfer-Encoding: chunked\r\n',
      body: '2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n',
    })
    expect(await seenBy(async r => [r.trailers === undefined, await textOf(r.body), r.trailers], request)).toEqual([
      true,
      'hi',
      { 'x-sum': '1' },
    ])
  })

  it('can be read only once', async () => {
    const request = get('/', { method: 'POST', fields: 'Content-Length: 2\r\n', body: 'hi' })
    const twice = async (r: GatewayRequest): Promise<string> =>
      textOf(r.body)
        .then(() => textOf(r.body))
        .catch((error: Error) => error.name)
    expect(await seenBy(twice, request)).toBe('TypeError')
  })

  it('leaves the response intact when its body is left early', async () => {
    const request = get('/', { method: 'POST', fields: 'Content-Length: 6\r\n', body: 'abcdef' })
    expect(
      await seenBy(async r => {
        for await (const chunk of r.body ?? []) return chunk.length
        return 0
      }, request),
    ).toBe(6)
  })

  it('gets 100 Continue at the first read, not before', async () => {
    let read: (() => void) | undefined
    const begun = new Promise<void>(resolve => {
      read = resolve
    })
    bridge = await startBridge(async request => {
      request.inform?.(103, { link: '</a.css>' })
      await begun
      return { status: 200, body: await textOf(request.body) }
    })
    const client = await RawClient.connect(bridge.port)
    client.send(get('/', { method: 'POST', fields: 'Expect: 100-continue\r\nContent-Length: 2\r\n' }))
    expect(await client.seen('103 Early Hints')).not.toContain('100 Continue')
    read?.()
    await client.seen('100 Continue')
    client.send('hi')
    expect(await client.toEnd()).toMatch(/\r\n\r\nhi$/)
  })

  it('sends informational responses with any fields, but none after the head or to HTTP/1.0', async () => {
    bridge = await startBridge(async function (request) {
      request.inform?.(103, { link: ['</a>', '</b>'], 'x-y': 'z' })
      return {
        status: 200,
        body: (async function* () {
          yield 'body'
          request.inform?.(102)
        })(),
      }
    })
    const [hints, final] = await bridge.ask()
    expect(hints).toMatchObject({
      statusLine: 'HTTP/1.1 103 Early Hints',
      headers: [
        ['link', '</a>'],
        ['link', '</b>'],
        ['x-y', 'z'],
      ],
    })
    expect(final).toMatchObject({ statusLine: 'HTTP/1.1 200 OK', body: 'body' })
    expect(await bridge.ask('GET / HTTP/1.0\r\n\r\n')).toHaveLength(1)
  })

  it('throws for an informational response that cannot be one, and goes on', async () => {
    const wrong: [number, Record<string, string>?][] = [
      [101],
      [99],
      [200],
      [103.5],
      [103, { a: 'b\r\nc' }],
      [103, { 'X y': '' }],
    ]
    const thrown = await seenBy(request =>
      wrong.map(given => {
        try {
          request.inform?.(...given)
          return 'nothing'
        } catch (error) {
          return (error as Error).name
        }
      }),
    )
    expect(thrown).toEqual([...Array<string>(4).fill('RangeError'), 'TypeError', 'TypeError'])
  })

  it('says 100 Continue once, whoever says it first, and never to HTTP/1.0', async () => {
    bridge = await startBridge(async request => {
      request.inform?.(100)
      return { status: 200, body: await textOf(request.body) }
    })
    const fields = 'Expect: 100-continue\r\nContent-Length: 2\r\n'
    const modern = await bridge.ask(get('/', { method: 'POST', fields, body: 'hi' }))
    expect(modern.map(({ statusLine }) => statusLine)).toEqual(['HTTP/1.1 100 Continue', 'HTTP/1.1 200 OK'])
    const old = await bridge.ask(`POST / HTTP/1.0\r\n${fields}\r\nhi`)
    expect(old.map(({ statusLine, body }) => [statusLine, body])).toEqual([['HTTP/1.1 200 OK', 'hi']])
  })

  it.each([
    ['OPTIONS', 'http://a.example', '*'],
    ['OPTIONS', 'http://a.example?', '/'],
    ['OPTIONS', 'http://a.example/', '/'],
    ['GET', 'http://a.example', '/'],
  ])('gives %s of %s the path %s', async (method, target, path) => {
    expect(await seenBy(r => r.path, get(target, { method }))).toBe(path)
  })

  it('has an empty record of trailers where there is no body', async () => {
    expect(await seenBy(r => [r.trailers, r.trailers === r.trailers])).toEqual([{}, true])
  })
})
