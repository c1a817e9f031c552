// What http.Server has of net.Server, and its options: on node:http and on the drop-in.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { EventEmitter, once } from 'node:events'
import { type IncomingMessage, type Server, type ServerOptions, ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from '@jest/globals'
import {
  type Api,
  type Behaviours,
  codeOf,
  compareOnBoth,
  connect,
  exchange,
  GET,
  hello,
  LAST,
  listening,
  plain,
  watched,
} from '../support/on-both.ts'
import { RawClient } from '../support/raw-client.ts'

const SWITCH = 'GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'

/** What the channels of node's server tell. */
interface StartMessage {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly socket: Socket
  readonly server: Server
}

const behaviours: Behaviours = {
  async 'listening until a signal is aborted, before and after'(api) {
    const log: unknown[] = []
    const controller = new AbortController()
    const server = watched(api.createServer(hello))
    server.listen({ port: 0, host: '127.0.0.1', signal: controller.signal })
    await once(server, 'listening')
    const closed = once(server, 'close')
    controller.abort()
    await closed
    log.push(server.listening, server.address())
    const late = watched(api.createServer(hello))
    late.on('listening', () => log.push('listening'))
    const over = once(late, 'close')
    late.listen({ port: 0, host: '127.0.0.1', signal: AbortSignal.abort() })
    await over
    return [...log, late.listening]
  },

  async 'closing: what it returns, whom it tells, and what is wrong'(api) {
    const log: unknown[] = []
    const server = api.createServer(hello)
    log.push(server.close() === server)
    await new Promise<void>(resolve => {
      server.close(error => {
        log.push(codeOf(error), (error as Error).message)
        resolve()
      })
    })
    server.on('close', () => log.push('close'))
    await listening(server)
    log.push(server.ref() === server, server.unref() === server, server.setTimeout(0) === server)
    await new Promise<void>(resolve => server.close(() => resolve(void log.push('called'))))
    const dispose = (server as unknown as Record<symbol, () => Promise<void>>)[Symbol.asyncDispose]
    return [...log, await dispose?.call(server).then(() => 'disposed', codeOf)]
  },

  async 'closing while a request comes in, a response is sent, and nothing was sent yet'(api) {
    const log: unknown[] = []
    const server = api.createServer((req, res) => {
      if (req.url === '/slow') res.write('part')
      req.on('data', () => undefined).on('end', () => req.url !== '/slow' && res.end('whole'))
      server.once('finish-all', () => res.end('end'))
    })
    const port = await listening(server)
    const [slow, upload] = [await connect(port), await connect(port)]
    await slow.send(GET.replace('/', '/slow')).until(/part/)
    const asked = once(server, 'request')
    upload.send('POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab')
    await asked
    const closed = once(server, 'close').then(() => log.push('closed'))
    server.close()
    log.push(plain(await upload.send('cd').until(/whole/)))
    server.emit('finish-all')
    log.push(plain(await slow.until(/0\r\n\r\n$/)))
    server.closeIdleConnections()
    log.push(await slow.rest(), await upload.rest())
    await closed
    return log
  },

  async 'how many connections there are, and may be'(api) {
    const log: unknown[] = []
    const server = api.createServer(hello)
    const count = (): Promise<number> =>
      new Promise((resolve, reject) => server.getConnections((error, n) => (error ? reject(error) : resolve(n))))
    const port = await listening(server)
    log.push(await count(), server.maxConnections)
    server.maxConnections = 2
    const clients = [await connect(port), await connect(port)]
    for (const client of clients) await client.send(GET).until(/hello/)
    log.push(await count())
    const dropped = once(server, 'drop')
    await connect(port)
    const [data] = await dropped
    log.push(Object.keys(data as object).sort(), (data as AddressInfo & { localPort: number }).localPort === port)
    server.closeAllConnections()
    for (const client of clients) log.push(await client.rest())
    await new Promise(setImmediate)
    return [...log, await count()]
  },

  async 'listening on the handle of another server'(api) {
    const other = createNetServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const server = watched(api.createServer(hello)).listen(other)
    try {
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      return [port === (other.address() as AddressInfo).port, await exchange(port, LAST)]
    } finally {
      other.close()
    }
  },

  async 'a listener of connection that pauses, resumes, reads along, ends or destroys'(api) {
    const log: unknown[] = []
    const server = api.createServer((_req, res) => void res.end('seen'))
    let act: (socket: Socket) => void = () => undefined
    server.on('connection', socket => act(socket))
    const port = await listening(server)
    const acts: readonly ((socket: Socket) => void)[] = [
      socket => void setImmediate(() => socket.pause() && setImmediate(() => socket.resume())),
      socket => socket.on('data', chunk => log.push(String(chunk))),
      socket => socket.end('bye'),
      socket => socket.end(),
      socket => socket.destroy(),
    ]
    for (const one of acts) {
      act = one
      log.push(await exchange(port, LAST))
    }
    return log
  },

  async 'requests over a socket of the file system'(api) {
    const path = join(tmpdir(), `drop-in-path-${process.pid}-${Math.random().toString(36).slice(2)}.sock`)
    const server = watched(api.createServer((req, res) => void req.on('data', chunk => res.end(chunk))))
    server.listen(path)
    await once(server, 'listening')
    const client = await RawClient.open({ path })
    const post = `${LAST.replace('GET', 'POST').slice(0, -2)}Content-Length: 4\r\n\r\nbody`
    return [plain(await client.send(post).rest()), server.address() === path]
  },

  async 'who reads from the socket of a request, from then on'(api) {
    const log: unknown[] = []
    const server = api.createServer((req, res) => {
      const { socket } = req
      const read = (chunk: Buffer): void => void log.push(String(chunk))
      if (req.url === '/data') socket.on('data', read)
      if (req.url === '/once') socket.once('data', read)
      if (req.url === '/first') socket.prependListener('data', read)
      res.end(req.url)
    })
    const port = await listening(server)
    for (const path of ['/data', '/once', '/first', '/none']) {
      const client = await connect(port)
      log.push(plain(await client.send(GET.replace('/', path)).until(/\r\n\r\n\/\w+/)))
      log.push(plain(await client.send(GET.replace('/', '/b')).until(/\r\n\r\n\/b/)))
      log.push(plain(await client.send(LAST.replace('/', '/c')).rest()))
    }
    return log
  },

  async 'an upgraded socket that is paused, and whose client leaves'(api) {
    const log: unknown[] = []
    const server = api.createServer(hello)
    const ended = new Promise(resolve => {
      server.on('upgrade', (_req, socket) => {
        socket.once('data', chunk => {
          log.push(String(chunk))
          // As an unpiped socket is, in no read of its own.
          setImmediate(() => {
            log.push(socket.pause() === socket, socket.isPaused())
            socket.write('paused')
          })
        })
        socket.on('end', () => resolve(socket.end()))
        socket.write('HTTP/1.1 101 Switching\r\n\r\n')
      })
    })
    const client = await connect(await listening(server))
    await client.send(SWITCH).until(/\r\n\r\n/)
    log.push(await client.send('stop').until(/paused/))
    client.socket.end()
    await ended
    return [...log, await client.rest()]
  },

  async 'memory of what was read stays what it was'(api) {
    const kept: Buffer[] = []
    const server = api.createServer((req, res) => {
      req.on('data', (chunk: Buffer) => kept.push(chunk)).on('end', () => res.end('x'))
    })
    server.on('clientError', (error: Error & { rawPacket?: Buffer }, socket) => {
      kept.push(error.rawPacket as Buffer)
      socket.destroy()
    })
    server.on('upgrade', (_req, socket, head) => {
      kept.push(head)
      socket.on('data', (chunk: Buffer) => kept.push(chunk)).on('end', () => socket.end())
      socket.write('HTTP/1.1 101 Switching\r\n\r\n')
    })
    const port = await listening(server)
    const client = await connect(port)
    const post = 'POST / HTTP/1.1\r\nHost: a\r\n'
    for (const letter of 'abc') {
      const chunk = letter.repeat(3)
      await client.send(`${post}Content-Length: 3\r\n\r\n${chunk}`).until(/x$/)
      await client
        .send(`${post}Transfer-Encoding: chunked\r\n\r\n3\r\n${chunk}\r\n3\r\n${chunk}\r\n0\r\n\r\n`)
        .until(/x$/)
      // Behind a body, in the same read.
      const both = `${post}Content-Length: 3\r\n\r\n${chunk}`.repeat(2)
      await client.send(both).until(/x[^]*x$/)
    }
    await client.send('NONSENSE\r\n\r\n').rest()
    const other = await connect(port)
    await other.send(`${SWITCH}head`).until(/\r\n\r\n/)
    other.send('later')
    other.socket.end()
    await other.rest()
    await exchange(port, `${post}Connection: close\r\nContent-Length: 3\r\n\r\nzzz`)
    return kept.map(String)
  },

  async 'no listener of connection any more, or one before it'(api) {
    const log: unknown[] = []
    const server = api.createServer(hello)
    const own = server.listeners('connection')
    log.push(own.length)
    server.prependListener('connection', () => log.push('before'))
    const port = await listening(server)
    log.push(await exchange(port, LAST))
    server.removeAllListeners('connection')
    server.on('connection', socket => {
      socket.once('data', chunk => socket.end(String(chunk).slice(0, 5)))
    })
    log.push(await exchange(port, LAST))
    server.removeAllListeners('connection').on('connection', own[0] as () => void)
    return [...log, await exchange(port, LAST)]
  },

  async 'options of messages: joinDuplicateHeaders, uniqueHeaders, highWaterMark, rejectNonStandardBodyWrites'(api) {
    const options = {
      joinDuplicateHeaders: true,
      uniqueHeaders: ['x-once'],
      highWaterMark: 4096,
      rejectNonStandardBodyWrites: true,
    } as unknown as ServerOptions
    const codes: unknown[] = []
    const server = api.createServer(options, (req, res) => {
      res.setHeader('x-once', ['1', '2'])
      res.setHeader('x-many', ['1', '2'])
      const seen: unknown[] = [req.headers, req.headersDistinct]
      seen.push(res.writableHighWaterMark, req.socket.readableHighWaterMark, req.socket.writableHighWaterMark)
      if (req.url === '/304') {
        res.statusCode = 304
        try {
          res.write('not here')
        } catch (error) {
          codes.push(codeOf(error))
        }
        res.end()
        return
      }
      res.end(JSON.stringify(seen))
    })
    const port = await listening(server)
    const twice = LAST.replace('\r\n\r\n', '\r\nAuthorization: a\r\nAuthorization: b\r\nX: 1\r\nX: 2\r\n\r\n')
    return [await exchange(port, twice), await exchange(port, twice.replace('/', '/304')), codes]
  },

  async 'shouldUpgradeCallback, where there is one'(api) {
    const asked: unknown[] = []
    const shouldUpgradeCallback = function (this: unknown, req: { url: string }): boolean {
      asked.push(req.url, this === server)
      return req.url === '/a'
    }
    const server = api.createServer({ shouldUpgradeCallback } as unknown as ServerOptions, hello)
    server.on('upgrade', (_req, socket) => socket.end('HTTP/1.1 101 Switching\r\n\r\n'))
    const port = await listening(server)
    const seen = [await exchange(port, SWITCH)]
    const other = await connect(port)
    const switched = await other.send(SWITCH.replace('/a', '/b')).until(/\r\n\r\n(?:hello)?/)
    return [...seen, plain(switched), asked]
  },

  async 'an upgrade that nobody takes any more'(api) {
    const server = api.createServer({ shouldUpgradeCallback: () => true } as unknown as ServerOptions, hello)
    const client = await connect(await listening(server))
    client.send(SWITCH.replace('Connection: Upgrade', 'Connection: Upgrade, close'))
    return plain(await client.rest())
  },

  async 'what the diagnostics channels tell of a request, and when'(api) {
    const log: unknown[] = []
    const started = (message: unknown): void => {
      const { request, response, socket, server: its } = message as StartMessage
      if (its !== server) return
      const { length } = request.rawHeaders
      log.push(['start', length, response.socket === null, response.listenerCount('finish'), socket === request.socket])
      // Who measures a response reads its socket when it is over.
      response.on('finish', () => log.push(['finish', response.socket === socket]))
      response.setHeader('x-trace', '1')
    }
    const finished = (message: unknown): void => {
      const { response, server: its } = message as StartMessage
      if (its === server) log.push(['over', response.socket === null])
    }
    const server = api.createServer((_req, res) => {
      log.push('request')
      res.on('finish', () => log.push(['finish of the listener', res.socket === null]))
      res.on('close', () => log.push('close'))
      res.end()
    })
    const port = await listening(server)
    subscribe('http.server.request.start', started)
    subscribe('http.server.response.finish', finished)
    try {
      return [await exchange(port, GET + LAST), log]
    } finally {
      unsubscribe('http.server.request.start', started)
      unsubscribe('http.server.response.finish', finished)
    }
  },

  async 'what counts for maxRequestsPerSocket: requests while there is a limit'(api) {
    const server = api.createServer((req, res) => {
      if (req.url === '/limit') server.maxRequestsPerSocket = 2
      res.end(req.url)
    })
    const client = await connect(await listening(server))
    client.send(GET + GET.replace('/', '/limit') + GET + GET + GET)
    return plain(await client.until(/503[^]*0\r\n\r\n$/))
  },

  async 'an upgrade of a server that closes empty requests at once'(api) {
    const log: unknown[] = []
    const server = api.createServer({ optimizeEmptyRequests: true } as unknown as ServerOptions, hello)
    server.on('upgrade', (req, socket) => {
      log.push([req.complete, req.readableEnded, req.readableFlowing, req.closed, req.destroyed])
      for (const event of ['end', 'close']) req.on(event, () => log.push(event))
      req.resume()
      setImmediate(() => socket.end('HTTP/1.1 101 Switching\r\n\r\n'))
    })
    return [await exchange(await listening(server), SWITCH), log]
  },

  async 'trailers and extensions of chunks, within what a head may have and beyond'(api) {
    const told: unknown[] = []
    const server = api.createServer({ maxHeaderSize: 1024 }, (req, res) => {
      req.on('error', error => told.push(codeOf(error)))
      req.on('end', () => res.end(JSON.stringify(req.rawTrailers.map(part => part.length))))
      req.resume()
    })
    const port = await listening(server)
    const send = (end: string): Promise<string[]> =>
      exchange(
        port,
        `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n${end}`,
      )
    const seen: unknown[] = []
    for (const size of [1000, 1022, 1023, 2000, 20_000]) seen.push(await send(`0\r\nX: ${'x'.repeat(size)}\r\n\r\n`))
    seen.push(await send(`0\r\n${'X: 1\r\n'.repeat(510)}\r\n`), await send(`0\r\n${'X: 1\r\n'.repeat(520)}\r\n`))
    seen.push(await send(`1;x=${'x'.repeat(2000)}\r\na\r\n0\r\n\r\n`))
    seen.push(await send(`1;x=${'x'.repeat(20_000)}\r\na\r\n0\r\n\r\n`))
    return [...seen, told]
  },

  async 'a listener whose promise rejects, where rejections are captured'(api) {
    const before = EventEmitter.captureRejections
    EventEmitter.captureRejections = true
    try {
      const server = api.createServer()
      // oxlint-disable-next-line no-misused-promises -- that it returns a promise is what is looked at
      server.on('request', async (req, res) => {
        res.setHeader('x-secret', '1')
        if (req.url === '/begun') res.write('part')
        await Promise.reject(new Error('from the listener'))
      })
      const port = await listening(server)
      return [await exchange(port, LAST), await exchange(port, LAST.replace('/', '/begun'))]
    } finally {
      EventEmitter.captureRejections = before
    }
  },

  async 'HTTP/1.0, and what Connection says of going on'(api) {
    const server = api.createServer((req, res) => {
      res.setHeader('x-connection', String(req.headers.connection))
      if (req.url === '/parts') res.write('in ')
      res.end('parts')
    })
    const port = await listening(server)
    const seen: unknown[] = []
    for (const version of ['1.0', '1.1']) {
      for (const connection of ['keep-alive', 'Keep-Alive, x', 'close', 'x', '']) {
        for (const path of ['/', '/parts']) {
          const client = await connect(port)
          const field = connection === '' ? '' : `Connection: ${connection}\r\n`
          client.send(`GET ${path} HTTP/${version}\r\nHost: a\r\n${field}\r\n`).socket.end()
          seen.push(plain(await client.rest()))
        }
      }
    }
    return seen
  },

  async 'time-outs that are no numbers'(api) {
    const seen: unknown[] = []
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      const server = api.createServer(hello)
      const port = await listening(server)
      Object.assign(server, { keepAliveTimeoutBuffer: value, headersTimeout: value, requestTimeout: value })
      const client = await connect(port)
      await client.send(GET).until(/hello/)
      seen.push(plain(await client.send(LAST).rest()))
    }
    return seen
  },

  async 'a response that is moved to another socket, as keep-alive proxies do'(api) {
    const log: unknown[] = []
    const server = api.createServer((req, res) => {
      const { socket } = req
      res.detachSocket(socket)
      log.push(res.socket, (socket as Socket & { _httpMessage?: unknown })._httpMessage)
      const own = new ServerResponse(req)
      own.shouldKeepAlive = false
      own.assignSocket(socket)
      own.on('finish', () => {
        own.detachSocket(socket)
        socket.end()
      })
      own.end('own')
    })
    return [await exchange(await listening(server), LAST), log]
  },

  async 'the reasons for which options are refused'(api) {
    const seen: unknown[] = []
    const wrong: readonly object[] = [
      { maxHeaderSize: 'big' },
      { maxHeaderSize: -1 },
      { insecureHTTPParser: 1 },
      { requestTimeout: 'x' },
      { headersTimeout: -1 },
      { headersTimeout: 2, requestTimeout: 1 },
      { keepAliveTimeout: 'x' },
      { connectionsCheckingInterval: 'x' },
      { requireHostHeader: 'x' },
      { joinDuplicateHeaders: 'x' },
      { rejectNonStandardBodyWrites: 'x' },
      { noDelay: 'x', keepAlive: 'x', keepAliveInitialDelay: 'x' },
      { highWaterMark: 'x' },
      { uniqueHeaders: 'x' },
      { optimizeEmptyRequests: 'x' },
      { shouldUpgradeCallback: 'x' },
    ]
    for (const options of wrong) seen.push(refusalOf(api, options))
    return seen
  },
}

function refusalOf(api: Api, options: object): unknown {
  try {
    api.createServer(options)
    return 'taken'
  } catch (error) {
    return [codeOf(error), (error as Error).message]
  }
}

describe('what http.Server has of net.Server, and its options, on node:http and on the drop-in', () => {
  compareOnBoth(behaviours)
})
