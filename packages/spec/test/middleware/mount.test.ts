import { describe, expect, it } from '@jest/globals'
import { array, assert, asyncProperty, stringMatching, uniqueArray } from 'fast-check'
import type { Application } from '../../src/index.ts'
import { mount } from '../../src/middleware/index.ts'
import { call, createContext, createRequest, type RequestInit } from '../../src/testing/index.ts'

/** Tells which application was reached, and what it saw. */
const seen =
  (name: string): Application =>
  request => ({ status: 200, body: JSON.stringify([name, request.mount, request.path]) })

async function route(application: Application, request: RequestInit): Promise<unknown> {
  const { status, text } = await call(application, request)
  return status === 200 ? JSON.parse(text) : status
}

describe('mount', () => {
  const site = mount({ '/api': seen('api'), '/api/v2': seen('v2'), '/files': seen('files') })

  it.each([
    ['/api', ['api', '/api', '']],
    ['/api/', ['api', '/api', '/']],
    ['/api/users', ['api', '/api', '/users']],
    ['/api/v2', ['v2', '/api/v2', '']],
    ['/api/v2/users', ['v2', '/api/v2', '/users']],
    ['/api/v20', ['api', '/api', '/v20']],
    ['/apiary', 404],
    ['/ap', 404],
    ['/', 404],
    ['//api', 404],
    ['/API', 404],
  ])('moves the longest prefix of whole segments from the path: %s', async (target, expected) => {
    expect(await route(site, { target })).toEqual(expected)
  })

  it.each([
    ['/%61pi', 404],
    ['/api%2Fv2', 404],
    ['/api/%76%32', ['api', '/api', '/%76%32']],
    ['/api/../files', ['api', '/api', '/../files']],
    ['/api//v2', ['api', '/api', '//v2']],
  ])('never decodes or normalises: %s', async (target, expected) => {
    expect(await route(site, { target })).toEqual(expected)
  })

  it('leaves the query and the target as they are', async () => {
    const application = mount('/api', request => ({ status: 200, body: `${request.target} ${request.query}` }))
    expect((await call(application, { target: '/api/x?y=/api' })).text).toBe('/api/x?y=/api y=/api')
  })

  it('answers what no prefix matches with a plain 404, fresh each time', async () => {
    const first = await call(site, { target: '/nothing' })
    expect(first).toMatchObject({ status: 404, text: 'Not Found\n' })
    expect(first.headers).toEqual({ 'content-type': 'text/plain; charset=utf-8' })
    expect((await call(site, { target: '/nothing' })).headers).not.toBe(first.headers)
  })

  it('takes "/" as everything else, and hands the request on as it is', async () => {
    const application = mount({ '/': seen('rest'), '/api': seen('api') })
    expect(await route(application, { target: '/apiary' })).toEqual(['rest', '', '/apiary'])
    expect(await route(application, { target: '/api/x' })).toEqual(['api', '/api', '/x'])
  })

  it('nests, also for a request for exactly the outer prefix', async () => {
    const inner = mount({ '/v1': seen('v1'), '/': seen('root') })
    const outer = mount('/api', inner)
    expect(await route(outer, { target: '/api/v1/x' })).toEqual(['v1', '/api/v1', '/x'])
    expect(await route(outer, { target: '/api' })).toEqual(['root', '/api', ''])
  })

  it('matches neither OPTIONS * nor CONNECT, not even with "/"', async () => {
    const application = mount({ '/': seen('rest') })
    expect(await route(application, { method: 'OPTIONS', target: '*' })).toBe(404)
    expect(await route(application, { method: 'CONNECT', target: 'example.org:443' })).toBe(404)
  })

  it('routes an extended CONNECT, which has a path', async () => {
    const request = { ...createRequest(), method: 'CONNECT', path: '/api/socket', httpVersion: '2' as const }
    const response = await site(request, createContext())
    expect(JSON.parse(response.body as string)).toEqual(['api', '/api', '/socket'])
  })

  it.each([['api'], ['/api/'], ['/a b'], ['/a?b'], ['/a#b'], ['/ä€'], ['//']])(
    'refuses a prefix that can never match: %s',
    prefix => {
      expect(() => mount(prefix, seen('x'))).toThrow(TypeError)
    },
  )

  it('refuses an application that is no function, and "/" beside ""', () => {
    expect(() => mount('/api', undefined as unknown as Application)).toThrow('not a function')
    expect(() => mount({ '': seen('a'), '/': seen('b') })).toThrow('same prefix')
  })

  it('keeps mount + path equal to the whole path, whatever the path and the prefixes', async () => {
    const segment = stringMatching(/^[a-c%2F.]{0,3}$/)
    const path = array(segment, { minLength: 1, maxLength: 5 }).map(parts => `/${parts.join('/')}`)
    const prefixes = uniqueArray(
      path.filter(prefix => !prefix.endsWith('/')),
      { minLength: 1, maxLength: 4 },
    )
    await assert(
      asyncProperty(prefixes, path, async (mounted, target) => {
        const application = mount(Object.fromEntries(mounted.map(prefix => [prefix, seen(prefix)])))
        const outcome = await route(application, { target })
        const longest = mounted
          .filter(prefix => target === prefix || target.startsWith(`${prefix}/`))
          .toSorted((a, b) => b.length - a.length)[0]
        expect(outcome).toEqual(longest === undefined ? 404 : [longest, longest, target.slice(longest.length)])
      }),
    )
  })
})
