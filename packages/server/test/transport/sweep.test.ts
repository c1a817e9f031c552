// Time-outs, with the time told: real connections over real sockets, no waiting.
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Application, GatewayResponse } from '@nsgi/spec'
import { createContext } from '@nsgi/spec/testing'
import { DEFAULT_LIMITS } from '../../src/exchange/limits.ts'
import { Connection } from '../../src/http1/connection.ts'
import { attach, SocketWire } from '../../src/transport/socket-wire.ts'
import { Sweep, type SweptConnection } from '../../src/transport/sweep.ts'
import { type ConnectionTimeouts, DEFAULT_TIMEOUTS } from '../../src/transport/timeouts.ts'
import { deferred, get, message } from '../support/memory-client.ts'
import { RawClient } from '../support/raw-client.ts'

const IDLE = 10_000
const SECOND = 1000
const note = (...line: unknown[]): unknown => logged.push(line)
const log = { error: note, warn: note, info: note, debug: note }

interface Entry extends SweptConnection {
  readonly socket: Socket
}

let server: Server
let client: RawClient
let accepted: Socket
let dropped: string[]
/** What the errors of exchanges were that are over. */
let ended: unknown[]
let logged: unknown[]
let isCrowded: boolean
beforeEach(async () => {
  dropped = []
  ended = []
  logged = []
  server = createServer({ allowHalfOpen: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  client.socket.destroy()
  accepted.destroy()
  server.close()
  await once(server, 'close')
})

/** A connection to that application, its client, and what looks at it. */
async function open(application: Application, reads = true, timeouts: Partial<ConnectionTimeouts> = {}) {
  isCrowded = false
  const { port } = server.address() as { port: number }
  const accepting = once(server, 'connection')
  client = await RawClient[reads ? 'open' : 'openPaused']({ port, host: '127.0.0.1' })
  const [socket] = (await accepting) as [Socket]
  accepted = socket
  const wire = new SocketWire(socket)
  const end = { address: '127.0.0.1', port }
  const connection = new Connection(
    wire,
    { remote: end, local: end },
    {
      application,
      context: createContext(),
      log,
      limits: DEFAULT_LIMITS,
      isDraining: false,
      dateLine: () => '',
      refused: () => undefined,
      dropped: why => dropped.push(why.code),
      ended: (_exchange, error) => ended.push(error),
    },
  )
  const entry: Entry = { socket, wire, connection, seen: -1, since: 0 }
  socket.on('data', chunk => connection.receive(chunk, chunk.length))
  attach(wire, connection, () => undefined)
  const sweep = new Sweep(new Set([entry]), { ...DEFAULT_TIMEOUTS, idle: IDLE, ...timeouts }, () => isCrowded)
  return { ...entry, sweep, look: (seconds: number) => sweep.look(seconds * SECOND) }
}

/** Lets the sockets work until that is so. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

describe('a sweep', () => {
  it('takes back the memory for reads from whoever has sent nothing since the look before', async () => {
    const { look, wire, connection } = await open(() => new Promise(() => undefined))
    let times = 0
    const { takeBackMemory } = wire
    wire.takeBackMemory = () => {
      times++
      takeBackMemory.call(wire)
    }
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 10'))
    await until(() => connection.isBusy)
    look(0)
    client.send('a')
    const { activity } = connection
    await until(() => connection.activity > activity)
    look(1)
    expect(times).toBe(0)
    look(2)
    expect(times).toBe(1)
  })

  it('closes a connection that asks for nothing after a minute, not before', async () => {
    const { look, wire } = await open(() => ({ status: 204 }))
    look(0)
    look(59)
    expect(wire.isEnding).toBe(false)
    look(60)
    expect(wire.isEnding).toBe(true)
    expect(await client.rest()).toBe('')
  })

  it('closes one that says nothing after five seconds where others wait for a place', async () => {
    const { look, wire } = await open(() => ({ status: 204 }))
    look(0)
    look(9)
    expect(wire.isEnding).toBe(false)
    isCrowded = true
    look(10)
    expect(wire.isEnding).toBe(true)
    expect(await client.rest()).toBe('')
  })

  it('closes a used one as soon, and none that is at work, where others wait for a place', async () => {
    const answer = deferred<GatewayResponse>()
    let calls = 0
    const { look, wire, connection } = await open(() => (calls++ === 0 ? { status: 204 } : answer.promise))
    client.send(get())
    await client.until(/204/)
    isCrowded = true
    look(0)
    look(4)
    expect(wire.isEnding).toBe(false)
    client.send(get())
    await until(() => connection.isBusy)
    look(5)
    look(20)
    answer.resolve({ status: 200, body: 'late' })
    await client.until(/late/)
    expect(wire.isEnding).toBe(false)
    look(21)
    look(26)
    expect(wire.isEnding).toBe(true)
  })

  it('closes a used connection after the idle time, which begins anew with each request', async () => {
    const { look, wire } = await open(() => ({ status: 204 }))
    for (const at of [0, 9, 18]) {
      client.send(get())
      await client.until(/\r\n\r\n/)
      look(at)
    }
    look(27)
    expect(wire.isEnding).toBe(false)
    look(28)
    expect(wire.isEnding).toBe(true)
  })

  it('never cuts a request that the application is at work on, and counts idle time from its end', async () => {
    const gate = deferred<GatewayResponse>()
    const { look, wire, connection } = await open(() => gate.promise)
    client.send(get())
    await until(() => connection.isBusy)
    for (const at of [0, 100, 1000]) look(at)
    gate.resolve({ status: 204 })
    await client.until(/\r\n\r\n/)
    look(1001)
    look(1010)
    expect(wire.isEnding).toBe(false)
    look(1011)
    expect(wire.isEnding).toBe(true)
  })

  it('leaves an application that has answered, and reads on, the time to read that any other has', async () => {
    const size = 300_000
    let rest: Promise<number> | undefined
    const go = deferred()
    const { look, wire, connection } = await open(async ({ body }) => {
      const iterator = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
      const read = await iterator.next()
      rest = go.promise.then(async () => {
        let sum = (read.value as Uint8Array).length
        for (let step = await iterator.next(); step.done !== true; step = await iterator.next())
          sum += step.value.length
        return sum
      })
      return { status: 200, body: 'early' }
    })
    client.send(message('POST / HTTP/1.1', 'host: a', `content-length: ${size}`)).send(Buffer.alloc(size))
    await client.until(/early/)
    await until(() => connection.awaited === 'read')
    for (const at of [0, 100, 599]) look(at)
    expect(wire.isEnding).toBe(false)
    go.resolve()
    expect(await rest).toBe(size)
  })

  describe('with a limit for requests', () => {
    it('answers 503 in the place of an application that takes longer, and aborts the signal', async () => {
      let signal: AbortSignal | undefined
      const { look, connection } = await open(
        request => {
          signal = request.signal
          return new Promise<never>(() => undefined)
        },
        true,
        { request: 5_000 },
      )
      client.send(get())
      await until(() => connection.isBusy)
      look(100)
      look(104)
      expect(signal?.aborted).toBe(false)
      look(105)
      expect(signal?.reason).toMatchObject({ code: 'KIRIN_REQUEST_TIMEOUT' })
      expect(await client.rest()).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n[^]*connection: close\r\n/i)
    })

    it('cuts off a response that has begun, so that its client can see that', async () => {
      const { look, connection } = await open(
        () => ({
          status: 200,
          body: (async function* () {
            yield 'some'
            await new Promise(() => undefined)
          })(),
        }),
        true,
        { request: 5_000 },
      )
      client.send(get())
      await client.until(/some/)
      look(0)
      look(5)
      expect(connection.isBusy).toBe(false)
      expect(await client.rest()).not.toMatch(/0\r\n\r\n$/)
    })

    it('leaves a response alone that has gone out while the body of its request is still coming', async () => {
      const outcomes: unknown[] = []
      const { look, connection } = await open(
        request => {
          void request.body?.[Symbol.asyncIterator]()
            .next()
            .catch(() => undefined)
          return { status: 200, body: ['all', ' of it'], finished: error => outcomes.push(error) }
        },
        true,
        { request: 5_000 },
      )
      client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 9'))
      await client.until(/0\r\n\r\n$/)
      await until(() => outcomes.length > 0)
      for (const at of [0, 5, 6]) look(at)
      expect(connection.state).toBe('fixed')
      expect([outcomes, ended, logged]).toEqual([[undefined], [undefined], []])
    })

    it('counts for each request of a connection alone', async () => {
      const { look, wire } = await open(() => ({ status: 204 }), true, { request: 5_000 })
      for (const at of [0, 4, 8]) {
        client.send(get())
        await client.until(/\r\n\r\n/)
        look(at)
      }
      expect(wire.isEnding).toBe(false)
    })
  })

  it('leaves an upgraded connection alone, silent or with more to send than its client takes', async () => {
    const handed = deferred<Duplex>()
    const { look, wire, connection } = await open(() => ({ status: 101, upgrade: handed.resolve }), false)
    client.send(get('/', 'connection: upgrade', 'upgrade: x'))
    const socket = await handed.promise
    for (const at of [0, 3600]) look(at)
    socket.write(Buffer.alloc(32 * 1024 * 1024))
    await until(() => wire.backlog > 0)
    for (const at of [7200, 10_800, 14_400]) look(at)
    expect([socket.destroyed, wire.isEnding, connection.state]).toEqual([false, false, 'upgraded'])
    expect(dropped).toEqual([])
  })

  it('answers 408 to a head that is not whole within a minute, however it drips', async () => {
    const { look, connection } = await open(() => ({ status: 204 }))
    for (const [at, byte] of Buffer.from('GET / H').entries()) {
      const before = connection.activity
      client.send(String.fromCharCode(byte))
      await until(() => connection.activity > before)
      look(at * 10)
    }
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 408 /)
  })

  it.each(['close', 'keep-alive'])(
    'lets a slow client take a large answer, while it takes any of it (%s)',
    async how => {
      const size = 32 * 1024 * 1024
      const { look, socket, wire } = await open(
        () => ({ status: 200, headers: { connection: how }, body: Buffer.alloc(size) }),
        false,
      )
      client.send(get())
      await until(() => wire.backlog > 0)
      // What the kernel takes at once is taken; from now on only the client makes room.
      let before = -1
      while (before !== wire.backlog) {
        before = wire.backlog
        await new Promise(resolve => setImmediate(resolve))
      }
      look(0)
      look(59)
      expect(socket.destroyed).toBe(false)
      client.read()
      await until(() => wire.backlog < before)
      client.socket.pause()
      look(60)
      look(100)
      expect(socket.destroyed).toBe(false)
      client.socket.resume()
      const head = await client.until(/\r\n\r\n/)
      expect(head).toContain(`content-length: ${size}`)
      await until(() => wire.backlog === 0)
      expect(socket.destroyed).toBe(false)
    },
  )

  it('drops a client that takes nothing for a minute', async () => {
    const { look, socket, wire } = await open(
      () => ({ status: 200, headers: { connection: 'close' }, body: Buffer.alloc(32 * 1024 * 1024) }),
      false,
    )
    client.send(get())
    await until(() => wire.backlog > 0)
    let before = -1
    while (before !== wire.backlog) {
      before = wire.backlog
      await new Promise(resolve => setImmediate(resolve))
    }
    look(0)
    look(59)
    expect(socket.destroyed).toBe(false)
    look(61)
    expect(socket.destroyed).toBe(true)
    expect(dropped).toEqual(['KIRIN_CLIENT_STALLED'])
  })

  it('drops a connection five seconds after its last byte when the client does not close its side', async () => {
    const { look, socket, wire } = await open(() => ({ status: 204, headers: { connection: 'close' } }))
    client.send(get())
    await client.rest()
    await until(() => wire.backlog === 0)
    look(0)
    look(4)
    expect(socket.destroyed).toBe(false)
    look(5)
    expect(socket.destroyed).toBe(true)
  })

  it('does not wait for ever for the rest of a body whose request was answered', async () => {
    const { look, wire, connection } = await open(request => {
      void request.body?.[Symbol.asyncIterator]().next()
      return { status: 200, body: 'early' }
    })
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 9'))
    await client.until(/early/)
    const before = connection.activity
    client.send('abc')
    await until(() => connection.activity > before)
    look(0)
    look(9)
    expect(wire.isEnding).toBe(false)
    look(10)
    expect(wire.isEnding).toBe(true)
  })

  it('answers 408 to a body that pauses for a minute, not to one that drips', async () => {
    const { look, wire, connection } = await open(async request => {
      for await (const piece of request.body ?? []) void piece
      return { status: 200 }
    })
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 9'))
    await until(() => connection.isBusy)
    for (const at of [0, 59, 118]) {
      const before = connection.activity
      client.send('x')
      await until(() => connection.activity > before)
      look(at)
    }
    look(177)
    expect(wire.isEnding).toBe(false)
    look(178)
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 408 /)
  })

  it.each<[string, Application, string]>([
    ['waits for 100 Continue', () => new Promise(() => undefined), 'expect: 100-continue'],
    [
      'nobody wants any more',
      async request => {
        await request.body?.[Symbol.asyncIterator]().return?.()
        return new Promise(() => undefined)
      },
      'x: y',
    ],
  ])('leaves alone a body that %s', async (_name, application, field) => {
    const { look, wire, connection } = await open(application)
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 9', field))
    await until(() => connection.isBusy)
    for (const at of [0, 100, 10_000]) look(at)
    expect(wire.isEnding).toBe(false)
  })

  it('gives an application ten minutes to read what has come, and anew with each read', async () => {
    let read: () => Promise<unknown> = () => Promise.resolve()
    const { look, wire, connection, socket } = await open(request => {
      const body = request.body?.[Symbol.asyncIterator]()
      read = async () => body?.next()
      return new Promise(() => undefined)
    })
    client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 99999999')).send(Buffer.alloc(1024 * 1024))
    await until(() => connection.awaited === 'read' && socket.isPaused())
    look(0)
    look(599)
    const before = connection.unread
    await read()
    await until(() => connection.unread !== before && connection.awaited === 'read')
    look(600)
    look(1199)
    expect(wire.isEnding).toBe(false)
    look(1200)
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('gives up a client that takes nothing for a minute of a body that goes on, whatever the application adds to it', async () => {
    const finished = deferred<unknown>()
    let more: () => void = () => undefined
    const { look, socket, wire } = await open(
      () => ({
        status: 200,
        body: (async function* () {
          yield Buffer.alloc(16 * 1024 * 1024)
          for (;;) {
            await new Promise<void>(resolve => {
              more = resolve
            })
            yield 'x'
          }
        })(),
        finished: finished.resolve,
      }),
      false,
    )
    client.send(get())
    await until(() => wire.backlog > 0)
    for (let before = -1; before !== wire.backlog; ) {
      before = wire.backlog
      await new Promise(resolve => setImmediate(resolve))
    }
    look(0)
    more()
    look(59)
    expect(socket.destroyed).toBe(false)
    look(60)
    expect(socket.destroyed).toBe(true)
    expect(dropped).toEqual(['KIRIN_CLIENT_STALLED'])
    expect(await finished.promise).toMatchObject({
      code: 'KIRIN_CLIENT_LOST',
      cause: { code: 'KIRIN_CLIENT_STALLED' },
    })
  })

  it('gives up a client that closed its side a minute after the last byte it took', async () => {
    const aborted = deferred()
    let more: () => void = () => undefined
    const { look, socket, connection } = await open(request => {
      request.signal.addEventListener('abort', () => aborted.resolve())
      return {
        status: 200,
        body: (async function* () {
          for (;;) {
            yield 'event'
            await new Promise<void>(resolve => {
              more = resolve
            })
          }
        })(),
      }
    })
    client.send(get())
    await client.until(/event/)
    look(0)
    look(1000)
    expect(socket.destroyed).toBe(false)
    client.socket.end()
    await until(() => connection.isHalfClosed)
    look(1001)
    look(1060)
    more()
    await client.until(/event/)
    look(1061)
    look(1120)
    expect(socket.destroyed).toBe(false)
    look(1121)
    await aborted.promise
    expect(dropped).toEqual(['KIRIN_CLIENT_STALLED'])
  })
})
