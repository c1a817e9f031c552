import { describe, expect, it } from '@jest/globals'
import { type RequestShape, requestBytes } from '../../../adapters-node/test/support/behaviour.ts'
import { comparable } from '../../../adapters-node/test/support/comparable.ts'
import { expectSame, startPair } from '../../../adapters-node/test/support/pair.ts'
import { parseResponses, RawClient } from '../../../adapters-node/test/support/raw-client.ts'
import { nextId } from '../../../adapters-node/test/support/records.ts'
import { gatewayServers, type RunningServer } from '../../../adapters-node/test/support/servers.ts'
import { fastifySubject } from '../support/fastify-subject.ts'

const gets = [
  ...['text', 'buffer', 'json', 'nothing', 'late', 'stream'].map(kind => `send/${kind}`),
  ...[200, 201, 204, 304, 404, 500].map(status => `status/${status}`),
  'serialised',
  'redirect',
  'headers',
  'request?a=1&a=2',
  'raw',
  'hints',
  'trailer',
  'hooked',
  'throws',
  'rejects',
  'validated',
  'validated?a=1',
  'no/such/route',
]

/** The server drops the length of a 204; Fastify fails at trailers for HEAD, and a destroyed response is a 500 here; `raw` writes a body. */
const notToHead = new Set(['status/204', 'trailer', 'raw'])

const withPlugins: readonly (readonly [string, RequestShape])[] = [
  ['static/data.txt', {}],
  ['static/data.txt', { fields: 'Range: bytes=0-9\r\n' }],
  ['static/data.txt', { fields: 'If-None-Match: *\r\n' }],
  ['static/missing', {}],
  ['static/data.txt', { method: 'HEAD' }],
  ['cookies', { fields: 'Cookie: seen=3\r\n' }],
  ['cookies', { fields: 'Origin: http://shop.test\r\n' }],
  ['compressed', {}],
  ['compressed', { fields: 'Accept-Encoding: gzip\r\n' }],
  ['upload', multipart(10)],
  ['upload', multipart(90_000)],
  ['upload', { ...multipart(200_000), recorded: false }],
]

function multipart(size: number): RequestShape {
  const head = '--bound\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
  return post('multipart/form-data; boundary=bound', `${head}${'x'.repeat(size)}\r\n--bound--\r\n`)
}

function post(type: string, body: string): RequestShape {
  return { method: 'POST', fields: `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n`, body }
}

const chunked: RequestShape = {
  method: 'POST',
  fields: 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n',
  body: '3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n',
}

const posts: readonly (readonly [string, RequestShape])[] = [
  ['json', post('application/json', '{"a":{"b":[1,2]}}')],
  ['json', post('application/json', '{"a":')],
  ['json', post('application/json', '')],
  ['json', post('text/plain', 'text')],
  ['json', post('image/png', 'of no known type')],
  ['json', post('application/json', JSON.stringify('j'.repeat(300_000)))],
  ['json', chunked],
  ['echo', post('application/x-raw', 'e'.repeat(300_000))],
  ['unread', post('application/x-raw', 'u'.repeat(100))],
]

describe.each(gatewayServers)('through fromFastify on $name, as on node:http', gateway => {
  describe.each(['Fastify 5', 'Fastify 4'] as const)('%s', version => {
    const pair = startPair(fastifySubject(version), gateway)

    async function expectAlike<T>(drive: (server: RunningServer) => Promise<T>): Promise<void> {
      const native = await drive(pair.native)
      expect(await drive(pair.adapted)).toEqual(native)
    }

    it.each(gets)('GET /%s', path => expectSame(pair, `/${path}`))
    it.each(gets.filter(path => !notToHead.has(path)))('HEAD /%s', path =>
      expectSame(pair, `/${path}`, { method: 'HEAD' }),
    )
    it.each(posts)('POST /%s %#', (path, shape) => expectSame(pair, `/${path}`, shape))
    // No hook sees it.
    it('a path that cannot be decoded', () => expectSame(pair, '/%zz', { recorded: false }))
    it('OPTIONS and DELETE', async () => {
      await expectSame(pair, '/send/text', { method: 'OPTIONS' })
      await expectSame(pair, '/json', { method: 'DELETE' })
    })

    if (version === 'Fastify 5') {
      it.each(withPlugins)('its plugins: /%s %#', (path, shape) => expectSame(pair, `/${path}`, shape))
    }

    it('a client that goes while it is being sent to', () =>
      expectAlike(async server => {
        const id = nextId()
        const client = await RawClient.connect(server.port)
        client.send(requestBytes('/held', id))
        await client.seen('begun')
        client.reset()
        return server.records.of(id)
      }))

    it.each(['application/json', 'application/x-raw'])('a client that goes during its upload of %s', type =>
      expectAlike(async server => {
        const id = nextId()
        const client = await RawClient.connect(server.port)
        const path = type === 'application/json' ? '/json' : '/echo'
        const fields = `Content-Type: ${type}\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n`
        client.send(requestBytes(path, id, { method: 'POST', fields }))
        await client.seen('100 Continue')
        // All that was sent has been read by now: a reset that arrives together with bytes looks like an end.
        client.reset()
        return server.records.of(id)
      }),
    )

    it('requests sent without waiting are answered in their order', () =>
      expectAlike(async server => {
        const client = await RawClient.connect(server.port)
        const paths = ['/send/late', '/send/json', '/status/204', '/no/such', '/send/stream']
        const last = paths.length - 1
        client.send(
          paths
            .map((path, i) => requestBytes(path, nextId(), i === last ? { fields: 'Connection: close\r\n' } : {}))
            .join(''),
        )
        return parseResponses(await client.toEnd()).map(comparable)
      }))

    it('a stream that fails after it has begun', () =>
      expectAlike(async server => {
        const client = await RawClient.connect(server.port)
        client.send(requestBytes('/stream/fails-late', nextId()))
        return parseResponses(await client.toEnd()).map(comparable)
      }))

    it('a stream that fails before it begins', () => expectSame(pair, '/stream/fails'))
  })
})
