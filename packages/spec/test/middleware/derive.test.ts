import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest, GatewayResponse } from '../../src/index.ts'
import { derive } from '../../src/middleware/index.ts'
import { collectText, createRequest } from '../../src/testing/index.ts'

const state: unique symbol = Symbol('state')

/** A request as a server makes it: members computed at first read from state that is shared, not kept on `this`. */
class LazyRequest {
  readonly [state] = { head: 'GET /deep?x=1', computed: 0, controller: undefined as AbortController | undefined }

  get path(): string {
    this[state].computed++
    return this[state].head.slice(4, this[state].head.indexOf('?'))
  }

  get signal(): AbortSignal {
    this[state].controller ??= new AbortController()
    return this[state].controller.signal
  }
}

declare module '../../src/index.ts' {
  interface GatewayRequest {
    readonly 'test.merged'?: string
  }
}

describe('derive', () => {
  it('answers with the overrides and, for the rest, as the original does', () => {
    const request = createRequest({ target: '/a?b=c', headers: { accept: 'text/html' } })
    const derived = derive(request, { path: '/z', 'session.id': 7 })
    expect([derived.path, derived.query, derived.headers, derived['session.id']]).toEqual([
      '/z',
      'b=c',
      request.headers,
      7,
    ])
  })

  it('does not touch the original', () => {
    const request = Object.freeze(createRequest({ path: '/a' }))
    derive(request, { path: '/z', 'session.id': 7 })
    expect(request.path).toBe('/a')
    expect('session.id' in request).toBe(false)
  })

  it('takes symbols and accessors, and computes an accessor only when it is read', () => {
    const user = Symbol('user')
    let computed = 0
    const derived = derive(createRequest(), {
      get [user]() {
        computed++
        return 'ada'
      },
    })
    expect(computed).toBe(0)
    expect(derived[user]).toBe('ada')
    expect(computed).toBe(1)
  })

  it('leaves the lazy members of a server request lazy, and shares what they compute', () => {
    const request = new LazyRequest()
    const derived = derive(derive(request as unknown as GatewayRequest, { mount: '/m' }), { 'a.b': 1 })
    expect(request[state].computed).toBe(0)
    expect(derived.path).toBe('/deep')
    expect(derived.signal).toBe(request.signal)
  })

  it('shares the single use of the body', async () => {
    const request = createRequest({ body: 'once' })
    expect(await collectText(derive(request, { path: '/z' }).body)).toBe('once')
    await expect(collectText(request.body)).rejects.toMatchObject({ code: 'NSGI_BODY_USED' })
  })

  it('can hide a member by overriding it with undefined', () => {
    const derived = derive(createRequest({ upgrade: 'websocket' }), { upgrade: undefined })
    expect(derived.upgrade).toBeUndefined()
  })

  it('derives responses, unknown fields included', () => {
    const response = { status: 200, headers: { a: '1' }, 'x.later': true } as GatewayResponse
    const derived = derive(response, { headers: { ...response.headers, b: '2' } })
    expect(derived.status).toBe(200)
    expect(derived.headers).toEqual({ a: '1', b: '2' })
    expect('x.later' in derived).toBe(true)
    expect(response.headers).toEqual({ a: '1' })
  })

  it('is typed: reserved names and wrong values do not compile', () => {
    const request = createRequest()
    // @ts-expect-error a name without a dot is reserved
    derive(request, { session: 1 })
    // @ts-expect-error path is a string
    derive(request, { path: 1 })
    expect(derive(request, { 'session.id': 'x' })['session.id'].length).toBe(1)
    // Merged into the interface, as the README says: readable wherever a request is.
    const merged: string | undefined = request['test.merged']
    expect(merged).toBeUndefined()
  })
})
