import { METHODS } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import { DEFAULT_LIMITS } from '../../src/exchange/limits.ts'
import { RequestParser } from '../../src/http1/parser.ts'
import type { RequestHead } from '../../src/http1/request-head.ts'

function headOf(line: string, ...fields: readonly string[]): RequestHead {
  const parser = new RequestParser(DEFAULT_LIMITS, () => undefined)
  const start = line.endsWith('HTTP/1.0') ? line : `${line} HTTP/1.1`
  const bytes = Buffer.from([start, 'Host: own.example', ...fields, '', ''].join('\r\n'))
  expect(parser.parseHead(bytes, 0, bytes.length)).toBe('done')
  parser.release()
  return parser.head as RequestHead
}

describe('the head of a request', () => {
  it.each([
    ['GET /', '/', '', 'own.example'],
    ['GET /a/b?c=d', '/a/b', 'c=d', 'own.example'],
    ['GET /a?', '/a', '', 'own.example'],
    ['GET /a?b?c', '/a', 'b?c', 'own.example'],
    ['GET /?http://x/', '/', 'http://x/', 'own.example'],
    ['GET //double//slash/../%2e%2E/%2F', '//double//slash/../%2e%2E/%2F', '', 'own.example'],
    ['GET http://other.example:81/a?b', '/a', 'b', 'other.example:81'],
    ['GET http://other.example', '/', '', 'other.example'],
    ['GET http://other.example?b/c', '/', 'b/c', 'other.example'],
    ['GET http://[::1]:80/x', '/x', '', '[::1]:80'],
    ['OPTIONS http://other.example', '*', '', 'other.example'],
    ['OPTIONS http://other.example?b', '/', 'b', 'other.example'],
    ['OPTIONS *', '*', '', 'own.example'],
    ['CONNECT other.example:443', '', '', 'other.example:443'],
  ])('splits %s (REQ-03 to REQ-06, REQ-18)', (line, path, query, authority) => {
    const head = headOf(line)
    expect(head.target).toBe(line.slice(line.indexOf(' ') + 1))
    expect({ path: head.path, query: head.query, authority: head.authority }).toEqual({ path, query, authority })
    // In the other order too: each member is cut by itself.
    const again = headOf(line)
    expect([again.authority, again.query, again.path]).toEqual([authority, query, path])
  })

  it('gives the same objects at each read (REQ-24)', () => {
    const head = headOf('GET /')
    expect(head.headers).toBe(head.headers)
    expect(head.rawHeaders).toBe(head.rawHeaders)
  })

  // llhttp's list is node's; what it does not know never becomes a head.
  it.each(METHODS)('names the method %s (REQ-02)', method => {
    expect(headOf(`${method} ${method === 'CONNECT' ? 'a:1' : '/'}`).method).toBe(method)
  })

  it('knows HEAD from methods that begin like it', () => {
    expect(headOf('HEAD /').isMethod('HEAD')).toBe(true)
    expect(headOf('GET /').isMethod('HEAD')).toBe(false)
    expect(headOf('CONNECT a:1').isMethod('CONNECT')).toBe(true)
    expect(headOf('COPY /').isMethod('CONNECT')).toBe(false)
  })

  it.each([
    ['GET / HTTP/1.0', [], false],
    ['GET / HTTP/1.0', ['Connection: Keep-Alive'], true],
    ['GET / HTTP/1.0', ['Connection: keep-alive, Close'], false],
    ['GET / HTTP/1.0', ['Connection: keep-alive', 'Connection: close'], false],
    ['GET / HTTP/1.0', ['Connection: keep-alive, closet'], true],
    ['GET /', [], true],
    ['GET /', ['Connection: keep-alive, close'], false],
    ['GET /', ['Connection: x, close'], false],
  ])('knows whether the client lets the connection go on: %s, %s (RFC 9112 §9.3)', (line, fields, expected) => {
    expect(headOf(line, ...fields).facts.keepAlive).toBe(expected)
  })
})
