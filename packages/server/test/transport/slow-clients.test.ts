// Clients that take their time, cut off by the server's own clock: real sockets, small time-outs, waiting for the close.
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Application } from '@nsgi/spec'
import { Gateway, type GatewayOptions } from '../support/gateway.ts'
import { deferred, get, message } from '../support/memory-client.ts'
import type { RawClient } from '../support/raw-client.ts'

/** Milliseconds that no time-out under test can be mistaken for. */
const NEVER = 3_600_000
const OFF = { firstData: NEVER, head: NEVER, body: NEVER, send: NEVER, idle: NEVER }

let gateway: Gateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

async function serve(application: Application, options: GatewayOptions = {}): Promise<Gateway> {
  gateway = await Gateway.start(application, { ...options, timeouts: { ...OFF, ...options.timeouts } })
  return gateway
}

/** Sends that byte again and again until the connection is closed. */
function drip(client: RawClient, byte: string): void {
  const timer = setInterval(() => client.socket.write(byte), 5)
  client.socket.once('end', () => clearInterval(timer))
  client.socket.once('close', () => clearInterval(timer))
}

const measure: Application = async request => {
  let size = 0
  for await (const piece of request.body ?? []) size += piece.length
  return { status: 200, body: `${size}` }
}

describe('a client that takes its time', () => {
  it('is cut off when it sends nothing at all', async () => {
    await serve(measure, { timeouts: { firstData: 50 } })
    const client = await (gateway as Gateway).client()
    expect(await client.rest()).toBe('')
  })

  it('gets 408 when it drips its head', async () => {
    const { logged } = await serve(measure, { timeouts: { head: 50 } })
    const client = await (gateway as Gateway).client()
    client.send('GET / HTTP/1.1\r\nhost: a\r\nx: ')
    drip(client, 'y')
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 408 [^]*\r\nconnection: close\r\n/)
    expect(logged).toEqual(['refused a request: the head of a request did not arrive in time'])
  })

  it.each([
    ['of known length', 'content-length: 9', 'abc'],
    ['in chunks', 'transfer-encoding: chunked', '9\r\nabc'],
  ])('gets 408 when its body %s stops', async (_name, field, part) => {
    const { logged, records } = await serve(measure, { timeouts: { body: 50 } })
    const client = await (gateway as Gateway).client()
    client.send(message('POST / HTTP/1.1', 'host: a', field) + part)
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 408 /)
    expect(logged).toEqual(['refused a request: no byte of the body came within --client-body-timeout'])
    expect(records).toEqual([expect.objectContaining({ status: 408 })])
  })

  it('gets its answer when its body arrives in pieces, each in time', async () => {
    await serve(measure, { timeouts: { body: NEVER } })
    const client = await (gateway as Gateway).client()
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 3'))
    for (const byte of 'abc') {
      client.send(byte)
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(await client.until(/\r\n\r\n3/)).toMatch(/ 200 /)
  })

  it('is closed when it asks for nothing more', async () => {
    await serve(measure, { timeouts: { idle: 50 } })
    const client = await (gateway as Gateway).client()
    expect(await client.send(get()).rest()).toMatch(/^HTTP\/1\.1 200 /)
  })

  it.each<[string, () => Uint8Array | AsyncIterable<Uint8Array>]>([
    ['one buffer', () => Buffer.alloc(64 * 1024 * 1024)],
    [
      'a stream',
      async function* () {
        for (;;) yield Buffer.alloc(64 * 1024)
      },
    ],
  ])('is dropped when it takes nothing of %s, and the application hears of it', async (_name, body) => {
    const finished = deferred<unknown>()
    const { logged } = await serve(() => ({ status: 200, body: body(), finished: finished.resolve }), {
      timeouts: { send: 200 },
    })
    const client = await (gateway as Gateway).slowClient()
    client.send(get())
    expect(await finished.promise).toMatchObject({ code: 'KIRIN_CLIENT_LOST' })
    expect(logged).toEqual([expect.stringMatching(/^dropped a connection: the client took no byte/)])
    client.read()
    expect((await client.rest()).length).toBeLessThan(64 * 1024 * 1024)
  })

  it('gets 413 and a closed connection for a body in chunks that goes on', async () => {
    const { logged } = await serve(measure, { limits: { bodySize: 100_000 } })
    const client = await (gateway as Gateway).client()
    client.send(message('POST / HTTP/1.1', 'host: a', 'transfer-encoding: chunked'))
    const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`
    drip(client, chunk)
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 413 /)
    expect(logged).toEqual(['refused a request: body over --limit-request-body'])
  })
})
