// The reference judges the engine: here the RFC's own examples and rules judge the reference.
import { describe, expect, it } from '@jest/globals'
import { observeReference } from '../../src/reference/reference.ts'

const head = (line: string, ...fields: string[]): string => [line, ...fields, '', ''].join('\r\n')
const post = (...fields: string[]): string => head('POST / HTTP/1.1', 'Host: a', ...fields)
const outcome = (stream: string): string => {
  const { requests, end, reason } = observeReference(stream)
  return [...requests.map(({ method, body }) => (body === '' ? method : `${method} ${body}`)), reason || end].join(', ')
}

describe('the reference', () => {
  it.each([
    ['nothing', '', 'ended'],
    ['a request', post(), 'POST, ended'],
    ['an empty line before a request', `\r\n${post()}`, 'POST, ended'],
    ['too many of them', `\r\n\r\n\r\n${post()}`, 'request line'],
    ['two requests', post() + head('GET / HTTP/1.1', 'Host: a'), 'POST, GET, ended'],
    ['a body of known length', `${post('Content-Length: 2')}hi${post()}`, 'POST hi, POST, ended'],
    ['one that breaks off', `${post('Content-Length: 3')}hi`, 'POST hi, body broke off'],
    [
      'a chunked body (RFC 9112 §7.1)',
      `${post('Transfer-Encoding: chunked')}4;a="b\\"c"\r\nwiki\r\n0\r\nX: y\r\n\r\n${post()}`,
      'POST wiki, POST, ended',
    ],
    [
      'white space around a semicolon (§7.1.1)',
      `${post('Transfer-Encoding: chunked')}0 ; a = b\r\n\r\n`,
      'POST, ended',
    ],
    ['white space without one', `${post('Transfer-Encoding: chunked')}0 \r\n\r\n`, 'POST, chunk size'],
    ['close (§9.3)', post('Connection: keep-alive, Close') + post(), 'POST, closed'],
    ['HTTP/1.0', head('GET / HTTP/1.0') + post(), 'GET, closed'],
    ['HTTP/1.0 with keep-alive', head('GET / HTTP/1.0', 'Connection: Keep-Alive') + post(), 'GET, POST, ended'],
    ['CONNECT', head('CONNECT a:1 HTTP/1.1', 'Host: a:1') + post(), 'CONNECT, closed'],
    ['no Host (§3.2)', head('GET / HTTP/1.1'), 'host count'],
    ['two framings (§6.1)', post('Transfer-Encoding: chunked', 'Content-Length: 0'), 'both framings'],
    ['two lengths (§6.3)', post('Content-Length: 0', 'Content-Length: 0'), 'length'],
    ['chunked not last (§6.3)', post('Transfer-Encoding: chunked, gzip'), 'coding'],
    ['chunked on HTTP/1.0', head('POST / HTTP/1.0', 'Transfer-Encoding: chunked'), 'coding on HTTP/1.0'],
    ['a fold (§5.2)', post('A: b', ' c'), 'field line'],
    ['bare LF (§2.2)', 'GET / HTTP/1.1\nHost: a\n\n', 'request line'],
    ['a space before the colon (§5.1)', post('A : b'), 'field line'],
    ['two spaces (§3)', head('GET  / HTTP/1.1', 'Host: a'), 'request line'],
    ['a fragment (§3.2)', head('GET /#a HTTP/1.1', 'Host: a'), 'target'],
    ['the asterisk with GET (§3.2.4)', head('GET * HTTP/1.1', 'Host: a'), 'target'],
    ['another version (RFC 9110 §2.5)', head('GET / HTTP/2.0', 'Host: a'), 'version'],
  ])('reads %s as the RFC has it', (_name, stream, expected) => {
    expect(outcome(stream)).toBe(expected)
  })
})
