import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from '@jest/globals'
import { createContext, createRequest as gatewayRequest } from '@nsgi/spec/testing'
import { fromFetch } from '../../src/from-fetch.ts'
import { lightParts } from '../../src/globals/light-response.ts'
import { replaceGlobals } from '../../src/globals/replacement.ts'
import { createRequest } from '../../src/request/fetch-request.ts'

const { Response: Platforms, Request: PlatformsRequest, fetch: platformsFetch } = globalThis
replaceGlobals()
afterAll(() => {
  Object.assign(globalThis, { Response: Platforms, Request: PlatformsRequest, fetch: platformsFetch })
  for (const platforms of [Platforms, PlatformsRequest]) platforms.prototype.constructor = platforms
})

type Given = ConstructorParameters<typeof Response>

const withCookies = (): Headers => {
  const headers = new Headers({ 'x-one': '1' })
  headers.append('set-cookie', 'a=1')
  headers.append('set-cookie', 'b=2, c')
  return headers
}
const light: Record<string, () => Given> = {
  'nothing at all': () => [],
  null: () => [null],
  text: () => ['grüße, 世界'],
  'an empty text': () => [''],
  'a status': () => ['missing', { status: 404 }],
  'a status without a body': () => [null, { status: 204 }],
  'a record': () => ['x', { headers: { 'X-Own': 'a', 'Content-Type': 'text/html', 'x-empty': '' } }],
  'a record with names that differ in case': () => ['x', { headers: { 'X-A': '1', 'x-a': '2' } }],
  'a record without a prototype': () => ['x', { headers: Object.assign(Object.create(null), { 'x-a': '1' }) }],
  pairs: () => [
    'x',
    {
      headers: [
        ['x-a', '1'],
        ['X-A', '2'],
        ['set-cookie', 'a'],
        ['set-cookie', 'b'],
      ],
    },
  ],
  Headers: () => [null, { headers: withCookies() }],
  'names that objects have': () => ['x', { headers: { constructor: 'c', tostring: 't' } }],
  'a latin1 value': () => ['x', { headers: { 'x-a': '\xe9' } }],
  'another Response for init': () => ['x', new Platforms('', { status: 201, headers: { 'x-a': '1' } })],
  'a light one for init': () => ['x', new Response('', { status: 201, headers: { 'x-a': '1' } })],
  'members that are undefined': () => [
    undefined,
    { status: undefined, headers: undefined, statusText: undefined } as never,
  ],
}
const real: Record<string, () => Given> = {
  bytes: () => [new Uint8Array([120])],
  'a stream': () => [new Platforms('streamed').body],
  'search parameters': () => [new URLSearchParams({ a: '1' })],
  'a number for a body': () => [7 as never],
  'a reason': () => ['x', { statusText: 'Fine' }],
  'a status as text': () => ['x', { status: '201' as never }],
  'a value to be trimmed': () => ['x', { headers: { 'x-a': ' padded\t' } }],
  'a number for a value': () => ['x', { headers: { 'x-a': 1 as never } }],
  'a field of the connection': () => ['x', { headers: { connection: 'close' } }],
  'a Map for fields': () => ['x', { headers: new Map([['x-a', '1']]) as never }],
}
const refused: Record<string, () => Given> = {
  'a status below 200': () => ['x', { status: 199 }],
  'a status above 599': () => ['x', { status: 600 }],
  'a status that is no integer': () => ['x', { status: Number.NaN }],
  'a body with a 204': () => ['', { status: 204 }],
  'a name that is none': () => ['x', { headers: { 'no name': '1' } }],
  'a line break in a value': () => ['x', { headers: { 'x-a': 'a\r\nb: c' } }],
  'a wide character in a value': () => ['x', { headers: { 'x-a': '世' } }],
  'a pair of three': () => ['x', { headers: [['x-a', '1', '2'] as never] }],
  'a symbol for a name': () => ['x', { headers: { [Symbol('x-a')]: '1' } as never }],
  'text for init': () => ['x', 'init' as never],
}

/** All that a Response says. */
async function told(response: Response): Promise<unknown> {
  const { status, statusText, ok, type, url, redirected, headers, bodyUsed } = response
  const isNull = response.clone().body === null
  const fields = [[...headers], headers.getSetCookie()]
  return [
    status,
    statusText,
    ok,
    type,
    url,
    redirected,
    bodyUsed,
    fields,
    isNull,
    await response.text(),
    response.bodyUsed,
  ]
}

describe('new Response()', () => {
  it.each(Object.entries(light))('of %s is light, and says what the platform has it say', async (_what, given) => {
    const response = new Response(...given())
    expect(lightParts(response)).toBeDefined()
    expect([response instanceof Response, response instanceof Platforms]).toEqual([true, true])
    expect(await told(response)).toEqual(await told(new Platforms(...given())))
  })

  it.each(Object.entries(real))("of %s is the platform's own", async (_what, given) => {
    const response = new Response(...given())
    expect(lightParts(response)).toBeUndefined()
    expect(response instanceof Response).toBe(true)
    expect(await told(response)).toEqual(await told(new Platforms(...given())))
  })

  it.each(Object.entries(refused))('of %s is refused as the platform refuses it', (_what, given) => {
    const refusal = (make: () => unknown): string => {
      try {
        make()
        return 'none'
      } catch (error) {
        return `${(error as Error).name}: ${(error as Error).message}`
      }
    }
    expect(refusal(() => new Response(...given()))).not.toBe('none')
    expect(refusal(() => new Response(...given()))).toBe(refusal(() => new Platforms(...given())))
  })

  it('has fields that may be changed, before and after it became a real one', async () => {
    const response = new Response('x', { headers: { 'x-a': '1' } })
    const { headers } = response
    headers.set('x-a', '2')
    expect(response.clone().headers.get('x-a')).toBe('2')
    headers.set('x-b', '3')
    headers.delete('x-a')
    expect(response.headers).toBe(headers)
    expect([...response.clone().headers]).toEqual([
      ['content-type', 'text/plain;charset=UTF-8'],
      ['x-b', '3'],
    ])
    expect(await new Response(response.body, response).text()).toBe('x')
  })

  it('may be kept and returned again: what is done to the fields of one response is in no other', async () => {
    const headers: [string, string][] = [
      ['set-cookie', 'a'],
      ['set-cookie', 'b'],
    ]
    const kept = new Response('x', { headers })
    const application = fromFetch(() => kept)
    const answer = async (): Promise<Record<string, unknown>> =>
      (await application(gatewayRequest(), createContext())).headers as Record<string, unknown>
    const first = await answer()
    ;(first['set-cookie'] as string[]).push('session=of-one-client')
    first['x-user'] = 'one client'
    const expected = { 'set-cookie': ['a', 'b'], 'content-type': 'text/plain;charset=UTF-8' }
    expect(await answer()).toEqual(expected)
    expect(kept.headers.getSetCookie()).toEqual(['a', 'b'])
  })

  it('does not see what becomes of the fields that it was given', () => {
    const headers = new Headers({ 'x-a': '1' })
    const response = new Response('x', { headers })
    headers.set('x-a', '2')
    expect(response.headers.get('x-a')).toBe('1')
  })

  it("leaves classes that extend it, its static methods and its inspection the platform's", async () => {
    class Mine extends Response {
      readonly mine = true
    }
    const mine = new Mine('mine', { status: 201 })
    expect([mine instanceof Mine, mine instanceof Response, mine.mine, mine.status]).toEqual([true, true, true, 201])
    expect(await mine.text()).toBe('mine')
    expect([Response.error().type, Response.redirect('http://x/', 302).status]).toEqual(['error', 302])
    expect(inspect(Response)).toContain('Response')
    expect([Response.json.length, Response.json.name]).toEqual([Platforms.json.length, Platforms.json.name])
    const made = [new Response('x'), new Response(new Uint8Array(1)), new Request('http://x/'), mine]
    expect(made.map(object => object.constructor)).toEqual([Response, Response, Request, Mine])
    expect(Object.keys(Response.prototype)).not.toContain('constructor')
  })

  it('is light as json(), and refuses there what the platform does', async () => {
    const init = { status: 201, headers: { 'x-a': '1' } }
    expect(lightParts(Response.json({ a: 'ü' }, init))).toBeDefined()
    expect(await told(Response.json({ a: 'ü' }, init))).toEqual(await told(Platforms.json({ a: 'ü' }, init)))
    expect(() => Response.json(undefined)).toThrow('not JSON serializable')
  })
})

describe('a lazy request', () => {
  const lazy = (): Request =>
    createRequest(gatewayRequest({ method: 'POST', headers: { 'x-own': '1' }, body: 'body' }), createContext())

  it('is taken by new Request(), by fetch and by Headers', async () => {
    expect(await new Request(lazy()).text()).toBe('body')
    expect(new Request('http://other/', lazy() as unknown as RequestInit).method).toBe('POST')
    expect(new Headers(lazy().headers).get('x-own')).toBe('1')
    class Mine extends Request {}
    expect(new Mine(lazy()) instanceof Mine).toBe(true)
    const server = createServer((req, res) => req.pipe(res.setHeader('x-seen', String(req.headers['x-own']))))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const request = createRequest(
      gatewayRequest({ method: 'POST', headers: { 'x-own': '1', host: `127.0.0.1:${port}` }, body: 'sent on' }),
      createContext(),
    )
    const response = await fetch(request)
    expect([response instanceof Response, response.headers.get('x-seen'), await response.text()]).toEqual([
      true,
      '1',
      'sent on',
    ])
    await new Promise(resolve => server.close(resolve))
  })

  it('aborts what it was given to when its client is lost', async () => {
    const client = new AbortController()
    const request = createRequest(gatewayRequest({ signal: client.signal }), createContext())
    const copy = new Request(request)
    client.abort(new Error('lost'))
    expect(copy.signal.aborted).toBe(true)
    await expect(fetch(request)).rejects.toThrow()
  })
})

it('replaces them once', () => {
  const { Response: replaced } = globalThis
  replaceGlobals()
  expect(globalThis.Response).toBe(replaced)
})
