// 100 Continue: sent at the first read of a body, at most once, and never when it is too late.
import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest } from '@nsgi/spec'
import { chunk, connect, connectTo, deferred, get, message, read } from '../../support/memory-client.ts'

const HEAD = message('POST / HTTP/1.1', 'host: a', 'content-length: 3', 'expect: 100-continue')
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

function begin(head = HEAD) {
  const response = deferred<{ status: number; body?: unknown }>()
  const { client, requests } = connectTo(response.promise, { status: 200, body: 'next' })
  client.send(head)
  const iterator = (requests[0] as GatewayRequest).body?.[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  return { client, requests, iterator, response }
}

describe('Expect: 100-continue', () => {
  it.each([
    ['of known length', HEAD, 'abc'],
    ['chunked', message('POST / HTTP/1.1', 'host: a', 'transfer-encoding: chunked', 'Expect: 100-Continue'), 'chunked'],
  ])('EXP-01, EXP-02: with a body %s, is answered at the first read and only then', async (_name, head, content) => {
    const { client, iterator, response } = begin(head)
    await client.settled()
    expect(client.take()).toBe('')
    const first = iterator.next()
    expect(client.take()).toBe(CONTINUE)
    client.send(content === 'abc' ? 'abc' : `${chunk('abc')}0\r\n\r\n`)
    expect((await first).value).toEqual(Buffer.from('abc'))
    expect((await iterator.next()).done).toBe(true)
    response.resolve({ status: 200, body: 'done' })
    client.send(get('/next'))
    await client.settled()
    expect(client.take()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]+done[\s\S]+next$/)
    expect(client.isClosed).toBe(false)
  })

  it('EXP-01: making the iterator is not reading', () => {
    const { client } = begin()
    expect(client.take()).toBe('')
  })

  it('EXP-02: is not answered again at later reads', async () => {
    const { client, iterator } = begin()
    void iterator.next()
    void iterator.next()
    expect(client.take()).toBe(CONTINUE)
  })

  it('EXP-02: is not answered twice when the application informed of it itself', async () => {
    const response = deferred<{ status: number }>()
    const client = connect(async request => {
      request.inform?.(100)
      await read(request)
      return response.promise
    })
    client.send(HEAD)
    await client.settled()
    expect(client.take()).toBe(CONTINUE)
  })

  it('EXP-02: is not answered when the body has begun to come by itself', async () => {
    const { client, iterator } = begin()
    client.send('a')
    expect((await iterator.next()).value).toEqual(Buffer.from('a'))
    void iterator.next()
    expect(client.take()).toBe('')
  })

  it('EXP-02: is not answered after the final head', async () => {
    const gate = deferred()
    async function* slow() {
      yield 'first'
      await gate.promise
    }
    const { client, iterator, response } = begin()
    response.resolve({ status: 200, body: slow() })
    await client.settled()
    expect(client.take()).toMatch(/^HTTP\/1\.1 200 /)
    void iterator.next()
    gate.resolve()
    await client.settled()
    expect(client.take()).not.toContain('100')
  })

  it('EXP-03: is ignored from HTTP/1.0', async () => {
    const { client, iterator } = begin(message('POST / HTTP/1.0', 'content-length: 3', 'expect: 100-continue'))
    const first = iterator.next()
    expect(client.take()).toBe('')
    client.send('abc')
    expect((await first).value).toEqual(Buffer.from('abc'))
  })

  it('EXP-04: a response without reading ends the connection: the body may come or not', async () => {
    for (const status of [200, 417, 401]) {
      const { client, requests } = connectTo({ status, body: 'no' })
      client.send(HEAD)
      await client.settled()
      expect(client.take()).toContain('\r\nconnection: close\r\n')
      expect(client.wire.calls).toEqual(['end'])
      client.send(`abc${get('/smuggled')}`)
      await client.settled()
      expect(requests).toHaveLength(1)
      expect(client.take()).toBe('')
    }
  })

  it('EXP-04: an unread body that has come whole does not end it', async () => {
    const { client, requests, response } = begin()
    client.send('abc')
    response.resolve({ status: 200 })
    client.send(get('/next'))
    await client.settled()
    expect(requests).toHaveLength(2)
    expect(client.isClosed).toBe(false)
  })

  it('is nothing to wait for without content', async () => {
    const { client, requests } = connectTo({ status: 204 })
    client.send(get('/', 'expect: 100-continue'), get('/next'))
    await client.settled()
    expect(requests).toHaveLength(2)
    expect(client.take()).not.toContain('100 Continue')
  })

  it('EXP-05: another expectation is refused with 417, but ignored from HTTP/1.0', async () => {
    const { client, requests } = connectTo({ status: 204 })
    client.send(message('POST / HTTP/1.0', 'expect: more', 'content-length: 0'))
    expect(requests).toHaveLength(1)
    expect(client.refusals).toEqual([])
    const refused = connectTo({ status: 204 })
    refused.client.send(get('/', 'expect: 100-continue, more'))
    expect(refused.client.take()).toMatch(/^HTTP\/1\.1 417 /)
    expect(refused.requests).toHaveLength(0)
  })
})
