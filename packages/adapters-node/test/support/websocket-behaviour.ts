// What a WebSocket program (fixtures/websocket.mjs) does on any server, seen by clients of `ws` and by bytes.
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createWebSocketStream, WebSocket } from 'ws'

/** A server that runs the program. */
export interface WebSocketServerUnderTest {
  readonly port: number
  stop(): Promise<void>
}

interface Message {
  readonly data: Buffer
  readonly isBinary: boolean
}

const HANDSHAKE = [
  'GET /echo HTTP/1.1',
  'Host: test',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
  '',
].join('\r\n')

/** A text frame with `hi` from a client, its mask being zero, and the same as a server sends it (RFC 6455 §5.2). */
const FRAME = '\x81\x82\0\0\0\0hi'
const ECHOED = '\x81\x02hi'

/** The tests, for one server. */
export function behavesAsWebSockets(start: () => Promise<WebSocketServerUnderTest>): void {
  let server: WebSocketServerUnderTest
  let clients: WebSocket[] = []
  beforeAll(async () => {
    server = await start()
  })
  afterAll(async () => {
    for (const client of clients) client.terminate()
    clients = []
    await server?.stop()
  })

  function client(path: string): WebSocket {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`)
    clients.push(socket)
    return socket
  }
  async function open(path: string): Promise<WebSocket> {
    const socket = client(path)
    await once(socket, 'open')
    return socket
  }
  async function message(socket: WebSocket): Promise<Message> {
    const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean]
    return { data, isBinary }
  }
  /** What the program says on a path of its own. */
  async function answerOf(path: string): Promise<unknown> {
    const socket = client(path)
    const { data } = await message(socket)
    socket.close()
    return JSON.parse(String(data))
  }
  itCarriesMessages(open, message)
  itHoldsBack(open, { message, answerOf })

  it('closes by the handshake of the protocol, from either side', async () => {
    const leaving = await open('/echo')
    leaving.close(1000, 'done')
    expect((await once(leaving, 'close')).map(String)).toEqual(['1000', 'done'])
    const left = await open('/closes')
    left.send('x')
    expect((await once(left, 'close')).map(String)).toEqual(['4001', 'enough'])
  })

  it('learns of a client that is gone, and a client of a program that is', async () => {
    const watcher = await open('/watch')
    const told = new Promise<unknown>(resolve => {
      watcher.on('message', (data: Buffer) => data.includes('{') && resolve(JSON.parse(data.toString())))
    })
    ;(await open('/echo')).terminate()
    expect(await told).toEqual({ path: '/echo', code: 1006 })
    watcher.close()
    const left = await open('/breaks')
    left.send('x')
    expect((await once(left, 'close'))[0]).toBe(1006)
  })

  it('refuses with the status that the program writes', async () => {
    const refused = client('/forbidden')
    const [, response] = (await once(refused, 'unexpected-response')) as [unknown, NodeJS.ReadableStream]
    refused.on('error', () => {})
    let text = ''
    for await (const chunk of response) text += String(chunk)
    expect([(response as { statusCode?: number }).statusCode, text]).toEqual([401, 'no'])
  })

  it('has the socket’s facts', async () => {
    expect(await answerOf('/who')).toEqual({ address: '127.0.0.1', encrypted: false })
  })

  it('takes frames that come in one packet with the request, and in the smallest pieces', async () => {
    for (const pieces of [[HANDSHAKE + FRAME + FRAME], [...(HANDSHAKE + FRAME + FRAME)]]) {
      const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true })
      for (const piece of pieces) socket.write(piece, 'latin1')
      let text = ''
      for await (const chunk of socket) {
        text += (chunk as Buffer).toString('latin1')
        if (text.endsWith(ECHOED + ECHOED)) break
      }
      expect(text).toMatch(/^HTTP\/1\.1 101 [^]+\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/i)
    }
  })
}

type Open = (path: string) => Promise<WebSocket>
type NextMessage = (socket: WebSocket) => Promise<Message>

function itCarriesMessages(open: Open, message: NextMessage): void {
  it.each<[string, string | Buffer]>([
    ['empty text', ''],
    ['text', 'grüße, 世界'],
    ['bytes', Buffer.from([0, 255, 128, 10, 13])],
    ['10 MB', Buffer.alloc(10_000_000, 'large ')],
  ])('echoes %s', async (_what, sent) => {
    const socket = await open('/echo')
    socket.send(sent)
    const { data, isBinary } = await message(socket)
    expect(isBinary).toBe(typeof sent !== 'string')
    expect(data.equals(Buffer.from(sent))).toBe(true)
    socket.close()
  })

  it('puts fragments together, and answers pings between them', async () => {
    const socket = await open('/echo')
    const pong = once(socket, 'pong')
    socket.send('one, ', { fin: false })
    socket.ping('are you there')
    socket.send('two, ', { fin: false })
    socket.send('three', { fin: true })
    expect(String((await message(socket)).data)).toBe('one, two, three')
    expect(String((await pong)[0])).toBe('are you there')
    socket.close()
  })

  it('answers a thousand messages in order', async () => {
    const socket = await open('/echo')
    const got: string[] = []
    const all = new Promise<void>(resolve => {
      socket.on('message', (data: Buffer) => got.push(data.toString()) === 1000 && resolve())
    })
    for (let i = 0; i < 1000; i++) socket.send(`message ${i}`)
    await all
    expect(got).toEqual(Array.from({ length: 1000 }, (_, i) => `message ${i}`))
    socket.close()
  })

  it('agrees on an extension of the protocol', async () => {
    const socket = await open('/compressed')
    expect(socket.extensions).toMatch(/permessage-deflate/)
    socket.send('squeeze '.repeat(10_000))
    expect(String((await message(socket)).data)).toBe('squeeze '.repeat(10_000))
    socket.close()
  })
}

interface Asking {
  readonly message: NextMessage
  readonly answerOf: (path: string) => Promise<unknown>
}

function itHoldsBack(open: Open, { message, answerOf }: Asking): void {
  const MIB = 1024 * 1024

  it('holds a client back whose messages the program does not read', async () => {
    const socket = await open('/stopped')
    const piece = Buffer.alloc(MIB)
    for (let i = 0; i < 48; i++) socket.send(piece)
    // Time enough for all of them, where they were taken.
    await answerOf('/who')
    expect(socket.bufferedAmount).toBeGreaterThan(16 * MIB)
    const go = await open('/go')
    socket.send('how many')
    expect(String((await message(socket)).data)).toBe(String(48 * MIB))
    socket.close()
    go.close()
  })

  it('holds the program back whose messages a client does not read', async () => {
    const socket = await open('/flood')
    socket.pause()
    const { waiting } = (await answerOf('/flooded')) as { waiting: number }
    expect(waiting).toBeGreaterThan(16 * MIB)
    const stream = createWebSocketStream(socket)
    let bytes = 0
    for await (const chunk of stream) {
      bytes += (chunk as Buffer).length
      if (bytes === 32 * MIB) break
    }
    expect(bytes).toBe(32 * MIB)
  })
}
