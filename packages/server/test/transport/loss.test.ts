// Clients that go away and clients that do not read, over real sockets.
import { once } from 'node:events'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Application } from '@nsgi/spec'
import type { TlsMaterial } from '../../src/ipc/messages.ts'
import { tlsMaterial } from '../support/certificates.ts'
import { Gateway, type GatewayOptions } from '../support/gateway.ts'
import { deferred, get, message } from '../support/memory-client.ts'
import type { RawClient } from '../support/raw-client.ts'

const MIB = 1024 * 1024

let gateway: Gateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})
const serve = async (application: Application, options: GatewayOptions = {}): Promise<Gateway> =>
  (gateway = await Gateway.start(application, options))

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** How the memory of a chunk is taken away, and of what response on what connection. */
interface Taken {
  readonly take: (chunk: Uint8Array) => unknown
  readonly headers?: Record<string, string>
  readonly tls?: TlsMaterial
}

describe('a client that is lost', () => {
  it('END-01: while the application is at work aborts the signal', async () => {
    const called = deferred<AbortSignal>()
    const finished = deferred<unknown>()
    const response = deferred<{ status: number; finished: (error?: unknown) => void }>()
    const { records } = await serve(request => {
      called.resolve(request.signal)
      return response.promise
    })
    const client = await (gateway as Gateway).client()
    client.send(get())
    const signal = await called.promise
    client.reset()
    if (!signal.aborted) await once(signal, 'abort')
    expect(signal.reason).toMatchObject({ code: 'KIRIN_CLIENT_LOST', cause: { code: 'ECONNRESET' } })
    response.resolve({ status: 200, finished: finished.resolve })
    expect(await finished.promise).toMatchObject({ code: 'KIRIN_CLIENT_LOST' })
    expect(records).toEqual([
      expect.objectContaining({ status: 0, error: expect.objectContaining({ code: 'KIRIN_CLIENT_LOST' }) }),
    ])
  })

  it.each([
    ['more requests than one came', get() + get('/next')],
    [
      'a body came whole that is not read',
      message('POST / HTTP/1.1', 'host: a', 'content-length: 70000') + 'x'.repeat(70_000),
    ],
  ])('END-01: aborts the signal though %s', async (_name, bytes) => {
    const called = deferred<AbortSignal>()
    await serve(request => {
      called.resolve(request.signal)
      return new Promise(() => undefined)
    })
    const client = await (gateway as Gateway).client()
    client.send(bytes)
    const signal = await called.promise
    await new Promise(resolve => client.socket.write('', resolve))
    client.reset()
    if (!signal.aborted) await once(signal, 'abort')
    expect(signal.reason).toMatchObject({ code: 'KIRIN_CLIENT_LOST' })
  })

  it('END-05: while a body streams, with a stuck next(), aborts, returns and finishes in that order', async () => {
    const events: string[] = []
    const finished = deferred<unknown>()
    let first = true
    await serve(request => {
      request.signal.addEventListener('abort', () => events.push('signal'))
      return {
        status: 200,
        body: {
          [Symbol.asyncIterator]: () => ({
            next: () => {
              if (!first) return new Promise(() => undefined)
              first = false
              return Promise.resolve({ done: false, value: 'begun' })
            },
            return: () => {
              events.push('return')
              return new Promise(() => undefined)
            },
          }),
        },
        finished: error => {
          events.push('finished')
          finished.resolve(error)
        },
      }
    })
    const client = await (gateway as Gateway).client()
    await client.send(get()).until(/begun/)
    client.reset()
    expect(await finished.promise).toMatchObject({ code: 'KIRIN_CLIENT_LOST' })
    expect(events).toEqual(['signal', 'return', 'finished'])
  })

  it.each<[string, (size: number) => Uint8Array | Iterable<Uint8Array>]>([
    ['one buffer', size => Buffer.alloc(size)],
    ['an array', size => [Buffer.alloc(size / 2), Buffer.alloc(size / 2)]],
  ])('END-07: before all bytes were taken, of %s, never finishes without an error', async (_name, make) => {
    const finished = deferred<unknown>()
    const { records } = await serve(() => ({ status: 200, body: make(64 * MIB), finished: finished.resolve }))
    const client = await (gateway as Gateway).slowClient()
    client.send(get())
    await once(client.socket, 'readable')
    client.reset()
    expect(await finished.promise).toMatchObject({ code: 'KIRIN_CLIENT_LOST' })
    expect(records).toEqual([expect.objectContaining({ status: 200, error: expect.anything() })])
  })

  it('END-01, END-03: is known after it closed both sides and something is written to it', async () => {
    const called = deferred<AbortSignal>()
    const gate = deferred()
    const finished = deferred<unknown>()
    await serve(request => {
      called.resolve(request.signal)
      return {
        status: 200,
        body: (async function* () {
          await gate.promise
          for (;;) {
            yield 'x'.repeat(1000)
            await turn()
          }
        })(),
        finished: finished.resolve,
      }
    })
    const client = await (gateway as Gateway).client()
    client.send(get())
    const signal = await called.promise
    client.socket.destroy()
    gate.resolve()
    expect(await finished.promise).toMatchObject({ code: 'KIRIN_CLIENT_LOST' })
    expect(signal.aborted).toBe(true)
  })

  it.each(['reset', 'end'] as const)('BOD-07: within an upload rejects its body (%s)', async how => {
    const failed = deferred<unknown>()
    const begun = deferred()
    await serve(async request => {
      try {
        for await (const chunk of request.body ?? []) {
          expect(chunk.length).toBeGreaterThan(0)
          begun.resolve()
        }
      } catch (error) {
        failed.resolve(error)
        throw error
      }
      return { status: 200 }
    })
    const client = await (gateway as Gateway).client()
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 100')).send('abc')
    await begun.promise
    if (how === 'reset') client.reset()
    else client.socket.end()
    expect(await failed.promise).toMatchObject({ code: 'KIRIN_BODY_TRUNCATED' })
    if (how === 'end') expect(await client.rest()).toMatch(/^HTTP\/1\.1 400 /)
  })

  it("is told of as its own fault, not as the application's, where its body was being sent back", async () => {
    const finished = deferred<unknown>()
    const { logged } = await serve(({ body }) => ({ status: 200, body: body ?? '', finished: finished.resolve }))
    const client = await (gateway as Gateway).client()
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 100')).send('abc')
    await client.until(/abc/)
    client.socket.end()
    expect(await client.rest()).not.toMatch(/\r\n0\r\n/)
    expect(await finished.promise).toMatchObject({ code: 'KIRIN_BODY_TRUNCATED' })
    expect(logged).toEqual(['refused a request: connection ended within a request'])
  })

  it('END-04: within a body that the application has left gets its answer, and then the end', async () => {
    const left = deferred<undefined>()
    const answer = deferred<undefined>()
    const finished = deferred<unknown>()
    const { logged } = await serve(async ({ body }) => {
      for await (const _chunk of body ?? []) break
      left.resolve(undefined)
      await answer.promise
      return { status: 200, body: 'left', finished: finished.resolve }
    })
    const client = await (gateway as Gateway).client()
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 100')).send('abc')
    await left.promise
    client.socket.end()
    while (logged.length === 0) await turn()
    answer.resolve(undefined)
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 200 [^]*\r\nconnection: close\r\n[^]*left$/)
    expect(await finished.promise).toBeUndefined()
  })

  it('RES-34: leaves the others alone', async () => {
    await serve(({ target }) => (target === '/stuck' ? new Promise(() => undefined) : { status: 200, body: 'fine' }))
    const [lost, other] = [await (gateway as Gateway).client(), await (gateway as Gateway).client()]
    lost.send(get('/stuck')).reset()
    expect(await other.send(get()).until(/fine/)).toMatch(/ 200 /)
  })
})

/** What TypeScript does not know yet of an ArrayBuffer that was made with a `maxByteLength`. */
type Resizable = ArrayBufferLike & { resize(size: number): void }

/** A body that takes away the memory of its chunk while that waits for the end of the turn. */
async function* taking(take: (chunk: Uint8Array) => unknown): AsyncGenerator<Uint8Array | string> {
  const memory = new (ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer)(8000, {
    maxByteLength: 9000,
  })
  const chunk = new Uint8Array(memory)
  yield chunk
  take(chunk)
  yield 'x'.repeat(1000)
}

describe('a response that fails', () => {
  async function* failing() {
    yield 'one'
    await turn()
    throw new Error('broken')
  }

  it('RES-33: resets a close-delimited one: the client sees an error, and no end before it', async () => {
    const gate = deferred()
    await serve(() => ({
      status: 200,
      body: (async function* () {
        yield 'one'
        await gate.promise
        throw new Error('broken')
      })(),
    }))
    const client = await (gateway as Gateway).client()
    let ends = 0
    client.socket.on('end', () => ends++)
    // A client on libuv that finds data and the reset in one poll takes it for an end: it reads first.
    await client.send(message('GET / HTTP/1.0')).until(/one/)
    gate.resolve()
    expect(await client.failure()).toBe('ECONNRESET')
    expect(ends).toBe(0)
  })

  const detach = (chunk: Uint8Array): unknown => structuredClone(chunk, { transfer: [chunk.buffer as ArrayBuffer] })

  it.each<[string, Taken]>([
    ['detached, of a chunked body', { take: detach }],
    ['detached, of a chunked body over TLS', { take: detach, tls: tlsMaterial() }],
    [
      'resized, of a body of a declared length',
      { take: chunk => (chunk.buffer as Resizable).resize(10), headers: { 'content-length': '9000' } },
    ],
  ])(
    'RES-14: resets one of whose memory some was %s before it was sent, and says so',
    async (_name, { take, headers = {}, tls }) => {
      const failed = deferred<unknown>()
      const application: Application = ({ path }) =>
        path === '/taken'
          ? { status: 200, headers, body: taking(take), finished: failed.resolve }
          : { status: 200, body: 'fine' }
      const { notes } = await serve(application, tls === undefined ? {} : { tls })
      const connect = (): Promise<RawClient> =>
        tls === undefined ? (gateway as Gateway).client() : (gateway as Gateway).secureClient()
      const [client, other] = [await connect(), await connect()]
      // What TLS sends behind its handshake is read with that: with the reset in one poll it would pass for an end.
      await client.send(get()).until(/fine/)
      expect(await client.send(get('/taken')).failure()).toBe('ECONNRESET')
      expect(await failed.promise).toMatchObject({
        code: 'KIRIN_CLIENT_LOST',
        cause: { code: 'KIRIN_RESPONSE_LENGTH' },
      })
      expect(notes).toMatchObject([{ err: { code: 'KIRIN_RESPONSE_LENGTH', requirement: 'RES-14' } }])
      expect(await other.send(get()).until(/fine/)).toMatch(/ 200 /)
    },
  )

  it('RES-33: ends a chunked one without its last chunk', async () => {
    await serve(() => ({ status: 200, body: failing() }))
    const client = await (gateway as Gateway).client()
    expect(await client.send(get()).rest()).toMatch(/3\r\none\r\n$/)
  })
})

describe('a client that does not read', () => {
  it.each<[string, (yielded: (size: number) => void) => AsyncIterable<Uint8Array> | Iterable<Uint8Array>]>([
    [
      'an async generator',
      async function* (yielded) {
        for (;;) {
          yielded(64 * 1024)
          yield Buffer.alloc(64 * 1024, await Promise.resolve(1))
        }
      },
    ],
    [
      'a generator',
      function* (yielded) {
        for (;;) {
          yielded(64 * 1024)
          yield Buffer.alloc(64 * 1024)
        }
      },
    ],
  ])('RES-28: stops %s at what the kernel takes and one high-water mark', async (_name, make) => {
    let produced = 0
    let wanted = { produced: Number.POSITIVE_INFINITY, reached: (): void => undefined }
    const count = (size: number): void => {
      produced += size
      if (produced >= wanted.produced) wanted.reached()
    }
    await serve(() => ({ status: 200, body: make(count) }))
    const client = await (gateway as Gateway).slowClient()
    client.send(get())
    await once(client.socket, 'readable')
    // It goes on until the kernel's buffers are full: wait until nothing more is asked for over many turns.
    for (let quiet = 0, before = 0; quiet < 200; quiet++) {
      await turn()
      if (produced !== before) quiet = 0
      before = produced
    }
    expect(produced).toBeLessThan(32 * MIB)
    const more = deferred()
    wanted = { produced: produced + 32 * MIB, reached: more.resolve }
    client.read()
    await more.promise
    client.reset()
  })

  it('is served on when it reads again, and gets every byte in order', async () => {
    const total = 24 * MIB
    await serve(() => ({
      status: 200,
      headers: { connection: 'close' },
      body: (function* () {
        for (let at = 0; at < total; at += 65_536) yield Buffer.alloc(65_536, at / 65_536)
      })(),
    }))
    const client = await (gateway as Gateway).slowClient()
    client.send(get())
    await once(client.socket, 'readable')
    let received = 0
    let wrong = 0
    let header = Buffer.alloc(0)
    let expected = 0
    client.socket.on('data', (data: Buffer) => {
      received += data.length
      if (received % 7 === 0) {
        client.socket.pause()
        setImmediate(() => client.socket.resume())
      }
      header = Buffer.concat([header, data])
      for (;;) {
        const end = header.indexOf(expected === 0 ? '\r\n\r\n' : '\r\n')
        if (end < 0) return
        if (expected === 0) {
          header = header.subarray(end + 4)
          expected = 1
          continue
        }
        const size = Number.parseInt(header.subarray(0, end).toString(), 16)
        if (size === 0 || header.length < end + 2 + size + 2) return
        const fill = (expected - 1) % 256
        if (header[end + 2] !== fill || header[end + 1 + size] !== fill) wrong++
        header = header.subarray(end + 2 + size + 2)
        expected++
      }
    })
    await once(client.socket, 'end')
    expect(wrong).toBe(0)
    expect(expected - 1).toBe(total / 65_536)
    expect(header.toString()).toBe('0\r\n\r\n')
  })
})
