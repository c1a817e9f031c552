// What the application sees of a request, proven with the bytes it came from.
import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest } from '@nsgi/spec'
import { connectTo, get, message } from '../../support/memory-client.ts'

/** The one request that those bytes make. */
function requestOf(bytes: string): GatewayRequest {
  const { client, requests } = connectTo({ status: 204 })
  client.send(bytes)
  expect(requests).toHaveLength(1)
  return requests[0] as GatewayRequest
}

const of = (line: string, ...fields: readonly string[]): GatewayRequest =>
  requestOf(message(line, ...(fields.length > 0 ? fields : ['host: example.org'])))

describe('the request line', () => {
  it('REQ-01: each valid request is one call', async () => {
    const { client, requests } = connectTo({ status: 204 })
    client.send(get('/1') + get('/2') + get('/3'))
    await client.settled()
    expect(requests.map(request => request.target)).toEqual(['/1', '/2', '/3'])
  })

  it('REQ-02: gives the method as received', () => {
    expect(of('M-SEARCH / HTTP/1.1').method).toBe('M-SEARCH')
    expect(of('DELETE / HTTP/1.1').method).toBe('DELETE')
  })

  it.each([
    ['/a%2Fb/../c//d?x=1?y&z=%20', '/a%2Fb/../c//d', 'x=1?y&z=%20'],
    ['/', '/', ''],
    ['/?', '/', ''],
    ['//evil/path', '//evil/path', ''],
    ['/a?b://c/d', '/a', 'b://c/d'],
    ['http://other.example/x?y', '/x', 'y'],
    ['http://other.example', '/', ''],
    ['http://other.example?q', '/', 'q'],
  ])('REQ-03, REQ-04, REQ-05: leaves %s as it is', (target, path, query) => {
    const request = of(`GET ${target} HTTP/1.1`)
    expect(request).toMatchObject({ target, path, query })
  })

  it('REQ-06, REQ-18: takes the authority of an absolute-form target, else Host, else none', () => {
    expect(of('GET http://other.example:81/ HTTP/1.1').authority).toBe('other.example:81')
    expect(of('GET / HTTP/1.1').authority).toBe('example.org')
    expect(requestOf(message('GET / HTTP/1.0')).authority).toBe('')
    expect(of('GET / HTTP/1.1', 'host:').authority).toBe('')
    expect(of('GET / HTTP/1.1', 'host: [::1]:8000').authority).toBe('[::1]:8000')
  })

  it('REQ-07: OPTIONS * has the path *', () => {
    expect(of('OPTIONS * HTTP/1.1')).toMatchObject({ target: '*', path: '*', query: '', authority: 'example.org' })
  })

  it('REQ-08: CONNECT has an empty path and the authority of its target', () => {
    const request = of('CONNECT other.example:443 HTTP/1.1')
    expect(request).toMatchObject({ target: 'other.example:443', path: '', query: '', authority: 'other.example:443' })
  })

  it('REQ-15, REQ-16, REQ-27: tells the version, the scheme and an empty mount', () => {
    expect(of('GET / HTTP/1.1')).toMatchObject({ httpVersion: '1.1', scheme: 'http', mount: '', tls: null })
    expect(of('GET / HTTP/1.0')).toMatchObject({ httpVersion: '1.0' })
  })

  it('gives both ends of the connection', () => {
    expect(of('GET / HTTP/1.1')).toMatchObject({
      remote: { address: '192.0.2.1', port: 40_000 },
      local: { address: '192.0.2.2', port: 80 },
    })
  })
})

describe('the fields', () => {
  const fields = [
    'Host: example.org',
    'X-A: \t one \t',
    'x-a:two',
    'Cookie: a=1',
    'cookie: b=2',
    'Empty:',
    'x-latin: \xe9\xff',
    '__proto__: polluted',
  ]

  it('REQ-19, REQ-20, REQ-21: make a record of lower-case names, joined and trimmed latin1 values', () => {
    const { headers } = of('GET / HTTP/1.1', ...fields)
    expect(Object.getPrototypeOf(headers)).toBeNull()
    expect(Object.entries(headers)).toEqual([
      ['host', 'example.org'],
      ['x-a', 'one, two'],
      ['cookie', 'a=1; b=2'],
      ['empty', ''],
      ['x-latin', '\xe9\xff'],
      ['__proto__', 'polluted'],
    ])
  })

  it('REQ-22: stand in rawHeaders in their case and order, duplicates apart', () => {
    expect(of('GET / HTTP/1.1', ...fields).rawHeaders).toEqual(
      'Host|example.org|X-A|one|x-a|two|Cookie|a=1|cookie|b=2|Empty||x-latin|\xe9\xff|__proto__|polluted'.split('|'),
    )
  })

  it('REQ-23: keep those that frame the message', () => {
    const head = ['host: a', 'transfer-encoding: chunked', 'connection: close', 'expect: 100-continue']
    expect(of('POST / HTTP/1.1', ...head).headers).toMatchObject({
      'transfer-encoding': 'chunked',
      connection: 'close',
      expect: '100-continue',
    })
    expect(of('POST / HTTP/1.1', 'host: a', 'content-length: 3').headers).toMatchObject({ 'content-length': '3' })
  })

  it('REQ-21: outlive the memory that they came in', async () => {
    const { client, requests } = connectTo({ status: 204 })
    const head = message('GET /kept HTTP/1.1', 'host: example.org', 'x: kept')
    client.send(head.slice(0, 21), head.slice(21), get('/next'))
    await client.settled()
    expect(requests[0]?.target).toBe('/kept')
    expect(requests[0]?.rawHeaders).toEqual(['host', 'example.org', 'x', 'kept'])
  })
})

const MEMBERS = [
  ...(['method', 'target', 'mount', 'path', 'query', 'scheme', 'authority', 'httpVersion', 'headers'] as const),
  ...(['rawHeaders', 'body', 'trailers', 'remote', 'local', 'tls', 'signal', 'upgrade'] as const),
]

describe('the request object', () => {
  const bytes = message('POST /a?b HTTP/1.1', 'host: example.org', 'content-length: 3')

  it('REQ-24: gives the same value at each read', () => {
    const request = requestOf(bytes)
    for (const member of MEMBERS) expect(request[member]).toBe(request[member])
  })

  it('REQ-25: works through derived objects, which may override it', () => {
    const request = requestOf(bytes)
    const derived = Object.create(Object.create(request, { path: { value: '/derived' } }) as object, {
      mount: { value: '/m' },
    }) as GatewayRequest
    for (const member of MEMBERS) {
      const expected = member === 'path' ? '/derived' : member === 'mount' ? '/m' : request[member]
      expect(derived[member]).toBe(expected)
    }
    expect(request.path).toBe('/a')
  })

  it('REQ-25: gives the same values whichever of the two is read first', () => {
    for (const member of MEMBERS) {
      const request = requestOf(bytes)
      const derived = Object.create(request) as GatewayRequest
      const first = derived[member]
      expect(request[member]).toBe(first)
    }
  })

  it('REQ-25: informs and reads through a derived object', async () => {
    const { client, requests } = connectTo(new Promise(() => undefined))
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 3'))
    const derived = Object.create(requests[0] as GatewayRequest) as GatewayRequest
    derived.inform?.(103, { link: '</a>' })
    expect(client.take()).toBe('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n')
    const chunk = derived.body?.[Symbol.asyncIterator]().next()
    client.send('abc')
    expect(await chunk).toEqual({ done: false, value: Buffer.from('abc') })
  })

  it('REQ-26: can be extended and has no member of its own that is not the interface’s', () => {
    const request = requestOf(bytes)
    expect(Object.keys(request)).toEqual([])
    const extended = Object.assign(Object.create(request) as GatewayRequest, { 'session.id': 7 })
    expect(extended['session.id']).toBe(7)
    expect(Object.isExtensible(request)).toBe(true)
  })
})
