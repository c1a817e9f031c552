import { describe, expect, it } from '@jest/globals'
import { type RequestShape, requestBytes } from '../../../adapters-node/test/support/behaviour.ts'
import {
  chunkedPost,
  inOneGo,
  lostInUpload,
  lostWhileSentTo,
  post,
  twiceWithCookies,
} from '../../../adapters-node/test/support/drives.ts'
import { expectAlike, expectSame, startPair } from '../../../adapters-node/test/support/pair.ts'
import { parseResponses, RawClient } from '../../../adapters-node/test/support/raw-client.ts'
import { nextId } from '../../../adapters-node/test/support/records.ts'
import { gatewayServers } from '../../../adapters-node/test/support/servers.ts'
import { koaSubject } from '../support/koa-subject.ts'

const gets = [
  ...['text', 'html', 'buffer', 'json', 'null', 'stream', 'late'].map(kind => `send/${kind}`),
  ...[200, 201, 204, 304, 404, 500].map(status => `status/${status}`),
  'redirect',
  'headers',
  'request?a=1&a=2',
  'raw',
  'events',
  'throws',
  'rejects',
  'throws/status',
  'throws/text',
  'static/data.txt',
  'static/missing',
  'session/a?b=c',
  'no/such/route',
  '%zz',
  'compress/json',
  'compress/stream',
  'compress/nothing',
]

const conditional: readonly (readonly [string, string])[] = [
  ['static/data.txt', 'Range: bytes=0-9'],
  ['static/data.txt', 'If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT'],
  ['headers', 'If-None-Match: "abc"'],
  ['request', 'X-Requested-With: XMLHttpRequest\r\nAccept-Language: de'],
  ['redirect', 'Accept: text/html'],
  ['throws/status', 'Accept: application/json'],
  ['compress/json', 'Accept-Encoding: gzip'],
  ['compress/stream', 'Accept-Encoding: gzip'],
  ['compress/stream', 'Accept-Encoding: br'],
  ['compress/nothing', 'Accept-Encoding: gzip'],
]

const posts: readonly (readonly [string, RequestShape])[] = [
  ['json', post('application/json', '{"a":{"b":[1,2]}}')],
  ['json', post('application/json', '{"a":')],
  ['json', post('text/plain', 'not json')],
  ['json', post('application/x-www-form-urlencoded', 'a=1&b[c]=2&d=%C3%BC')],
  ['json', post('application/json', JSON.stringify('j'.repeat(300_000)))],
  ['json', chunkedPost],
  ['limited', post('application/json', '{"longer":"than the limit"}')],
  ['limited', { ...chunkedPost, body: '1b\r\n{"longer":"than the limit"}\r\n0\r\n\r\n', recorded: false }],
  ['echo', post('text/plain', 'e'.repeat(300_000))],
  ['echo', chunkedPost],
  ['unread', post('text/plain', 'u'.repeat(100))],
]

describe.each(gatewayServers)('through fromKoa on $name, as on node:http', gateway => {
  describe.each(['Koa 3', 'Koa 2'] as const)('%s', version => {
    const pair = startPair(koaSubject(version), gateway)

    it.each(gets)('GET /%s', path => expectSame(pair, `/${path}`))
    it.each(gets)('HEAD /%s', path => expectSame(pair, `/${path}`, { method: 'HEAD' }))
    it.each(conditional)('GET /%s with %s', (path, fields) => expectSame(pair, `/${path}`, { fields: `${fields}\r\n` }))
    it.each(posts)('POST /%s %#', (path, shape) => expectSame(pair, `/${path}`, shape))
    it.each(['send/text', 'json', 'echo'])('OPTIONS and DELETE /%s', async path => {
      await expectSame(pair, `/${path}`, { method: 'OPTIONS' })
      await expectSame(pair, `/${path}`, { method: 'DELETE' })
    })

    it('a session counts across requests', () => expectAlike(pair, twiceWithCookies('/session')))

    it('a client that goes while it is being sent to', () => expectAlike(pair, lostWhileSentTo('/held', 'begun')))

    it.each(['json', 'echo'])('a client that goes during its upload to /%s', path =>
      expectAlike(pair, lostInUpload(`/${path}`, 'application/json')),
    )

    it('requests sent without waiting are answered in their order', () =>
      expectAlike(
        pair,
        inOneGo(['/events', '/send/json', '/static/data.txt', '/status/204', '/no/such', '/send/stream']),
      ))

    it('a stream that fails before it begins is what Koa makes of it: a 500 on Koa 2, no answer on Koa 3', () =>
      expectAlike(pair, inOneGo(['/stream/fails'])))

    // Natively the response to either stays open for ever, on Koa 3 to the first alone.
    it.each(['throws/behind-head', 'stream/fails-late'])('the response of /%s is cut off', async path => {
      const id = nextId()
      const client = await RawClient.connect(pair.adapted.port)
      client.send(requestBytes(`/${path}`, id))
      expect(parseResponses(await client.toEnd())).toMatchObject([{ body: 'begun', truncated: true }])
      const { res, notes } = await pair.adapted.records.of(id)
      expect(res.filter(event => event === 'finish' || event === 'close')).toEqual(['close'])
      expect(notes).toEqual({ failed: [expect.stringMatching(/too late|midway/), true] })
    })
  })
})
