import { describe, it } from '@jest/globals'
import type { RequestShape } from '../../../adapters-node/test/support/behaviour.ts'
import {
  chunkedPost,
  inOneGo,
  lostInUpload,
  lostWhileSentTo,
  post,
  untilClosed,
} from '../../../adapters-node/test/support/drives.ts'
import { expectAlike, expectSame, startPair } from '../../../adapters-node/test/support/pair.ts'
import { gatewayServers } from '../../../adapters-node/test/support/servers.ts'
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

const posts: readonly (readonly [string, RequestShape])[] = [
  ['json', post('application/json', '{"a":{"b":[1,2]}}')],
  ['json', post('application/json', '{"a":')],
  ['json', post('application/json', '')],
  ['json', post('text/plain', 'text')],
  ['json', post('image/png', 'of no known type')],
  ['json', post('application/json', JSON.stringify('j'.repeat(300_000)))],
  ['json', chunkedPost],
  ['echo', post('application/x-raw', 'e'.repeat(300_000))],
  ['unread', post('application/x-raw', 'u'.repeat(100))],
]

describe.each(gatewayServers)('through fromFastify on $name, as on node:http', gateway => {
  describe.each(['Fastify 5', 'Fastify 4'] as const)('%s', version => {
    const pair = startPair(fastifySubject(version), gateway)

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

    it('a client that goes while it is being sent to', () => expectAlike(pair, lostWhileSentTo('/held', 'begun')))

    it.each([
      ['json', 'application/json'],
      ['echo', 'application/x-raw'],
    ])('a client that goes during its upload to /%s', (path, type) => expectAlike(pair, lostInUpload(`/${path}`, type)))

    it('requests sent without waiting are answered in their order', () =>
      expectAlike(pair, inOneGo(['/send/late', '/send/json', '/status/204', '/no/such', '/send/stream'])))

    it('a stream that fails after it has begun', () => expectAlike(pair, untilClosed('/stream/fails-late')))

    it('a stream that fails before it begins', () => expectSame(pair, '/stream/fails'))
  })
})
