import { describe, it } from '@jest/globals'
import { errors } from '../fixtures/errors.mjs'
import { requests } from '../fixtures/requests.mjs'
import { responses } from '../fixtures/responses.mjs'
import { nodeSubject } from '../support/node-subject.ts'
import { expectSame, startPair } from '../support/pair.ts'
import { gatewayServers } from '../support/servers.ts'

const bodies = {
  'of a known length': { method: 'POST', fields: 'Content-Length: 11\r\n', body: 'hello world' },
  chunked: { method: 'POST', fields: 'Transfer-Encoding: chunked\r\n', body: '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n' },
  'with trailers': {
    method: 'PUT',
    fields: 'Transfer-Encoding: chunked\r\nTrailer: x-sum\r\n',
    body: '2\r\nhi\r\n0\r\nx-sum: 1\r\nx-sum: 2\r\n\r\n',
  },
  'of length zero': { method: 'POST', fields: 'Content-Length: 0\r\n' },
  'after 100 Continue': { method: 'POST', fields: 'Expect: 100-continue\r\nContent-Length: 4\r\n', body: 'body' },
}

const duplicates = [
  'Accept: a\r\naccept: b\r\nX-Own: 1\r\nx-own: 2\r\n',
  'Cookie: a=1\r\nCookie: b=2\r\n',
  'User-Agent: one\r\nUser-Agent: two\r\nReferer: x\r\nReferer: y\r\nFrom: x\r\nFrom: y\r\n',
  'Set-Cookie: a\r\nSet-Cookie: b\r\nIf-Match: "1"\r\nIf-Match: "2"\r\n',
  'X-Latin: \xe9\r\nX-Empty:\r\nX-Spaces:   a b   \r\n__proto__: polluted\r\nconstructor: c\r\n',
]

describe.each(gatewayServers)('through fromNode on $name, as on node:http', gateway => {
  const pair = startPair(nodeSubject, gateway)

  it.each([...Object.keys(responses), ...Object.keys(errors), ...Object.keys(requests)])('%s', name =>
    expectSame(pair, name),
  )

  it.each(Object.keys(requests))('%s, with a query', name => expectSame(pair, name, { query: '?a=%20b&c' }))

  it.each(duplicates)('the headers, given %j', fields => expectSame(pair, 'the headers', { fields }))

  describe.each(Object.entries(bodies))('a request body %s', (_kind, shape) => {
    it.each(Object.keys(requests))('%s', name => expectSame(pair, name, shape))
  })

  describe('to HTTP/1.0', () => {
    it.each(['end a string', 'write and end', 'end nothing', 'a redirect', 'the headers'])('%s', name =>
      expectSame(pair, name, { version: '1.0' }),
    )
  })

  describe('to HEAD', () => {
    it.each([
      'a declared length, ended at once',
      'a declared length, written in parts',
      'a 304',
      'a 204',
      'several cookies',
    ])('%s', name => expectSame(pair, name, { method: 'HEAD' }))
  })
})
