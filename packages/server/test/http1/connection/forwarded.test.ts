// What a request looks like behind a proxy: REQ-16, REQ-17, REQ-18.
import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest } from '@nsgi/spec'
import { forwardedFields } from '../../../src/proxy/forwarded/forwarded-fields.ts'
import { connect, get, message } from '../../support/memory-client.ts'

/** The memory client's own address is 192.0.2.1. */
function behind(allowIps: readonly string[]) {
  const requests: GatewayRequest[] = []
  const forwarded = forwardedFields({
    allowIps,
    fields: ['x-forwarded-for', 'x-forwarded-host', 'forwarded', 'x-forwarded-prefix', 'script_name'],
    schemeFields: ['X-Forwarded-Proto=https'],
  })
  const client = connect(
    request => {
      requests.push(request)
      return { status: 204 }
    },
    { forwarded },
  )
  return { client, requests }
}

const FIELDS = ['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: shop.example']

describe('a request from a trusted proxy', () => {
  it('REQ-16, REQ-18: has the scheme, the authority and the client that the proxy vouches for', () => {
    const { client, requests } = behind(['192.0.2.1'])
    client.send(get('/a', ...FIELDS))
    const { scheme, authority, remote, local, headers, path } = requests[0] as GatewayRequest
    expect({ scheme, authority, remote, path }).toEqual({
      scheme: 'https',
      authority: 'shop.example',
      remote: { address: '203.0.113.9', port: null },
      path: '/a',
    })
    expect(local.address).toBe('192.0.2.2')
    expect(headers['host']).toBe('example.org')
    expect(headers['x-forwarded-for']).toBe('203.0.113.9')
  })

  it('REQ-24, REQ-25: has them at each read and through a derived object', () => {
    const { client, requests } = behind(['192.0.2.1'])
    client.send(get('/', ...FIELDS))
    const request = requests[0] as GatewayRequest
    const derived = Object.create(request) as GatewayRequest
    expect(derived.remote).toBe(request.remote)
    expect([derived.scheme, derived.authority]).toEqual([request.scheme, request.authority])
  })

  it('is told by its own fields, not by those of the request before on the same connection', () => {
    const { client, requests } = behind(['192.0.2.1'])
    client.send(get('/', ...FIELDS) + get('/') + get('/', 'X-Forwarded-For: 203.0.113.10'))
    expect(requests.map(({ scheme, remote }) => [scheme, remote.address])).toEqual([
      ['https', '203.0.113.9'],
      ['http', '192.0.2.1'],
      ['http', '203.0.113.10'],
    ])
  })

  it('REQ-06: has the vouched authority before that of an absolute-form target', () => {
    const { client, requests } = behind(['192.0.2.1'])
    client.send(message('GET http://inner/ HTTP/1.1', 'host: inner', 'x-forwarded-host: shop.example'))
    expect(requests[0]?.authority).toBe('shop.example')
  })

  it('is answered with 400 and never reaches the application when the fields contradict each other', () => {
    const { client, requests } = behind(['192.0.2.1'])
    const answer = client.send(get('/', ...FIELDS, 'X-Forwarded-Proto: http') + get('/')).output
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).not.toContain('204')
    expect(client.refusals.map(({ code }) => code)).toEqual(['FORWARDED_CONFLICT'])
    expect(requests).toEqual([])
  })

  it.each([
    // From the proxy, what it took off, and what the client had asked for.
    ['/users?q', '/api', '/api/users?q', '/users'],
    ['/', '/api', '/api/', '/'],
    ['/api/users', '/api', '/api/api/users', '/api/users'],
    ['//users', '/api', '/api//users', '//users'],
    ['http://a/users?q', '/api', 'http://a/api/users?q', '/users'],
    ['http://a', '/api', 'http://a/api/', '/'],
    ['http://a?q', '/api', 'http://a/api/?q', '/'],
    ['http://a?q/r', '/api', 'http://a/api/?q/r', '/'],
  ])('REQ-03, REQ-27: has what was taken off its path put back: %s, %s', (target, taken, whole, path) => {
    const { client, requests } = behind(['192.0.2.1'])
    client.send(message(`GET ${target} HTTP/1.1`, 'host: a', `x-forwarded-prefix: ${taken}`))
    expect(requests[0]).toMatchObject({ target: whole, mount: taken, path })
  })

  it('REQ-27: has both for a mount, what was taken off its path and what is in it', () => {
    const { client, requests } = behind(['192.0.2.1'])
    client.send(get('/api/users?q', 'x-forwarded-prefix: /shop', 'script_name: /api'))
    expect(requests[0]).toMatchObject({ target: '/shop/api/users?q', mount: '/shop/api', path: '/users', query: 'q' })
  })

  it('REQ-03: has no prefix put before what is no path', () => {
    const { client, requests } = behind(['192.0.2.1'])
    client.send(message('OPTIONS * HTTP/1.1', 'host: a', 'x-forwarded-prefix: /api'))
    client.send(message('CONNECT b:1 HTTP/1.1', 'host: b:1', 'x-forwarded-prefix: /api'))
    expect(requests.map(({ target, mount, path }) => [target, mount, path])).toEqual([
      ['*', '', '*'],
      ['b:1', '', ''],
    ])
  })

  it('is seen when its head comes a byte at a time', () => {
    const { client, requests } = behind(['192.0.2.1'])
    for (const byte of get('/', ...FIELDS)) client.send(byte)
    expect(requests[0]?.remote.address).toBe('203.0.113.9')
  })
})

it('REQ-17: forwarded fields of anybody else change nothing and stay as they are', () => {
  for (const allowIps of [['192.0.2.9'], []]) {
    const { client, requests } = behind(allowIps)
    client.send(get('/', ...FIELDS, 'X-Forwarded-Proto: http'))
    const { scheme, authority, remote, headers } = requests[0] as GatewayRequest
    expect([scheme, authority, remote.address]).toEqual(['http', 'example.org', '192.0.2.1'])
    expect(headers['x-forwarded-proto']).toBe('https, http')
  }
})
