// Upgrades and tunnels under node:http, in bytes.
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Application, GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { type Bridge, startBridge } from '../support/bridge.ts'
import { parseResponses, RawClient } from '../support/raw-client.ts'

let bridge: Bridge
let clients: RawClient[] = []
afterEach(async () => {
  for (const { socket } of clients) socket.destroy()
  clients = []
  await bridge.stop()
})

const message = (line: string, ...fields: string[]): string => `${[line, ...fields].join('\r\n')}\r\n\r\n`
const ASK = message('GET /up HTTP/1.1', 'Host: a', 'Connection: Upgrade', 'Upgrade: Echo')
const TUNNEL = message('CONNECT a:1 HTTP/1.1', 'Host: a:1')
const LAST = message('GET /last HTTP/1.1', 'Host: a', 'Connection: close')

async function send(application: Application, bytes: string): Promise<RawClient> {
  bridge = await startBridge(application)
  const client = await RawClient.connect(bridge.port)
  clients.push(client)
  client.send(bytes)
  return client
}

const statuses = (received: string): string[] =>
  parseResponses(received).map(({ statusLine }) => statusLine.slice('HTTP/1.1 '.length))

const echo = (socket: Duplex): void => {
  socket.on('data', chunk => socket.write(chunk)).on('end', () => socket.end())
}

/** A promise of what `finished` is told, and the response that tells. */
function taking(
  upgrade: (socket: Duplex) => void,
  status = 101,
): { response: GatewayResponse; finished: Promise<unknown> } {
  let response: GatewayResponse | undefined
  const finished = new Promise<unknown>(resolve => {
    response = { status, upgrade, finished: resolve }
  })
  return { response: response as unknown as GatewayResponse, finished }
}

describe('an upgrade under node:http', () => {
  it('is offered, and taken with what came behind the request first', async () => {
    const { response, finished } = taking(echo)
    const offers: (string | undefined)[] = []
    const client = await send(request => {
      offers.push(request.upgrade)
      return response
    }, `${ASK}behind `)
    await client.seen('behind ')
    client.send('and more')
    client.socket.end()
    const received = await client.toEnd()
    expect(received).toMatch(
      /^HTTP\/1\.1 101 Switching Protocols\r\ndate: .+\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nbehind and more$/,
    )
    expect(offers).toEqual(['echo'])
    expect(await finished).toBeUndefined()
  })

  it('opens a tunnel by a 2xx to CONNECT', async () => {
    const { response, finished } = taking(echo, 200)
    const seen: unknown[] = []
    const client = await send(({ upgrade, path, authority }) => {
      seen.push(upgrade, path, authority)
      return response
    }, `${TUNNEL}through`)
    client.socket.end()
    expect(await client.toEnd()).toMatch(/^HTTP\/1\.1 200 OK\r\ndate: .+\r\n\r\nthrough$/)
    expect(seen).toEqual(['connect', '', 'a:1'])
    expect(await finished).toBeUndefined()
  })

  it('waits for the answers to requests before it', async () => {
    let answer: (response: GatewayResponse) => void = () => {}
    const first = new Promise<GatewayResponse>(resolve => {
      answer = resolve
    })
    const { response } = taking(socket => socket.end('switched'))
    const client = await send(({ upgrade }) => {
      if (upgrade === undefined) return first
      return response
    }, message('GET / HTTP/1.1', 'Host: a') + ASK)
    await new Promise(resolve => setImmediate(resolve))
    answer({ status: 200, body: 'first' })
    client.socket.end()
    expect(await client.seen('switched')).toMatch(/^HTTP\/1\.1 200 [^]+firstHTTP\/1\.1 101 [^]+switched$/)
  })

  it('that is not taken is answered as any request, and the connection goes on', async () => {
    const offers: (string | undefined)[] = []
    const client = await send(
      ({ upgrade, target }) => {
        offers.push(upgrade)
        return { status: 200, body: `answer to ${target}` }
      },
      ASK + ASK + LAST,
    )
    const responses = parseResponses(await client.toEnd())
    expect(responses.map(({ body }) => body)).toEqual(['answer to /up', 'answer to /up', 'answer to /last'])
    expect(offers).toEqual(['echo', 'echo', undefined])
  })

  it.each([
    ['on HTTP/1.0', message('GET /up HTTP/1.0', 'Connection: Upgrade', 'UPGRADE: echo', 'X-A: 1'), ''],
    [
      'with a body',
      `${message('POST /up HTTP/1.1', 'Host: a', 'Connection: Upgrade', 'UPGRADE: echo', 'X-A: 1', 'Content-Length: 4')}body`,
      'body',
    ],
    [
      'with a chunked body',
      `${message('POST /up HTTP/1.1', 'Host: a', 'Connection: Upgrade', 'UPGRADE: echo', 'Transfer-Encoding: chunked')}4\r\nbody\r\n0\r\n\r\n`,
      'body',
    ],
    ['to no protocol', message('GET /up HTTP/1.1', 'Host: a', 'Connection: Upgrade', 'UPGRADE: "echo"'), ''],
  ])('%s is not offered, and the request is as it was sent', async (_how, bytes, content) => {
    const requests: GatewayRequest[] = []
    const client = await send(async request => {
      requests.push(request)
      let text = ''
      for await (const chunk of request.body ?? []) text += Buffer.from(chunk).toString()
      return { status: 200, body: `got ${text}`, headers: { connection: 'close' } }
    }, bytes)
    expect(parseResponses(await client.toEnd())[0]).toMatchObject({ body: `got ${content}` })
    const [request] = requests as [GatewayRequest]
    expect([request.upgrade, request.target]).toEqual([undefined, '/up'])
    const lines = bytes
      .split('\r\n\r\n')[0]
      ?.split('\r\n')
      .slice(1)
      .flatMap(line => line.split(': '))
    expect(request.rawHeaders).toEqual(lines)
    expect(request.headers['upgrade']).toMatch(/echo/)
  })

  it('closes the connection behind a CONNECT that is refused', async () => {
    const client = await send(() => ({ status: 403, body: 'no' }), TUNNEL + LAST)
    expect(statuses(await client.toEnd())).toEqual(['403 Forbidden'])
  })

  it.each<[string, string, GatewayResponse]>([
    ['a 101 without upgrade()', ASK, { status: 101 }],
    ['a 2xx to CONNECT without upgrade()', TUNNEL, { status: 204 }],
    ['a 101 that was not offered', message('GET / HTTP/1.1', 'Host: a'), { status: 101, upgrade: echo }],
    ['a field that cannot be sent', ASK, { status: 101, upgrade: echo, headers: { x: 'a\nb' } }],
  ])('is answered 500 for %s', async (_what, bytes, response) => {
    const outcomes: unknown[] = []
    const client = await send(() => ({ ...response, finished: error => outcomes.push(error) }), bytes)
    await client.seen('Internal Server Error\n')
    expect(outcomes).toEqual([expect.any(Error)])
    expect(bridge.logged).toHaveLength(1)
  })

  it.each([
    ['with bytes in front of it', 'behind'],
    ['alone', ''],
  ])('has the end of a client that came while the application decided, %s', async (_what, behind) => {
    let answer: () => void = () => {}
    const { response, finished } = taking(socket => {
      socket.on('data', chunk => socket.write(chunk)).on('end', () => socket.end(', then the end'))
    })
    const called = new Promise<void>(resolve => {
      answer = resolve
    })
    const client = await send(async ({ upgrade }) => {
      if (upgrade === undefined) return { status: 204 }
      await called
      return response
    }, ASK + behind)
    client.socket.end()
    // A round trip on another connection: the end has come by now.
    await bridge.ask()
    answer()
    expect(await client.toEnd()).toMatch(new RegExp(`\\r\\n\\r\\n${behind}, then the end$`))
    expect(await finished).toBeUndefined()
  })

  it('ends with an error when the client is lost, or upgrade() throws', async () => {
    const lost = taking(echo)
    const client = await send(() => lost.response, ASK)
    await client.seen('\r\n\r\n')
    client.reset()
    expect(await lost.finished).toMatchObject({ cause: { code: 'ECONNRESET' } })
    await bridge.stop()
    const thrown = taking(() => {
      throw new Error('not today')
    })
    const other = await send(() => thrown.response, ASK)
    expect(await thrown.finished).toMatchObject({ message: 'not today' })
    expect(bridge.logged).toHaveLength(1)
    await other.toEnd()
  })

  it('aborts the signal when the client is lost before the answer', async () => {
    let signal: AbortSignal | undefined
    let wasCalled: () => void = () => {}
    const called = new Promise<void>(resolve => {
      wasCalled = resolve
    })
    const client = await send(request => {
      ;({ signal } = request)
      wasCalled()
      return new Promise(() => {})
    }, ASK)
    await called
    const aborted = once(signal as AbortSignal, 'abort')
    client.reset()
    await aborted
    expect(signal?.reason).toMatchObject({ cause: { code: 'ECONNRESET' } })
  })
})
