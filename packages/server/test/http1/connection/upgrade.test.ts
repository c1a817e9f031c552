// Offers of an upgrade, and what becomes of them, in bytes (NSGI UPG-01 to UPG-05).
import { Readable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest, GatewayResponse } from '@nsgi/spec'
import {
  connect,
  connectTo,
  DATE_LINE,
  deferred,
  get,
  type MemoryClient,
  message,
} from '../../support/memory-client.ts'

const ASK = get('/', 'Connection: Upgrade', 'Upgrade: websocket')
const TUNNEL = message('CONNECT a:443 HTTP/1.1', 'host: a:443')

/** What is readable now on the stream that was handed over. */
function received({ wire }: MemoryClient): string {
  const pieces: Buffer[] = []
  // A piece at a time: from Node 26 on read() gives no more than that.
  for (;;) {
    const piece = wire.handed?.stream.read() as Buffer | null | undefined
    if (!piece) return Buffer.concat(pieces).toString()
    pieces.push(piece)
  }
}

/** A response that takes the connection over, and what it was told. */
function taking(more: Partial<GatewayResponse> = {}): {
  response: GatewayResponse
  outcomes: unknown[]
  calls: number
} {
  const taken = {
    outcomes: [] as unknown[],
    calls: 0,
    response: {
      status: 101,
      upgrade: () => {
        taken.calls++
      },
      finished: (error?: unknown) => taken.outcomes.push(error),
      ...more,
    },
  }
  return taken
}

const offerOf = (bytes: string): string | undefined => {
  const { client, requests } = connectTo({ status: 204 })
  client.send(bytes)
  return (requests[0] as GatewayRequest).upgrade
}

describe('UPG-01: the offer', () => {
  it.each<[string, string | undefined, string]>([
    ['of websocket', 'websocket', ASK],
    ['in lower case', 'websocket', get('/', 'connection: upgrade', 'upgrade: WebSocket')],
    ['among other words of Connection', 'h2c', get('/', 'connection: Keep-Alive, Upgrade', 'upgrade: h2c')],
    ['in two lines of Connection', 'h2c', get('/', 'connection: x', 'connection: upgrade', 'upgrade: h2c')],
    ['with a version', 'irc/6.9', get('/', 'connection: upgrade', 'upgrade: IRC/6.9')],
    ['of the first of several', 'a/1', get('/', 'connection: upgrade', 'upgrade: a/1 , b')],
    ['of the first of several lines', 'a', get('/', 'connection: upgrade', 'upgrade: a', 'upgrade: b')],
    ['with an empty body', 'x', get('/', 'connection: upgrade', 'upgrade: x', 'content-length: 0')],
    ['by CONNECT', 'connect', TUNNEL],
    ['that Connection does not name', undefined, get('/', 'upgrade: websocket')],
    ['without Upgrade', undefined, get('/', 'connection: upgrade')],
    ['with an empty Upgrade', undefined, get('/', 'connection: upgrade', 'upgrade:')],
    ['of what is no protocol', undefined, get('/', 'connection: upgrade', 'upgrade: web socket')],
    ['of what is no protocol at all', undefined, get('/', 'connection: upgrade', 'upgrade: "a"')],
    ['on HTTP/1.0', undefined, message('GET / HTTP/1.0', 'connection: upgrade', 'upgrade: websocket')],
    ['with a body', undefined, `${get('/', 'connection: upgrade', 'upgrade: x', 'content-length: 1')}1`],
    ['with a chunked body', undefined, get('/', 'connection: upgrade', 'upgrade: x', 'transfer-encoding: chunked')],
    ['by CONNECT with a body', undefined, `${message('CONNECT a:1 HTTP/1.1', 'host: a', 'content-length: 1')}1`],
    ['by CONNECT on HTTP/1.0', undefined, message('CONNECT a:443 HTTP/1.0', 'host: a:443')],
  ])('%s is %s', (_what, expected, bytes) => {
    expect(offerOf(bytes)).toBe(expected)
  })

  it('is needed for a 101 and for a 2xx to CONNECT, and has to be taken by a function', async () => {
    const invalid: readonly (readonly [string, object])[] = [
      [get(), { status: 101, upgrade: () => undefined }],
      [ASK, { status: 101 }],
      [ASK, { status: 101, upgrade: 'yes' }],
      [TUNNEL, { status: 200 }],
      [TUNNEL, { status: 101 }],
      [TUNNEL, { status: 101, upgrade: () => undefined }],
      [message('CONNECT a:1 HTTP/1.1', 'host: a', 'content-length: 1'), { status: 200, upgrade: () => undefined }],
    ]
    for (const [request, response] of invalid) {
      const { client } = connectTo(response)
      await client.send(request).settled()
      expect(client.take()).toMatch(/^HTTP\/1\.1 500 /)
      expect(client.logged[0]?.fields).toMatchObject({ err: { code: 'KIRIN_INVALID_RESPONSE' } })
      expect(client.wire.handed).toBeUndefined()
    }
  })
})

describe('UPG-02: a connection that is taken over', () => {
  it('gets the head of the switch and nothing that would frame a body', () => {
    const { response } = taking({
      headers: {
        'x-a': '1',
        upgrade: 'other',
        connection: 'close',
        'content-length': '5',
        'transfer-encoding': 'chunked',
      },
    })
    const { client } = connectTo(response)
    client.send(ASK)
    expect(client.output).toBe(
      `HTTP/1.1 101 Switching Protocols\r\nx-a: 1\r\n${DATE_LINE}connection: upgrade\r\nupgrade: websocket\r\n\r\n`,
    )
  })

  it('gets a 2xx to CONNECT as it is', () => {
    const { client } = connectTo(taking({ status: 299, reason: 'Tunnel stands', headers: { via: '1.1 a' } }).response)
    client.send(TUNNEL)
    expect(client.output).toBe(`HTTP/1.1 299 Tunnel stands\r\nvia: 1.1 a\r\n${DATE_LINE}\r\n`)
  })

  it('is handed over once, by a call of the method on its response', () => {
    const calls: unknown[] = []
    const response = {
      status: 101,
      upgrade(this: unknown, ...args: unknown[]) {
        calls.push(this, ...args)
      },
    }
    const { client } = connectTo(response)
    client.send(ASK)
    expect(calls).toEqual([response, client.wire.handed?.stream])
  })

  it('is written to, paused and closed by nobody else', async () => {
    const { client } = connectTo(taking().response)
    client.send(get(), ASK, 'more').drain()
    await client.settled()
    client.take()
    client.connection.drained()
    client.connection.drain()
    client.end()
    await client.settled()
    expect(client.take()).toBe('')
    expect(client.wire.calls.at(-1)).toBe('hand over')
    expect(client.isClosed).toBe(false)
    expect(client.connection.state).toBe('upgraded')
    expect(client.connection.isBusy).toBe(true)
  })

  it('leaves the body of the response unread and closed', () => {
    let returned = 0
    const body = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new Error('read')),
        return: () => {
          returned++
          return Promise.resolve({ done: true as const, value: undefined })
        },
      }),
    }
    const stream = Readable.from(['x'])
    connectTo(taking({ body }).response).client.send(ASK)
    connectTo(taking({ body: stream }).response).client.send(ASK)
    expect(returned).toBe(1)
    expect(stream.destroyed).toBe(true)
  })

  it('comes after the responses to what was pipelined before', async () => {
    const first = deferred<GatewayResponse>()
    const { response } = taking()
    const client = connect(({ target }) => (target === '/first' ? first.promise : response))
    client.send(get('/first') + ASK + 'behind')
    await client.settled()
    expect(client.wire.handed).toBeUndefined()
    first.resolve({ status: 200, body: 'first' })
    await client.settled()
    expect(client.take()).toMatch(/first[^\n]*HTTP\/1\.1 101 /)
    expect(received(client)).toBe('behind')
  })
})

describe('UPG-03: bytes behind the request', () => {
  const behind = get('/never')

  it('come first, wherever the reads are cut and whenever the application answers', async () => {
    const bytes = ASK + behind
    for (const late of [false, true]) {
      for (let cut = 1; cut < bytes.length; cut++) {
        const { response } = taking()
        const client = connect(() => (late ? Promise.resolve(response) : response))
        await client.send(bytes.slice(0, cut), bytes.slice(cut)).settled()
        expect(received(client)).toBe(behind)
      }
    }
  })

  it('are there before the application has the stream', () => {
    let seen = ''
    const upgrade: GatewayResponse['upgrade'] = socket => {
      seen = String(socket.read())
    }
    connectTo(taking({ upgrade }).response).client.send(`${ASK}behind`)
    expect(seen).toBe('behind')
  })

  it('are no view of memory that is read into again', () => {
    const { client } = connectTo(taking().response)
    client.send(`${ASK}behind`)
    client.wire.handed?.stream.pause()
    expect(received(client)).toBe('behind')
  })
})

describe('UPG-04: an offer that is not taken', () => {
  it('is an ordinary exchange, and what came behind it are requests', async () => {
    const { client, requests } = connectTo({ status: 200, body: 'one' }, { status: 426, body: 'two', upgrade() {} })
    await client.send(get() + ASK + get('/three')).settled()
    expect(requests.map(({ target }) => target)).toEqual(['/', '/', '/three'])
    expect(client.take()).toMatch(/200 OK[\s\S]+one[^\n]*426 Upgrade Required\r\n[\s\S]+two[^\n]*426[\s\S]+two$/)
    expect(client.isClosed).toBe(false)
  })

  it('holds for thousands in a row', async () => {
    const { client, requests } = connectTo({ status: 204 })
    await client.send(ASK.repeat(5_000)).settled()
    expect(requests).toHaveLength(5_000)
  })

  it('closes the connection behind CONNECT, whose client may have begun to send through the tunnel', async () => {
    const { client, requests } = connectTo({ status: 403, body: 'no' })
    await client.send(TUNNEL + get('/smuggled')).settled()
    expect(client.take()).toMatch(/^HTTP\/1\.1 403 [\s\S]+connection: close\r\n\r\nno$/)
    expect(requests).toHaveLength(1)
    expect(client.isClosed).toBe(true)
  })

  it('answers a client that has ended its side', async () => {
    const response = deferred<GatewayResponse>()
    const { client } = connectTo(response.promise)
    client.send(ASK).end()
    response.resolve({ status: 200, body: 'answer' })
    await client.settled()
    expect(client.take()).toMatch(/answer$/)
  })
})

describe('UPG-05: finished', () => {
  it('is called without an error when both sides have ended, and the signal does not abort', async () => {
    const taken = taking()
    const { client, requests } = connectTo(taken.response)
    const { signal } = (client.send(ASK), requests[0] as GatewayRequest)
    await client.settled()
    expect(taken.outcomes).toEqual([])
    Object.assign(client.wire.handed as object, { isWhole: true })
    client.connection.lost(undefined)
    expect(taken.outcomes).toEqual([undefined])
    expect(signal.aborted).toBe(false)
  })

  it('is called with an error when the connection broke, after the signal has aborted', () => {
    const events: unknown[] = []
    const cause = new Error('read ECONNRESET')
    const finished = (error: unknown): number => events.push(error)
    const { client, requests } = connectTo(taking({ finished }).response)
    client.send(ASK)
    ;(requests[0] as GatewayRequest).signal.addEventListener('abort', () => events.push('signal'))
    client.connection.lost(cause)
    expect(events).toEqual(['signal', expect.objectContaining({ code: 'KIRIN_UPGRADE_CUT', cause })])
  })

  it('is called with an error when it closed before both sides had ended', () => {
    const taken = taking()
    const { client } = connectTo(taken.response)
    client.send(ASK)
    client.connection.lost(undefined)
    expect(taken.outcomes).toEqual([expect.objectContaining({ code: 'KIRIN_UPGRADE_CUT' })])
  })

  it.each<[string, () => void]>([
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('gets what upgrade() %s, which is logged and destroys the stream', async (_how, upgrade) => {
    const taken = taking({ upgrade })
    const { client } = connectTo(taken.response)
    await client.send(ASK).settled()
    expect(client.logged).toEqual([
      expect.objectContaining({ level: 'error', message: 'the application failed: upgraded connection cut off' }),
    ])
    expect(client.wire.handed?.stream.destroyed).toBe(true)
    client.connection.lost(undefined)
    expect(taken.outcomes).toEqual([expect.objectContaining({ message: 'no' })])
  })
})
