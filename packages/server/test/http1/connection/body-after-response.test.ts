// A body that goes on after the response, and reading that stops and goes on.
import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest } from '@nsgi/spec'
import { BODY_HIGH_WATER } from '../../../src/exchange/limits.ts'
import { chunk, connect, connectTo, deferred, get, message, post, postChunked } from '../../support/memory-client.ts'

const KIB = 1024
const upload = (length: number): string => message('POST / HTTP/1.1', 'host: a', `content-length: ${length}`)

function iterate(request: GatewayRequest): AsyncIterator<Uint8Array> {
  return (request.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
}

describe('a body that is read on after the response', () => {
  it('BOD-11: goes on to its end, then the next request is taken', async () => {
    let iterator: AsyncIterator<Uint8Array> | undefined
    const client = connect(request => {
      if (request.body === null) return { status: 200, body: 'next' }
      iterator = iterate(request)
      return { status: 200, body: 'early' }
    })
    client.send(upload(6), 'abc')
    expect(client.take()).toMatch(/early$/)
    expect((await iterator?.next())?.value).toEqual(Buffer.from('abc'))
    client.send(`def${get()}`)
    expect((await iterator?.next())?.value).toEqual(Buffer.from('def'))
    expect((await iterator?.next())?.done).toBe(true)
    expect(client.take()).toMatch(/next$/)
    expect(client.isClosed).toBe(false)
  })

  it('BOD-07: rejects later when nobody had begun to read it: it was thrown away', async () => {
    const { client, requests } = connectTo({ status: 200, body: 'early' }, { status: 200, body: 'next' })
    client.send(upload(6), 'abc', `def${get('/next')}`)
    expect(client.take()).toMatch(/early[\s\S]+next$/)
    await expect(iterate(requests[0] as GatewayRequest).next()).rejects.toMatchObject({ code: 'KIRIN_BODY_TRUNCATED' })
  })

  it('BOD-11: can be streamed back as it comes', async () => {
    const client = connect(request => ({ status: 200, body: request.body }))
    client.send(postChunked())
    await client.settled()
    for (const piece of ['one', 'two']) {
      client.send(chunk(piece))
      await client.settled()
      expect(client.take()).toContain(chunk(piece))
    }
    client.send(`0\r\n\r\n${get()}`)
    await client.settled()
    expect(client.take()).toMatch(/^0\r\n\r\nHTTP\/1\.1 200 /)
  })

  it('BOD-11: is read on behind a response that ends the connection', async () => {
    let iterator: AsyncIterator<Uint8Array> | undefined
    const client = connect(request => {
      iterator = iterate(request)
      return { status: 200, headers: { connection: 'close' }, body: 'bye' }
    })
    client.send(upload(6), 'abc')
    expect(client.wire.calls).toEqual(['end'])
    client.send(`def${get('/never')}`)
    const all = [await iterator?.next(), await iterator?.next(), await iterator?.next()]
    expect(all.map(step => step?.done)).toEqual([false, false, true])
    await client.settled()
    expect(client.take()).toMatch(/bye$/)
  })

  it('BOD-07: rejects as what it is when it breaks off or is malformed then', async () => {
    for (const [then, code] of [
      ['FIN', 'KIRIN_BODY_TRUNCATED'],
      ['zz\r\n', 'KIRIN_BODY_MALFORMED'],
    ] as const) {
      let iterator: AsyncIterator<Uint8Array> | undefined
      const client = connect(request => {
        iterator = iterate(request)
        return { status: 200, body: 'early' }
      })
      client.send(postChunked() + chunk('abc'))
      await iterator?.next()
      const next = iterator?.next()
      if (then === 'FIN') client.end()
      else client.send(then)
      await expect(next).rejects.toMatchObject({ code })
      expect(client.isClosed).toBe(true)
    }
  })

  it('does not hold the connection when the rest never comes', async () => {
    let iterator: AsyncIterator<Uint8Array> | undefined
    const client = connect(request => {
      iterator = iterate(request)
      return { status: 200, body: 'early' }
    })
    client.send(upload(6), 'abc')
    await iterator?.next()
    const next = iterator?.next()
    client.connection.expire()
    expect(client.wire.calls.at(-1)).toBe('end')
    await expect(next).rejects.toMatchObject({ code: 'KIRIN_BODY_TRUNCATED' })
  })
})

describe('reading a body', () => {
  it('BOD-05: stops at the high-water mark and goes on when there is room', async () => {
    const { client, requests } = connectTo(new Promise(() => undefined))
    client.send(upload(4 * BODY_HIGH_WATER))
    for (let i = 0; i < 16; i++) client.send('x'.repeat(16 * KIB))
    await client.settled()
    expect(client.wire.calls).toEqual(['pause'])
    expect(client.untaken).toBe(3 * BODY_HIGH_WATER)
    const iterator = iterate(requests[0] as GatewayRequest)
    let length = 0
    for (let most = 0; length < 4 * BODY_HIGH_WATER; ) {
      length += ((await iterator.next()).value as Uint8Array).length
      await client.settled()
      most = Math.max(most, 4 * BODY_HIGH_WATER - client.untaken - length)
      expect(most).toBeLessThanOrEqual(BODY_HIGH_WATER)
    }
    expect(client.untaken).toBe(0)
    expect(client.wire.isPaused).toBe(false)
  })

  it('BOD-05: goes on only when less than the mark waits', async () => {
    const { client, requests } = connectTo(new Promise(() => undefined))
    client.send(postChunked() + chunk('x'.repeat(40 * KIB)).repeat(3))
    expect(client.wire.calls).toEqual(['pause'])
    const iterator = iterate(requests[0] as GatewayRequest)
    let waiting = 3 * 40 * KIB
    for (let steps = 0; waiting > 0; steps++) {
      waiting -= ((await iterator.next()).value as Uint8Array).length
      expect([steps, client.wire.isPaused]).toEqual([steps, waiting >= BODY_HIGH_WATER])
    }
  })

  it('BOD-05: stops also for a body that waited behind another request', async () => {
    const first = deferred<{ status: number }>()
    const { client } = connectTo(first.promise, new Promise(() => undefined))
    client.send(get() + upload(100 * BODY_HIGH_WATER) + 'x'.repeat(2 * BODY_HIGH_WATER))
    for (let i = 0; i < 8; i++) client.send('x'.repeat(BODY_HIGH_WATER))
    first.resolve({ status: 204 })
    await client.settled()
    expect(client.untaken).toBe(8 * BODY_HIGH_WATER)
  })

  it('BOD-05: is not set going by an earlier body that is read late', async () => {
    let late: AsyncIterator<Uint8Array> | undefined
    const client = connect(request => {
      if (late !== undefined) return new Promise(() => undefined)
      late = iterate(request)
      return { status: 204 }
    })
    client.send(post('x'.repeat(2 * BODY_HIGH_WATER)), upload(100 * BODY_HIGH_WATER))
    for (let i = 0; i < 8; i++) client.send('y'.repeat(BODY_HIGH_WATER))
    await client.settled()
    expect(client.untaken).toBe(7 * BODY_HIGH_WATER)
    expect((await late?.next())?.value?.length).toBe(2 * BODY_HIGH_WATER)
    await client.settled()
    expect(client.untaken).toBe(7 * BODY_HIGH_WATER)
  })

  it('goes on while a response is under way and more requests come, and loses none', async () => {
    const gates = [deferred<{ status: number }>(), deferred<{ status: number }>(), deferred<{ status: number }>()]
    const { client, requests } = connectTo(...gates.map(gate => gate.promise))
    client.send(get('/1') + get('/2'))
    await client.settled()
    client.send(get('/3'))
    await client.settled()
    expect(requests).toHaveLength(1)
    for (const gate of gates) {
      gate.resolve({ status: 204 })
      await client.settled()
    }
    expect(requests.map(request => request.target)).toEqual(['/1', '/2', '/3'])
    expect(client.wire.isPaused).toBe(false)
  })
})
