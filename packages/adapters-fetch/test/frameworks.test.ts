// Hono and h3, unmodified, recognised by kirin, over real sockets.
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runKirin } from '../../adapters-node/test/support/servers.ts'

/** In the place of the platform's, for a whole process. */
const LIGHTER = { NODE_OPTIONS: `--import=${new URL('../dist/globals/register.js', import.meta.url).href}` }

function serves(module: string, env: NodeJS.ProcessEnv = {}): (path: string, init?: RequestInit) => Promise<Response> {
  let server: Awaited<ReturnType<typeof runKirin>>
  beforeAll(async () => {
    server = await runKirin(new URL(`fixtures/${module}`, import.meta.url), { env })
  })
  afterAll(() => server?.stop())
  return (path, init) => fetch(`http://127.0.0.1:${server.port}${path}`, { redirect: 'manual', ...init })
}

const post = (body: string | Uint8Array, type = 'application/json'): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'content-type': type },
})

describe.each([
  ["the platform's Request and Response", {}],
  ['lighter ones', LIGHTER],
])('a Hono application on kirin, with %s', (_which, env) => {
  const ask = serves('hono.mjs', env)
  const text = async (path: string, init?: RequestInit): Promise<string> => (await ask(path, init)).text()

  it('answers', async () => {
    const response = await ask('/')
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '4', 'hono'])
    expect(await text('/json/7?q=%C3%BC')).toBe('{"id":"7","query":"ü","worker":0}')
    expect(await text('/url?a=1')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/url\?a=1$/)
    expect(await text('/header', { headers: { 'x-own': 'mine' } })).toBe('mine')
    expect(JSON.parse(await text('/headers', { headers: { 'x-own': 'mine' } }))).toMatchObject({ 'x-own': 'mine' })
    expect((await ask('/missing')).status).toBe(404)
    expect((await ask('/throws')).status).toBe(500)
    expect((await ask('/redirect')).headers.get('location')).toBe('/')
    expect(await text('/mounted/deep')).toBe('GET /deep')
  })

  it('answers HEAD without a body', async () => {
    const response = await ask('/', { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('sets cookies on lines of their own', async () => {
    const response = await ask('/cookies', { headers: { cookie: 'seen=yes' } })
    expect([response.status, response.headers.getSetCookie()]).toEqual([204, ['a=yes; Path=/', 'b=2; Path=/']])
  })

  it('runs its middleware', async () => {
    const cors = await ask('/cors', { headers: { origin: 'http://shop.test' } })
    expect(cors.headers.get('access-control-allow-origin')).toBe('http://shop.test')
    const { headers } = await ask('/etag')
    expect((await ask('/etag', { headers: { 'if-none-match': headers.get('etag') as string } })).status).toBe(304)
    const compressed = await raw(await ask('/'), '/compressed', { 'accept-encoding': 'gzip' })
    expect(gunzipSync(compressed).toString()).toBe('z'.repeat(5000))
  })

  it('reads bodies', async () => {
    expect(await text('/json', post('{"a":"ü"}'))).toBe('{"a":"ü"}')
    expect((await ask('/json', post('{'))).status).toBe(500)
    expect(await text('/form', post('a=1&b=2', 'application/x-www-form-urlencoded'))).toBe('{"a":"1","b":"2"}')
    const form = new FormData()
    form.set('file', 'content')
    expect(await text('/form', { method: 'POST', body: form })).toBe('{"file":"content"}')
  })

  it('streams both ways', async () => {
    const bytes = Buffer.alloc(3_000_000, 'echo ')
    const echoed = await ask('/echo', post(bytes, 'application/octet-stream'))
    expect(Buffer.from(await echoed.arrayBuffer()).equals(bytes)).toBe(true)
    expect(await text('/events')).toBe('data: 0\n\ndata: 1\n\ndata: 2\n\n')
  })

  it('echoes before the upload has ended', async () => {
    const { port } = new URL((await ask('/')).url)
    const request = httpRequest({ port, method: 'POST', path: '/echo' })
    request.write('first')
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    const pieces = response[Symbol.asyncIterator]()
    expect(String((await pieces.next()).value)).toBe('first')
    request.end('last')
    expect([String((await pieces.next()).value), (await pieces.next()).done]).toEqual(['last', true])
  })

  it('learns of clients that are gone', async () => {
    const { port } = new URL((await ask('/')).url)
    const before = Number(await text('/lost'))
    for (const path of ['/endless', '/hang']) {
      const socket = connect(Number(port), '127.0.0.1')
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
      if (path === '/endless') await once(socket, 'data')
      else while ((await text('/waiting')) !== '1');
      socket.resetAndDestroy()
    }
    let lost = before
    while (lost < before + 2) lost = Number(await text('/lost'))
    expect(lost).toBe(before + 2)
  })
})

describe('an h3 application on kirin', () => {
  const ask = serves('h3.mjs')

  it('answers', async () => {
    expect(await (await ask('/')).text()).toBe('h3')
    expect(await (await ask('/json/7?q=1')).json()).toEqual({ id: '7', query: { q: '1' } })
    expect(await (await ask('/json', post('{"a":1}'))).json()).toEqual({ a: 1 })
    expect(await (await ask('/stream')).text()).toBe('onetwo')
    expect((await ask('/fails')).status).toBe(418)
    expect((await ask('/missing')).status).toBe(404)
  })
})

/** The bytes of a response as they were sent. */
async function raw({ url }: Response, path: string, headers: Record<string, string>): Promise<Buffer> {
  const request = httpRequest(new URL(path, url), { headers })
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return Buffer.concat(await response.toArray())
}
