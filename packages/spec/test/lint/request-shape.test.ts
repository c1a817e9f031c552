import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest } from '../../src/index.ts'
import { joinFields } from '../../src/testing/fields.ts'
import { createRequest } from '../../src/testing/index.ts'
import { but, giving } from './support/watched.ts'

const get = (target = '/a/b?c=d'): GatewayRequest => createRequest({ target })

/** A request with exactly these fields, whatever they are. */
function withFields(raw: readonly string[], more: object = {}): GatewayRequest {
  const rawHeaders = Object.freeze(['Host', 'localhost', ...raw])
  return but(get(), { rawHeaders, headers: joinFields(rawHeaders), ...more })
}

async function foundFor(request: GatewayRequest): Promise<readonly string[]> {
  const watched = giving(() => ({ status: 404 }))
  await watched.respond(request)
  return watched.found
}

describe('a request that keeps the contract', () => {
  const tls = { version: 'TLSv1.3', alpn: null, servername: 'x', peerCertificate: null }
  it.each<[string, GatewayRequest]>([
    ['a plain one', get()],
    ['with a body', createRequest({ body: 'tea', headers: { expect: '100-continue' } })],
    ['with a chunked body', createRequest({ body: ['tea', 'cake'] })],
    ['in the absolute form', get('http://other.example?x')],
    ['in an absolute form of another scheme', but(get(), { target: 'coap://x/y' })],
    ['OPTIONS *', createRequest({ method: 'OPTIONS', target: '*' })],
    ['CONNECT', createRequest({ method: 'CONNECT', target: 'a.example:443' })],
    ['over TLS', createRequest({ tls })],
    ['under a mount', createRequest({ mount: '/api', path: '' })],
    ['of HTTP/1.0 without Host', createRequest({ httpVersion: '1.0', rawHeaders: [] })],
    ['of HTTP/2 with a body of unknown length', createRequest({ httpVersion: '2', body: ['tea'] })],
    [
      'an extended CONNECT',
      but(get('/chat'), { method: 'CONNECT', httpVersion: '2', upgrade: 'websocket', authority: 'localhost' }),
    ],
    ['over a UNIX socket', createRequest({ remote: { address: '', port: null } })],
    ['that asks for an upgrade', createRequest({ headers: { upgrade: 'h2c, WebSocket' }, upgrade: 'websocket' })],
    ['with fields that came several times', createRequest({ headers: { cookie: ['a=1', 'b=2'], 'x-a': ['1', '2'] } })],
    ['with lines that are empty', createRequest({ headers: { cookie: ['a', ''], 'x-a': ['', '1', ''] } })],
    ['with a field called __proto__', createRequest({ headers: [['__proto__', 'x']] })],
    ['with members of others', but(get(), { 'kirin.id': 1, [Symbol('mine')]: 2 })],
    ['whose proxy vouches for more', withFields(['X-Forwarded-Host', 'shop.example'], { authority: 'shop.example' })],
    [
      'whose records are made at each read',
      but(get(), {
        get remote() {
          return { address: '::1', port: 1 }
        },
      }),
    ],
  ])('%s: nothing is found', async (_name, request) => {
    expect(await foundFor(request)).toEqual([])
  })
})

describe('a request that breaks the contract', () => {
  let count = 0
  it.each<[string, string, GatewayRequest]>([
    ['REQ-02', 'a method that is no token', but(get(), { method: 'G ET' })],
    ['REQ-03', 'a target that is no string', but(get(), { target: 5 })],
    ['REQ-03', 'a target without a form', but(get(), { target: 'tea' })],
    ['REQ-04', 'a path that is not the target’s', but(get(), { path: '/a/../b' })],
    ['REQ-04', 'a path that is no string', but(get(), { path: undefined })],
    ['REQ-05', 'a query with its question mark', but(get(), { query: '?c=d' })],
    ['REQ-05', 'a query that is null', but(get(), { query: null })],
    [
      'REQ-06',
      'Host before the target',
      but(get('http://a.example/'), {
        authority: 'localhost',
        headers: createRequest().headers,
        rawHeaders: createRequest().rawHeaders,
      }),
    ],
    ['REQ-07', '"*" without OPTIONS', but(createRequest({ method: 'OPTIONS', target: '*' }), { method: 'GET' })],
    ['REQ-08', 'the authority form without CONNECT', but(get(), { target: 'a.example:443' })],
    ['REQ-08', 'CONNECT with a path', but(get(), { method: 'CONNECT' })],
    ['REQ-09', 'a space in the target', but(get(), { target: '/a b', path: '/a b' })],
    ['REQ-10', 'HTTP/1.1 without Host', createRequest({ rawHeaders: [] })],
    ['REQ-10', 'two Hosts', withFields(['Host', 'b'], { authority: 'localhost, b' })],
    ['REQ-10', 'a Host that is none', createRequest({ headers: { host: 'a/b' } })],
    [
      'REQ-12',
      'two framings',
      withFields(['Content-Length', '0', 'Transfer-Encoding', 'chunked'], {
        body: (async function* () {})(),
        trailers: undefined,
      }),
    ],
    ['REQ-13', 'a length that is no number', withFields(['Content-Length', '1x'])],
    ['REQ-13', 'lengths that differ', withFields(['Content-Length', '0', 'Content-Length', '00'])],
    [
      'REQ-14',
      'a coding after chunked',
      withFields(['Transfer-Encoding', 'chunked, gzip'], { body: (async function* () {})(), trailers: undefined }),
    ],
    ['REQ-14', 'chunked on HTTP/1.0', but(createRequest({ body: ['a'] }), { httpVersion: '1.0' })],
    ['EXP-05', 'an expectation of something else', withFields(['Expect', 'tea'])],
    ['REQ-15', 'a version as a number', but(get(), { httpVersion: 1.1 })],
    ['REQ-16', 'a scheme with a colon', but(get(), { scheme: 'http:' })],
    [
      'REQ-16',
      'http over TLS',
      but(createRequest({ tls: { version: 'TLSv1.3', alpn: null, servername: null, peerCertificate: null } }), {
        scheme: 'http',
      }),
    ],
    ['REQ-18', 'another authority than Host', but(get(), { authority: 'elsewhere' })],
    ['REQ-18', 'no authority', but(get(), { authority: undefined })],
    ['REQ-19', 'headers with a prototype', but(get(), { headers: { host: 'localhost' } })],
    ['REQ-19', 'no headers', but(get(), { headers: null, authority: '' })],
    [
      'REQ-19',
      'a field that is not in headers',
      but(createRequest({ headers: { 'x-a': '1' } }), { headers: get().headers }),
    ],
    [
      'REQ-20',
      'values that are joined otherwise',
      but(createRequest({ headers: { 'x-a': ['1', '2'] } }), {
        headers: Object.assign(Object.create(null), { host: 'localhost', 'x-a': '1,2' }),
      }),
    ],
    ['REQ-22', 'a name without a value', but(get(), { rawHeaders: ['Host', 'localhost', 'X'] })],
    ['REQ-22', 'a name that is none', but(get(), { rawHeaders: ['Host', 'localhost', ':path', '/'] })],
    ['REQ-22', 'a value that is not trimmed', but(get(), { rawHeaders: ['Host', ' localhost'] })],
    [
      'REQ-22',
      'a field that is not in rawHeaders',
      but(createRequest({ headers: { 'x-a': '1' } }), { rawHeaders: get().rawHeaders }),
    ],
    ['REQ-23', 'framing that is hidden', but(createRequest({ body: 'tea' }), { headers: get().headers })],
    [
      'REQ-24',
      'a member that throws',
      but(get(), {
        get inform() {
          throw new Error('gone')
        },
      }),
    ],
    [
      'REQ-24',
      'another value at each read',
      but(get(), {
        get upgrade() {
          return count++ % 2 ? 'a' : 'b'
        },
        method: 'CONNECT',
        httpVersion: '2',
      }),
    ],
    ['REQ-26', 'a request that is sealed', Object.seal(but(get(), {}))],
    ['REQ-26', 'a name of its own', but(get(), { socket: {} })],
    ['REQ-27', 'a mount that ends in a slash', but(get(), { mount: '/a/', path: 'b' })],
    ['REQ-27', 'a mount that was not taken off', but(get(), { mount: '/a' })],
    ['REQ-28', 'no remote', but(get(), { remote: undefined })],
    ['REQ-28', 'port 0 as text', but(get(), { local: { address: '', port: '0' } })],
    ['BOD-01', 'a body without content', but(get(), { body: (async function* () {})(), trailers: undefined })],
    ['BOD-01', 'content without a body', withFields(['Content-Length', '3'])],
    ['BOD-02', 'a body that cannot be iterated', but(createRequest({ body: 'tea' }), { body: 'tea' })],
    ['BOD-10', 'trailers before the body', but(createRequest({ body: 'tea' }), { trailers: Object.create(null) })],
    ['BOD-10', 'no trailers, though there is no body', but(get(), { trailers: undefined })],
    ['END-01', 'a signal that is none', but(get(), { signal: {} })],
    ['REQ-29', 'tls that is a stub', but(get(), { tls: {}, scheme: 'https' })],
    ['LIF-09', 'inform that is a stub', but(get(), { inform: null })],
    ['UPG-01', 'an upgrade in capitals', createRequest({ headers: { upgrade: 'WebSocket' }, upgrade: 'WebSocket' })],
    ['UPG-01', 'an upgrade that nobody asked for', createRequest({ upgrade: 'websocket' })],
  ])('%s: %s', async (requirement, _name, request) => {
    expect(new Set(await foundFor(request))).toEqual(new Set([`server ${requirement}`]))
  })

  it('REQ-21: a value that is not trimmed in headers', async () => {
    const rawHeaders = ['Host', 'localhost', 'X-A', '1']
    const headers = Object.assign(Object.create(null) as object, { host: 'localhost', 'x-a': ' 1' })
    // The two differ as well, which is REQ-20.
    expect(await foundFor(but(get(), { rawHeaders, headers }))).toEqual(['server REQ-21', 'server REQ-20'])
  })

  it('REQ-25: members that do not work through a derived object', async () => {
    class Private {
      #signal = new AbortController().signal
      get signal() {
        return this.#signal
      }
    }
    const request = Object.setPrototypeOf(new Private(), Object.setPrototypeOf(Private.prototype, get()) as object)
    expect(await foundFor(request as GatewayRequest)).toEqual(['server REQ-25'])
  })

  it('REQ-25: state that is kept on the derived object', async () => {
    const request = but(get(), {
      get signal() {
        const { signal } = new AbortController()
        Object.defineProperty(this, 'signal', { value: signal })
        return signal
      },
    })
    expect(await foundFor(request)).toEqual(['server REQ-25'])
  })

  it('REQ-24: a member that is another one when the response is over', async () => {
    let isOver = false
    const path = {
      get path() {
        return isOver ? '' : '/a/b'
      },
    }
    const watched = giving(() => ({ status: 204 }))
    const response = await watched.respond(but(get(), path))
    isOver = true
    response.finished?.()
    expect(watched.found).toEqual(['server REQ-24'])
  })

  it('END-01: a signal that is none does not keep the application from its finished', async () => {
    const errors: unknown[] = []
    const watched = giving(() => ({ status: 200, finished: (error?: unknown) => errors.push(error) }))
    const response = await watched.respond(but(get(), { signal: undefined }))
    response.finished?.()
    expect(watched.found).toEqual(['server END-01'])
    expect(errors).toEqual([undefined])
  })

  it('REQ-01: the same request a second time', async () => {
    const watched = giving(() => ({ status: 204 }))
    const request = get()
    await watched.respond(request)
    expect(watched.found).toEqual([])
    await watched.respond(request)
    expect(watched.found).toEqual(['server REQ-01'])
  })

  it('says what was seen and what the specification asks for', async () => {
    const watched = giving(() => ({ status: 204 }))
    await watched.respond(but(get(), { query: '?c=d' }))
    expect(watched.violations).toEqual([
      {
        requirement: 'REQ-05',
        role: 'server',
        level: 'MUST',
        text: expect.stringContaining('is what follows the first'),
        detail: 'query is "?c=d", the target\'s is "c=d"',
        during: 'GET /a/b?c=d',
      },
    ])
  })
})
