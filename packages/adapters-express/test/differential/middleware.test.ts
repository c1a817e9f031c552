import { describe, it } from '@jest/globals'
import type { RequestShape } from '../../../adapters-node/test/support/behaviour.ts'
import {
  chunkedPost,
  getOnce,
  inOneGo,
  lostInUpload,
  lostWhileSentTo,
  post,
  twiceWithCookies,
} from '../../../adapters-node/test/support/drives.ts'
import { expectAlike, expectSame, startPair } from '../../../adapters-node/test/support/pair.ts'
import { gatewayServers } from '../../../adapters-node/test/support/servers.ts'
import { expressSubject } from '../support/express-subject.ts'

const boundary = 'b0undary'

function multipart(size: number): RequestShape {
  const part = (head: string, body: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`
  const file = 'name="file"; filename="a.bin"\r\nContent-Type: application/octet-stream'
  const body = `${part('name="note"', 'hi')}${part(file, 'x'.repeat(size))}--${boundary}--\r\n`
  return post(`multipart/form-data; boundary=${boundary}`, body)
}

const gets = [
  ...['text', 'html', 'buffer', 'json', 'jsonp?callback=f', 'nothing'].map(kind => `send/${kind}`),
  ...[200, 201, 204, 205, 304, 404, 500].map(status => `status/${status}`),
  'redirect',
  'headers',
  'format',
  'request?a=1&a=2&b[c]=3',
  'file',
  'file/missing',
  'download',
  'events',
  'csv',
  'throws',
  'next',
  'no/such/route',
  '%zz',
  'helmet',
  'response-time',
  'on-headers',
  'on-headers/write',
  'on-headers/head',
  'on-finished',
  'static/data.txt',
  'static/missing',
  'static/',
  'static',
  'mounted/who?x=1',
  'mounted/throws',
  'mounted/deeper',
  'mounted/by-hand',
  'compression/json',
  'compression/stream',
  'compression/flush',
  'compression/nothing',
]

const conditional: readonly (readonly [string, string])[] = [
  ['static/data.txt', 'Range: bytes=0-9'],
  ['static/data.txt', 'Range: bytes=-5'],
  ['static/data.txt', 'Range: bytes=5-'],
  ['static/data.txt', 'Range: bytes=99999-'],
  ['static/data.txt', 'Range: bytes=0-1,4-5'],
  ['static/data.txt', 'If-None-Match: *'],
  ['static/data.txt', 'If-Match: "other"'],
  ['file', 'Range: bytes=3-7'],
  ['send/text', 'If-None-Match: W/"4-NyMzz8Hdt9W3dZqhGGJ4XIOr1Bs"'],
  ['format', 'Accept: application/json'],
  ['request', 'X-Forwarded-For: 1.2.3.4\r\nX-Requested-With: XMLHttpRequest\r\nReferer: http://r/'],
  ['compression/json', 'Accept-Encoding: gzip'],
  ['compression/stream', 'Accept-Encoding: gzip'],
  ['compression/stream', 'Accept-Encoding: br'],
  ['compression/flush', 'Accept-Encoding: gzip'],
  ['compression/nothing', 'Accept-Encoding: gzip'],
]

const posts: readonly (readonly [string, RequestShape])[] = [
  ['json', post('application/json', '{"a":{"b":[1,2]}}')],
  ['json', post('application/json', '{"a":')],
  ['json', post('application/json; charset=utf-16', '{}')],
  ['json', post('text/plain', 'not json')],
  ['json', chunkedPost],
  ['form', post('application/x-www-form-urlencoded', 'a=1&b[c]=2&d=%C3%BC')],
  ['text', post('text/plain', 'short')],
  ['text', post('text/plain', 'longer than the limit')],
  ['raw', post('application/octet-stream', 'r'.repeat(3_000_000))],
  ['upload', multipart(10)],
  ['upload', multipart(1_500_000)],
  ['echo', post('text/plain', 'e'.repeat(300_000))],
  ['mounted/by-hand', post('application/json', '{"by":"hand"}')],
]

describe.each(gatewayServers)('through fromExpress on $name, as on node:http', gateway => {
  describe.each(['Express 5', 'Express 4'] as const)('%s', version => {
    const pair = startPair(expressSubject(version), gateway)

    it.each(gets)('GET /%s', path => expectSame(pair, `/${path}`))
    it.each(gets.filter(path => path !== 'events'))('HEAD /%s', path =>
      expectSame(pair, `/${path}`, { method: 'HEAD' }),
    )
    it.each(conditional)('GET /%s with %s', (path, fields) => expectSame(pair, `/${path}`, { fields: `${fields}\r\n` }))
    it.each(posts)('POST /%s %#', (path, shape) => expectSame(pair, `/${path}`, shape))
    it.each(['send/text', 'static/data.txt', 'json', 'echo'])('OPTIONS and DELETE /%s', async path => {
      await expectSame(pair, `/${path}`, { method: 'OPTIONS' })
      await expectSame(pair, `/${path}`, { method: 'DELETE' })
    })
    it('a rejected async handler', () =>
      version === 'Express 5' ? expectSame(pair, '/rejects') : expectSame(pair, '/throws'))
    it('a handler that throws after it has begun to write', () => expectSame(pair, '/throws/late'))

    it.each(['cookie-session', 'session'])('%s counts across requests', path =>
      expectAlike(pair, twiceWithCookies(`/${path}`)),
    )

    it('a client that goes while it is being sent to', () => expectAlike(pair, lostWhileSentTo('/held', 'begun')))

    it.each([
      ['raw', 'application/octet-stream'],
      ['json', 'application/json'],
      ['upload', `multipart/form-data; boundary=${boundary}`],
    ])('a client that goes during its upload to /%s', (path, type) =>
      expectAlike(pair, lostInUpload(`/${path}`, type, `--${boundary}\r\n`)),
    )

    it('requests sent without waiting are answered in their order', () =>
      expectAlike(pair, inOneGo(['/events', '/send/json', '/static/data.txt', '/status/204', '/no/such', '/csv'])))

    it('morgan logs what was sent', () =>
      expectAlike(pair, async server => {
        await getOnce(server, '/morgan/a?b=c')
        await getOnce(server, '/morgan/d')
        return (await getOnce(server, '/morgan/lines')).body
      }))
  })
})
