// What a listener of 'upgrade' or 'connect' writes, as the gateway gets it.
import { once } from 'node:events'
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { call, createContext, createRequest } from '@nsgi/spec/testing'
import { fromNode, gatewayRequestOf, type UpgradeListener } from '../../src/index.ts'

const never = (): never => {
  throw new Error('the handler was called')
}
const OFFER = { headers: { connection: 'Upgrade', upgrade: 'echo' }, upgrade: 'echo' }
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\nX-A: 1\r\n\r\n'

/** Gives a request to a listener; the socket that it got, and the response. */
function start(listener: UpgradeListener, request: GatewayRequest = createRequest(OFFER)) {
  const got: { req?: IncomingMessage; socket?: Duplex } = {}
  const logged: unknown[] = []
  const note = (fields: unknown): void => void logged.push(fields)
  const response = fromNode(never, {
    upgrade: (req, socket, head) => {
      Object.assign(got, { req, socket })
      return listener(req, socket, head)
    },
  })(request, createContext({ log: { error: note, warn: note, info: note, debug: note } }))
  return { ...(got as { req: IncomingMessage; socket: Duplex }), response, logged }
}

/** Runs it to its end, as a server does. */
const answerTo = (listener: UpgradeListener, request: Parameters<typeof call>[1] = OFFER) =>
  call(fromNode(never, { upgrade: listener, connect: listener }), request)

const echo: UpgradeListener = (_req, socket) => {
  socket.write(SWITCH)
  socket.pipe(socket)
}

async function textOf(stream: Duplex): Promise<string> {
  let text = ''
  for await (const piece of stream) text += String(piece)
  return text
}

describe('a listener that writes a 101', () => {
  it('gets a request and its socket as on node:http', () => {
    const request = createRequest({ ...OFFER, target: '/chat?a', remote: { address: '192.0.2.7', port: 7 } })
    const { req, socket } = start(echo, request)
    expect(req).toMatchObject({ url: '/chat?a', method: 'GET', upgrade: true, headers: { upgrade: 'echo' } })
    expect(req.socket).toBe(socket)
    expect(req.socket.remoteAddress).toBe('192.0.2.7')
    expect(gatewayRequestOf(req)).toBe(request)
  })

  it('gives a response at once, with its fields but for those of the connection', () => {
    const { response } = start(echo)
    expect(response).toMatchObject({ status: 101, headers: { 'x-a': '1' }, upgrade: expect.any(Function) })
    expect(Object.keys((response as GatewayResponse).headers ?? {})).toEqual(['x-a'])
  })

  it('has the connection from then on', async () => {
    const { socket, error } = await answerTo(echo)
    socket?.end('hello')
    expect(await textOf(socket as Duplex)).toBe('hello')
    expect(error).toBeUndefined()
  })

  it('may write its head in pieces, later, and with the first bytes of the protocol behind it', async () => {
    const { socket } = await answerTo(async (_req, socket) => {
      for (const character of SWITCH) {
        socket.write(character)
        await Promise.resolve()
      }
      socket.write('one ')
      socket.end('two')
    })
    expect(await textOf(socket as Duplex)).toBe('one two')
    const whole = await answerTo((_req, socket) => socket.end(`${SWITCH}one two`))
    expect(await textOf(whole.socket as Duplex)).toBe('one two')
  })

  it('is held back by a client that does not read', async () => {
    const events: string[] = []
    const { socket } = await answerTo((_req, socket) => {
      socket.write(SWITCH)
      for (let count = 0; count < 1000; count++) {
        if (!socket.write(Buffer.alloc(16_384))) {
          events.push('full')
          break
        }
      }
      socket.once('drain', () => {
        events.push('drain')
        socket.end()
      })
    })
    expect(events).toEqual(['full'])
    socket?.resume()
    await once(socket as Duplex, 'end')
    expect(events).toEqual(['full', 'drain'])
  })

  it('holds the client back while it does not read', async () => {
    const taken = start((_req, socket) => socket.write(SWITCH))
    const { socket } = await call(() => taken.response, OFFER)
    let sent = 0
    while (socket?.write(Buffer.alloc(16_384)) && sent < 1000) sent++
    expect(sent).toBeLessThan(1000)
    expect(taken.socket.readableLength).toBeLessThan(512 * 1024)
    taken.socket.resume()
    await once(socket as Duplex, 'drain')
  })

  it('learns of the end and of the loss of the client', async () => {
    const ended = start(echo)
    const events: string[] = []
    for (const event of ['end', 'finish', 'close', 'error']) ended.socket.on(event, () => events.push(event))
    const { socket } = await call(() => ended.response, OFFER)
    socket?.end()
    socket?.resume()
    await once(ended.socket, 'close')
    expect(events).toEqual(['end', 'finish', 'close'])
    const lost = start(echo)
    const closed = once(lost.socket, 'close')
    const client = (await call(() => lost.response, OFFER)).socket
    client?.destroy()
    await closed
    expect(lost.socket.readableEnded).toBe(false)
  })

  it('may destroy the socket before the connection is there', async () => {
    const { response } = start((_req, socket) => {
      socket.write(SWITCH)
      socket.destroy()
    })
    const { socket } = await call(() => response, OFFER)
    await once(socket as Duplex, 'close')
    expect(socket?.readableEnded).toBe(false)
  })

  it('may set the socket up before the connection is there', async () => {
    const calls: unknown[] = []
    const { response, socket } = start((_req, socket) => {
      const net = socket as Socket
      net
        .setNoDelay(true)
        .setKeepAlive(true, 5)
        .setTimeout(7, () => calls.push('idle'))
      socket.write(SWITCH)
    })
    const connection = Object.assign((await call(echoing, OFFER)).socket as Duplex, {
      setNoDelay: (...given: unknown[]) => calls.push('setNoDelay', given),
      setKeepAlive: (...given: unknown[]) => calls.push('setKeepAlive', given),
      setTimeout: (...given: unknown[]) => calls.push('setTimeout', given),
    })
    ;(response as GatewayResponse).upgrade?.(connection)
    connection.emit('timeout')
    expect(calls).toEqual(['setNoDelay', [true], 'setKeepAlive', [true, 5], 'setTimeout', [7], 'idle'])
    socket.destroy()
  })

  it('fails in the log when it throws afterwards', async () => {
    const { response, logged, socket } = start((_req, socket) => {
      socket.write(SWITCH)
      throw new Error('too late')
    })
    expect(response).toMatchObject({ status: 101 })
    expect(logged).toEqual([{ err: expect.objectContaining({ message: 'too late' }) }])
    expect(socket.destroyed).toBe(true)
  })
})

const echoing = fromNode(never, { upgrade: echo })

describe('a listener that answers otherwise', () => {
  it('gives an ordinary response', async () => {
    const result = await answerTo((_req, socket) => {
      socket.end(
        'HTTP/1.1 401 Who are you\r\nWWW-Authenticate: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\nno, \r\n',
      )
    })
    expect(result).toMatchObject({ status: 401, reason: 'Who are you', text: 'no, ', error: undefined })
    expect({ ...result.headers }).toEqual({ 'www-authenticate': 'x', 'content-length': '4', connection: 'close' })
  })

  it('whose end is the end of the connection closes it', async () => {
    const { status, headers, text } = await answerTo((_req, socket) => socket.end('HTTP/1.1 403\r\n\r\nno entry'))
    expect([status, headers.connection, text]).toEqual([403, 'close', 'no entry'])
  })

  it('may destroy the socket behind it', async () => {
    const { status, text } = await answerTo((_req, socket) => {
      socket.write('HTTP/1.1 401 Unauthorized\r\n\r\n')
      socket.destroy()
    })
    expect([status, text]).toEqual([401, ''])
  })

  it('in chunks is taken out of them, wherever they are cut', async () => {
    const chunked = '5;ext=1\r\nhello\r\n7\r\n, world\r\n0\r\nx-trailer: 1\r\n\r\n'
    for (let cut = 0; cut <= chunked.length; cut++) {
      const { text } = await answerTo((_req, socket) => {
        socket.write('HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n')
        socket.write(chunked.slice(0, cut))
        socket.write(chunked.slice(cut))
      })
      expect(text).toBe('hello, world')
    }
  })

  it('by a ServerResponse that is assigned to the socket is what that would have sent', async () => {
    for (const [length, expected] of [
      [undefined, 'hello world'],
      ['11', 'hello world'],
    ] as const) {
      const events: string[] = []
      const { status, headers, text } = await answerTo((req, socket) => {
        const res = new ServerResponse(req)
        res.assignSocket(socket as Socket)
        for (const event of ['finish', 'close']) res.on(event, () => events.push(event))
        if (length !== undefined) res.setHeader('content-length', length)
        res.writeHead(404, { 'x-kept': 'yes' }).write('hello ')
        res.end('world')
      })
      expect([status, headers['x-kept'], text]).toEqual([404, 'yes', expected])
      await new Promise(resolve => setImmediate(resolve))
      await new Promise(resolve => setImmediate(resolve))
      expect(events).toEqual(['finish', 'close'])
    }
  })

  it('with an informational response first sends that', async () => {
    const { status, informational } = await answerTo((_req, socket) =>
      socket.end('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n'),
    )
    expect(status).toBe(204)
    expect(informational).toEqual([{ status: 103, headers: { link: '</a>' } }])
  })

  it('with a body that breaks off fails', async () => {
    for (const framing of ['Content-Length: 10', 'Transfer-Encoding: chunked']) {
      for (const how of ['end', 'destroy'] as const) {
        const { error } = await answerTo((_req, socket) => {
          socket.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n5\r\nhello`)
          socket[how]()
        })
        expect(error).toMatchObject({ code: 'ERR_STREAM_DESTROYED' })
      }
    }
  })

  it.each(['HELLO\r\n\r\n', 'HTTP/1.1 99 Low\r\n\r\n', 'HTTP/1.1 200 OK\r\nno field\r\n\r\n'])(
    'with what is no response (%j) fails',
    async written => {
      await expect(answerTo((_req, socket) => socket.end(written))).rejects.toMatchObject({
        code: 'NSGI_INVALID_WRITTEN_RESPONSE',
      })
    },
  )

  it.each(['end', 'destroy'] as const)('by %s() alone refuses with a 400 that closes the connection', async how => {
    const { status, headers } = await answerTo((_req, socket) => socket[how]())
    expect([status, headers.connection]).toEqual([400, 'close'])
  })

  it.each<[string, UpgradeListener]>([
    [
      'throwing',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejecting', () => Promise.reject(new Error('broken'))],
    ['destroying the socket with an error', (_req, socket) => socket.destroy(new Error('broken'))],
  ])('by %s fails', async (_how, listener) => {
    await expect(answerTo(listener)).rejects.toThrow('broken')
  })
})

describe('a client that is lost before the head', () => {
  it('takes the socket with it', async () => {
    const client = new AbortController()
    const { socket, response } = start(() => {}, createRequest({ ...OFFER, signal: client.signal }))
    const closed = new Promise(resolve => socket.on('close', resolve))
    client.abort(new Error('gone'))
    await closed
    expect(socket.errored).toMatchObject({ code: 'ECONNRESET' })
    // The server awaits no answer that may never come, and sends none.
    expect(await response).toEqual({ status: 500 })
  })
})

describe('fromNode', () => {
  const handler = (req: IncomingMessage, res: ServerResponse): unknown =>
    res.end(`${req.method} ${(req as { upgrade?: boolean }).upgrade}`)

  it('gives CONNECT to the listener for that, and any 2xx takes the tunnel', async () => {
    const application = fromNode(handler, {
      connect: (req, socket) => {
        socket.write(`HTTP/1.1 200 Connection established\r\n\r\n${req.url}`)
        socket.pipe(socket)
      },
    })
    const { socket, status } = await call(application, { method: 'CONNECT', target: 'a:443' })
    expect(status).toBe(200)
    socket?.end(' hello')
    expect(await textOf(socket as Duplex)).toBe('a:443 hello')
  })

  it('gives what no listener is for to the handler', async () => {
    const without = await call(fromNode(handler), OFFER)
    const other = await call(fromNode(handler, { connect: never }), OFFER)
    const ordinary = await call(fromNode(handler, { upgrade: never, connect: never }))
    expect([without.text, other.text, ordinary.text]).toEqual(['GET false', 'GET false', 'GET false'])
  })

  it('gives an extended CONNECT of HTTP/2 to the upgrade listener, as the handshake that it stands for', async () => {
    const request = Object.create(createRequest({ target: '/chat', httpVersion: '2' }), {
      method: { value: 'CONNECT' },
      upgrade: { value: 'websocket' },
    }) as GatewayRequest
    const seen: unknown[] = []
    const upgrade: UpgradeListener = (req, socket) => {
      seen.push(req.method, req.url, req.headers.upgrade, req.httpVersion)
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
    }
    const response = await fromNode(handler, { upgrade, connect: never })(request, createContext())
    expect([seen, response.status]).toEqual([['GET', '/chat', 'websocket', '1.1'], 403])
  })
})
