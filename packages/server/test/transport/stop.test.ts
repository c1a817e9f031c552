// How a server stops: gracefully, quickly, and connection by connection.
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Application, GatewayResponse } from '@nsgi/spec'
import { Gateway, type GatewayOptions } from '../support/gateway.ts'
import { deferred, get, message } from '../support/memory-client.ts'
import { RawClient } from '../support/raw-client.ts'

let gateway: Gateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})
const serve = async (application: Application, options?: GatewayOptions): Promise<Gateway> =>
  (gateway = await Gateway.start(application, options))

describe('stop', () => {
  it('LIF-07: lets running responses end, closes idle connections, takes no more, and resolves', async () => {
    const gate = deferred<GatewayResponse>()
    const called = deferred()
    const { server, where } = await serve(({ target }) => {
      if (target !== '/slow') return { status: 200, body: 'quick' }
      called.resolve()
      return gate.promise
    })
    const [busy, used, fresh] = await Promise.all([1, 2, 3].map(() => (gateway as Gateway).client()))
    await used?.send(get()).until(/quick/)
    busy?.send(get('/slow'))
    await called.promise
    let stopped = false
    const stop = (async () => {
      await server.stop()
      stopped = true
    })()
    for (const idle of [used, fresh]) {
      await idle?.rest()
      await idle?.close()
    }
    await expect(RawClient.open(where)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(stopped).toBe(false)
    // The server hears of the closing a little later than the client.
    while (server.counts.connections > 1) await new Promise(resolve => setImmediate(resolve))
    expect(server.counts).toEqual({ connections: 1, active: 1 })
    gate.resolve({ status: 200, body: 'slow' })
    expect(await busy?.rest()).toMatch(/connection: close\r\n[\s\S]+slow$/)
    await busy?.close()
    await stop
    expect(server.counts).toEqual({ connections: 0, active: 0 })
  })

  it('LIF-07: answers a request that has arrived while the loop was held up beyond the last call', async () => {
    const { server } = await serve(() => ({ status: 200, body: 'answer' }))
    const client = await (gateway as Gateway).client()
    await client.send(get()).until(/answer/)
    const stop = server.stop()
    // What was idle before has been looked at by then.
    for (let turn = 0; turn < 10; turn++) await new Promise(resolve => setImmediate(resolve))
    client.send(get())
    // In the kernel's buffer now. The loop finds its timer due before it reads.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700)
    expect(await client.rest()).toMatch(/connection: close\r\n[\s\S]+answer$/)
    await client.close()
    await stop
  })

  it('keeps what a head promised that had gone out before: the next request is answered, too', async () => {
    const gate = deferred()
    const { server } = await serve(({ target }) => {
      if (target !== '/slow') return { status: 200, body: 'answer' }
      return {
        status: 200,
        body: (async function* () {
          yield 'first'
          await gate.promise
          yield 'last'
        })(),
      }
    })
    const client = await (gateway as Gateway).client()
    const head = await client.send(get('/slow')).until(/first/)
    expect(head).not.toMatch(/connection: close/)
    const stop = server.stop()
    gate.resolve()
    await client.until(/last\r\n0\r\n\r\n/)
    client.send(get())
    expect(await client.rest()).toMatch(/connection: close\r\n[\s\S]+answer$/)
    await client.close()
    await stop
  })

  it('waits longer for clients that are at work where others serve on', async () => {
    const { server } = await serve(() => ({ status: 200, body: 'answer' }))
    const client = await (gateway as Gateway).client()
    await client.send(get()).until(/answer/)
    const stop = server.stop()
    server.linger()
    await new Promise(resolve => setTimeout(resolve, 1_000))
    client.send(get())
    expect(await client.rest()).toMatch(/connection: close\r\n[\s\S]+answer$/)
    await client.close()
    await stop
  })

  it('LIF-07: answers a request that has arrived already', async () => {
    const { server } = await serve(() => ({ status: 200, body: 'answer' }))
    const client = await (gateway as Gateway).client()
    await client.send(get()).until(/answer/)
    // On its way when the server begins to stop: written, flushed, not read by it.
    client.send(get())
    const stop = server.stop()
    expect(await client.rest()).toMatch(/connection: close\r\n[\s\S]+answer$/)
    await client.close()
    await stop
  })

  it('LIF-07: answers who has connected and waits to be accepted', async () => {
    const { server, where } = await serve(() => ({ status: 200, body: 'answer' }))
    const clients = Array.from({ length: 40 }, () => connect(where))
    // The connections are under way after this tick; nothing is accepted before the loop polls.
    await new Promise<void>(resolve => process.nextTick(resolve))
    const stop = server.stop()
    const answers = clients.map(client => {
      client.write(get())
      return text(client)
    })
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/connection: close\r\n[^]+answer$/)
    await stop
  })

  it('lets a download finish', async () => {
    const gate = deferred()
    const { server } = await serve(() => ({
      status: 200,
      body: (async function* () {
        yield 'begun'
        await gate.promise
        yield 'x'.repeat(1_000_000)
      })(),
    }))
    const client = await (gateway as Gateway).client()
    await client.send(get()).until(/begun/)
    const stop = server.stop()
    gate.resolve()
    expect(await client.rest()).toMatch(/x\r\n0\r\n\r\n$/)
    await client.close()
    await stop
  })

  it('lets an upload finish', async () => {
    const { server } = await serve(async request => {
      let length = 0
      for await (const chunk of request.body ?? []) length += chunk.length
      return { status: 200, body: `got ${length}` }
    })
    const client = await (gateway as Gateway).client()
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 6')).send('abc')
    while (server.counts.active === 0) await new Promise(resolve => setImmediate(resolve))
    const stop = server.stop()
    client.send('def')
    expect(await client.rest()).toMatch(/connection: close\r\n[\s\S]+got 6$/)
    await client.close()
    await stop
  })

  it('resolves at once without connections, the same promise each time', async () => {
    const { server } = await serve(() => ({ status: 204 }))
    expect(server.stop()).toBe(server.stop())
    await server.stop()
  })
})

describe('destroy', () => {
  it('END-01: drops every connection, and finishes what was under way with an error', async () => {
    const finished = deferred<unknown>()
    const { server } = await serve(() => ({
      status: 200,
      body: (async function* () {
        yield 'begun'
        await new Promise(() => undefined)
      })(),
      finished: finished.resolve,
    }))
    const [streaming, idle] = [await (gateway as Gateway).client(), await (gateway as Gateway).client()]
    await streaming.send(get()).until(/begun/)
    const stop = server.stop()
    server.destroy()
    expect(await finished.promise).toMatchObject({ code: 'KIRIN_CLIENT_LOST' })
    await Promise.all([streaming.rest(), idle.rest(), stop])
    expect(server.counts).toEqual({ connections: 0, active: 0 })
  })

  it('RES-33: resets a response that would look whole by the end of its connection', async () => {
    const { server } = await serve(() => ({
      status: 200,
      body: (async function* () {
        yield 'begun'
        await new Promise(() => undefined)
      })(),
    }))
    const client = await (gateway as Gateway).client()
    // Before anything else comes: a client on libuv takes a reset behind data for an end.
    await client.send(message('GET / HTTP/1.0')).until(/begun/)
    server.destroy()
    expect(await client.failure()).toBe('ECONNRESET')
  })
})

describe('a connection', () => {
  it('is closed when it idles too long', async () => {
    const { server } = await serve(() => ({ status: 200, body: 'answer' }), { timeouts: { idle: 20 } })
    const client = await (gateway as Gateway).client()
    await client.send(get()).until(/answer/)
    expect(await client.rest()).toBe('')
    await client.close()
    while (server.counts.connections > 0) await new Promise(resolve => setImmediate(resolve))
  })

  it('is not kept from being closed by a client that closes both sides', async () => {
    const { server } = await serve(() => ({ status: 200, body: 'answer' }))
    const client = await (gateway as Gateway).client()
    await client.send(get()).until(/answer/)
    client.socket.end()
    await once(client.socket, 'close')
    while (server.counts.connections > 0) await new Promise(resolve => setImmediate(resolve))
    expect(await client.failure()).toBeUndefined()
  })

  it('counts as active while its response is not over', async () => {
    const gate = deferred<GatewayResponse>()
    const { server } = await serve(() => gate.promise)
    const client = await (gateway as Gateway).client()
    expect(server.counts.active).toBe(0)
    client.send(get())
    while (server.counts.active === 0) await new Promise(resolve => setImmediate(resolve))
    expect(server.counts).toEqual({ connections: 1, active: 1 })
    gate.resolve({ status: 204 })
    await client.until(/\r\n\r\n/)
    expect(server.counts).toEqual({ connections: 1, active: 0 })
  })
})
