// What a program can see of http.Server itself, on node:http and on the drop-in: the same log of both.
import { once } from 'node:events'
import * as http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { inherits } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import * as dropIn from '../../src/node-http/index.ts'
import {
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

/** The names of all members that an object and its prototypes have, with the types of their values; symbols are node's own affair. */
function membersOf(object: object): string[] {
  const names = new Set<string>()
  for (let one: object | null = object; one !== null && one !== Object.prototype; one = Object.getPrototypeOf(one)) {
    for (const name of Object.getOwnPropertyNames(one)) names.add(name)
  }
  return [...names].sort().map(name => {
    const value = (object as Record<string, unknown>)[name]
    return `${name}: ${value === null ? 'null' : typeof value}`
  })
}

const behaviours: Behaviours = {
  async 'address() answers as soon as listen() has returned'(api) {
    const server = watched(api.createServer(hello)).listen(0)
    const { port, ...rest } = server.address() as AddressInfo
    const seen = [port > 0, rest, server.listening]
    await once(server, 'listening')
    return seen
  },

  async 'every form of listen'(api) {
    const path = join(tmpdir(), `drop-in-${process.pid}-${Math.random().toString(36).slice(2)}.sock`)
    const forms: readonly unknown[][] = [
      [],
      [0],
      ['0'],
      [0, '127.0.0.1'],
      [0, 'localhost'],
      [0, '127.0.0.1', 16],
      [0, 16],
      [{ port: 0, host: '127.0.0.1', backlog: 4 }],
      [{ port: 0, exclusive: true }],
      [path],
      [{ path: `${path}2`, readableAll: true }],
    ]
    const seen: unknown[] = []
    for (const form of forms) {
      const server = watched(api.createServer(hello))
      const called = new Promise(resolve => server.listen(...(form as []), () => resolve('called')))
      seen.push(await called)
      const address = server.address()
      seen.push(typeof address === 'string' ? 'path' : { ...address, port: 'any' })
      server.close()
      await once(server, 'close')
    }
    return seen
  },

  async 'an address that is taken'(api) {
    const port = await listening(api.createServer(hello))
    const server = watched(api.createServer(hello))
    server.listen(port, '127.0.0.1')
    const [error] = (await once(server, 'error')) as [NodeJS.ErrnoException & { address: string }]
    return [error.code, error.syscall, error.address, server.listening]
  },

  async 'listening twice, closing twice, listening again'(api) {
    const server = api.createServer(hello)
    await listening(server)
    const log: unknown[] = []
    try {
      server.listen(0)
    } catch (error) {
      log.push(codeOf(error))
    }
    await new Promise<void>(resolve => server.close(error => resolve(void log.push(error))))
    await new Promise<void>(resolve => server.close(error => resolve(void log.push(codeOf(error)))))
    log.push(server.address(), server.listening)
    log.push(await exchange(await listening(server), LAST))
    return log
  },

  async 'is an http.Server, with or without new, and can be inherited from'(api) {
    class Derived extends (api.Server as new (listener: http.RequestListener) => http.Server) {
      own = 1
    }
    function Old(this: http.Server): void {
      api.Server.call(this, hello)
    }
    inherits(Old, api.Server)
    const servers = [
      api.createServer(),
      api.createServer({}),
      new api.Server(hello),
      api.Server(hello),
      api.Server({ keepAlive: true }, hello),
      new Derived(hello),
      new (Old as unknown as new () => http.Server)(),
    ]
    const log: unknown[] = []
    for (const server of servers) {
      log.push([server instanceof http.Server, server instanceof api.Server, server.listenerCount('request')])
      if (server.listenerCount('request') > 0) log.push(await exchange(await listening(server), LAST))
    }
    return [...log, api.Server.name, api.Server.length > 0]
  },

  async 'its properties, as they are at first'(api) {
    const server = api.createServer()
    const { timeout, keepAliveTimeout, headersTimeout, requestTimeout, maxHeadersCount, maxRequestsPerSocket } = server
    const events = server.eventNames().filter(name => name !== 'listening')
    return [timeout, keepAliveTimeout, headersTimeout, requestTimeout, maxHeadersCount, maxRequestsPerSocket, events]
  },

  async 'every member of the server, the request, the response and their socket, by its type'(api) {
    const server = api.createServer()
    const seen = new Promise(resolve => {
      server.on('request', (req, res) => {
        const { socket } = req
        resolve([server, req, res, socket].map(membersOf))
        res.end()
      })
    })
    await exchange(await listening(server), LAST)
    return seen
  },

  async 'the events of the server, in their order'(api) {
    const log: string[] = []
    const server = api.createServer()
    const { emit } = server
    server.emit = function (this: http.Server, ...given: Parameters<typeof emit>) {
      log.push(given[0])
      return emit.apply(this, given)
    } as typeof emit
    server.on('request', hello).on('checkContinue', hello).on('checkExpectation', hello)
    server.on('upgrade', (_req, socket) => socket.end('HTTP/1.1 101 Switching\r\n\r\n'))
    server.on('connect', (_req, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
    const port = await listening(server)
    const requests = [
      LAST,
      LAST.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'),
      LAST.replace('\r\n\r\n', '\r\nExpect: more\r\n\r\n'),
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nbehind',
      'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
      'nonsense',
    ]
    const seen = []
    for (const request of requests) seen.push(await exchange(port, request))
    return [log, seen]
  },

  async 'listeners of request that come and go, several of them'(api) {
    const log: string[] = []
    const server = api.createServer()
    const port = await listening(server)
    const first = (): void => void log.push('first')
    server.on('request', first)
    server.once('request', () => log.push('once'))
    server.on('request', (_req, res) => res.end('done'))
    await exchange(port, LAST)
    server.off('request', first)
    await exchange(port, LAST)
    return log
  },

  async 'one socket for the connection and all of its requests'(api) {
    const log: unknown[] = []
    const sockets: Socket[] = []
    const server = api.createServer((req, res) => {
      log.push(req.socket === sockets[0], res.socket === sockets[0], req.connection === sockets[0])
      log.push((req.socket as Socket & { _httpMessage?: unknown })._httpMessage === res)
      log.push((req.socket as Socket & { server?: unknown }).server === server, req.socket.remoteAddress)
      res.on('finish', () => log.push('finish', res.socket, req.socket === sockets[0]))
      res.end('x')
    })
    server.on('connection', socket => sockets.push(socket))
    const port = await listening(server)
    const client = await connect(port)
    await client.send(GET).until(/x$/)
    await client.send(LAST).rest()
    return [...log, sockets.length]
  },

  async '100 Continue, with nobody who wants to know'(api) {
    const server = api.createServer((req, res) => {
      let body = ''
      req.setEncoding('utf8').on('data', chunk => {
        body += String(chunk)
      })
      req.on('end', () => res.end(body))
    })
    const client = await connect(await listening(server))
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n')
    const informed = await client.until(/\r\n\r\n/)
    return [informed, plain(await client.send('abc').rest())]
  },

  async checkContinue(api) {
    const server = api.createServer(hello)
    server.on('checkContinue', (req: http.IncomingMessage, res: http.ServerResponse) => {
      if (req.url === '/no') {
        res.statusCode = 413
        res.shouldKeepAlive = false
        res.end('no')
        return
      }
      res.writeContinue()
      req.on('data', chunk => res.write(String(chunk)))
      req.on('end', () => res.end())
    })
    const port = await listening(server)
    const head = 'HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n'
    const client = await connect(port)
    const informed = await client.send(`POST / ${head}`).until(/\r\n\r\n/)
    return [informed, plain(await client.send('abc').rest()), await exchange(port, `POST /no ${head}`)]
  },

  async 'other expectations'(api) {
    const expecting = 'GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nConnection: close\r\n\r\n'
    const server = api.createServer(hello)
    const port = await listening(server)
    const before = await exchange(port, expecting)
    server.on('checkExpectation', (req: http.IncomingMessage, res: http.ServerResponse) => {
      res.statusCode = 418
      res.end(req.headers.expect)
    })
    // A head that was written before the end says `chunked` on node, a length here.
    return [before.filter(line => line.startsWith('HTTP/')), await exchange(port, expecting)]
  },

  async 'an upgrade, which gets the socket of the connection'(api) {
    const log: unknown[] = []
    let connected: unknown
    const server = api.createServer(hello)
    server.on('connection', socket => {
      connected = socket
    })
    server.on('upgrade', (req, socket, head) => {
      log.push(
        socket === connected,
        req.socket === socket,
        req.url,
        (req as { upgrade?: boolean }).upgrade,
        head.length + socket.readableLength,
      )
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
      if (head.length > 0) socket.unshift(head)
      socket.pipe(socket)
    })
    const client = await connect(await listening(server))
    client.send('GET /up HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nearly')
    log.push(await client.until(/early/))
    log.push(await client.send('later').until(/later/))
    client.socket.end()
    return [...log, await client.rest()]
  },

  async 'requests for an upgrade and for a tunnel, which are whole and come to their end'(api) {
    const log: unknown[] = []
    const server = api.createServer(hello)
    const take = (req: http.IncomingMessage, socket: Duplex): void => {
      log.push([req.complete, req.readableEnded])
      req.resume().on('end', () => {
        log.push([req.complete, req.readableEnded, req.readableAborted])
        socket.end(`HTTP/1.1 200 OK\r\n\r\n${req.method}`)
      })
    }
    server.on('upgrade', take)
    server.on('connect', take)
    const port = await listening(server)
    log.push(await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'))
    return [...log, await exchange(port, 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n')]
  },

  async 'an upgrade without a listener is a request'(api) {
    const port = await listening(api.createServer(hello))
    return exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nConnection: Upgrade, close\r\n\r\n')
  },

  async 'CONNECT, with and without a listener'(api) {
    const server = api.createServer(hello)
    const port = await listening(server)
    const request = 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n'
    const without = await exchange(port, request)
    server.on('connect', (req, socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${req.url}`))
    return [without, await exchange(port, request)]
  },

  async 'clientError, for what the parser refuses'(api) {
    const log: unknown[] = []
    const server = api.createServer({ maxHeaderSize: 1024 }, hello)
    const port = await listening(server)
    const bad = ['NONSENSE\r\n\r\n', `GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(2000)}\r\n\r\n`]
    server.on('clientError', (error, socket) => {
      log.push(codeOf(error), socket.writable)
      socket.end('HTTP/1.1 400 My own\r\nConnection: close\r\n\r\n')
    })
    for (const bytes of bad) log.push(await exchange(port, bytes))
    return log
  },

  async 'the statuses of what is refused'(api) {
    const port = await listening(api.createServer({ maxHeaderSize: 1024 }, hello))
    const bad = [
      'NONSENSE / HTTP/1.1\r\n bad\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(2000)}\r\n\r\n`,
      'GET / HTTP/1.1\r\n\r\n',
    ]
    const seen = []
    for (const bytes of bad) seen.push(await exchange(port, bytes))
    return seen
  },

  async 'clientError of one that is left open, which is told of again'(api) {
    const log: unknown[] = []
    const server = api.createServer(hello)
    const client = await connect(await listening(server))
    await new Promise<void>(resolve => {
      server.on(
        'clientError',
        (error: NodeJS.ErrnoException & { bytesParsed?: number; rawPacket?: Buffer }, socket) => {
          log.push(error.code, error.message, error.bytesParsed, String(error.rawPacket), socket.destroyed)
          if (log.length === 5) client.send('again')
          else {
            socket.destroy()
            resolve()
          }
        },
      )
      client.send('*')
    })
    return log
  },

  async 'an encoding for the socket is refused'(api) {
    const server = watched(api.createServer(hello))
    const refused = new Promise(resolve => {
      server.on('connection', socket => {
        try {
          socket.setEncoding('utf8')
          resolve('taken')
        } catch (error) {
          resolve([codeOf(error), (error as Error).message])
        }
      })
    })
    await connect(await listening(server))
    return refused
  },

  async 'idle connections end after keepAliveTimeout, whenever it is set'(api) {
    const server = api.createServer(hello)
    const port = await listening(server)
    server.keepAliveTimeout = 50
    Object.assign(server, { keepAliveTimeoutBuffer: 0 })
    const client = await connect(port)
    await client.send(GET).until(/hello/)
    return client.rest()
  },

  async 'a head and a body that do not come in time are answered 408'(api) {
    const server = api.createServer({ connectionsCheckingInterval: 20 }, (req, res) => {
      req.resume().on('error', () => undefined)
      req.on('end', () => res.end('whole'))
    })
    const port = await listening(server)
    server.headersTimeout = 60
    server.requestTimeout = 60
    const seen = []
    for (const bytes of ['GET / HT', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab']) {
      const client = await connect(port)
      seen.push((await client.send(bytes).rest()).slice(0, 28))
    }
    return seen
  },

  async 'setTimeout of the server, the request and the response'(api) {
    const log: unknown[] = []
    const server = api.createServer((req, res) => {
      if (req.url === '/req')
        req.setTimeout(30, () => {
          log.push('request')
          res.end('by request')
        })
      if (req.url === '/res')
        res.setTimeout(30, () => {
          log.push('response')
          res.end('by response')
        })
      if (req.url === '/sock') req.socket.setTimeout(30)
    })
    const port = await listening(server)
    // A request that is whole hears of no time-out.
    for (const path of ['/res', '/sock']) log.push(await exchange(port, LAST.replace('/', path)))
    const client = await connect(port)
    client.send('POST /req HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nab')
    log.push(plain(await client.until(/by request/)))
    server.setTimeout(30, socket => {
      log.push('server', socket.remotePort !== undefined)
      socket.destroy()
    })
    log.push(await exchange(port, LAST))
    return log
  },

  async 'the last request that a connection may have says so'(api) {
    const server = api.createServer(hello)
    server.maxRequestsPerSocket = 2
    const client = await connect(await listening(server))
    const first = plain(await client.send(GET).until(/hello/))
    const second = plain(await client.send(GET).until(/hello/))
    const dropped: unknown[] = []
    server.on('dropRequest', (req: http.IncomingMessage, socket: Socket) =>
      dropped.push(req.url, socket === req.socket),
    )
    const third = await client.send(GET).until(/\r\n/)
    return [first, second, third, dropped]
  },

  async 'maxHeadersCount limits headers, or refuses what has more'(api) {
    const server = api.createServer({ maxHeaderSize: 100_000 }, (req, res) => {
      res.end(JSON.stringify([Object.keys(req.headers).length]))
    })
    const port = await listening(server)
    const seen = []
    for (const [limit, count] of [
      [2, 4],
      [4, 4],
      [0, 1100],
      [null, 1000],
      [null, 1001],
    ] as const) {
      server.maxHeadersCount = limit
      const fields = Array.from({ length: count - 2 }, (_, index) => `a${index}: 1\r\n`).join('')
      seen.push(await exchange(port, `GET / HTTP/1.1\r\nHost: a\r\n${fields}Connection: close\r\n\r\n`))
    }
    return seen
  },

  async 'closing ends idle connections at once and busy ones after their response'(api) {
    const log: unknown[] = []
    let release: () => void = () => undefined
    const server = api.createServer((req, res) => {
      if (req.url === '/wait') release = () => res.end('waited')
      else res.end('x')
    })
    const port = await listening(server)
    const [idle, busy] = [await connect(port), await connect(port)]
    await idle.send(GET).until(/x$/)
    const asked = once(server, 'request')
    busy.send(GET.replace('/', '/wait'))
    await asked
    const closed = new Promise<void>(resolve => server.close(() => resolve(void log.push('closed'))))
    log.push(await idle.rest(), server.listening, server.address())
    release()
    log.push((await busy.until(/waited/)).slice(0, 15))
    busy.socket.end()
    await closed
    return log
  },

  async 'a connection that was busy when the server was closed goes on'(api) {
    const server = api.createServer((req, res) => {
      if (req.url === '/close') server.close()
      res.end('x')
    })
    const client = await connect(await listening(server))
    const log = [plain(await client.send(GET.replace('/', '/close')).until(/x$/))]
    return [...log, plain(await client.send(LAST).rest())]
  },

  async 'closeIdleConnections spares those that are asking, and before Node 26 those that are new, closeAllConnections spares nobody'(
    api,
  ) {
    const server = api.createServer(hello)
    const port = await listening(server)
    const [idle, fresh, asking] = [await connect(port), await connect(port), await connect(port)]
    await idle.send(GET).until(/hello/)
    const seen = once(server, 'connection')
    const late = await connect(port)
    await seen
    asking.send(GET.slice(0, 20))
    // Behind it on the way, so that the server has both when the answer comes.
    await idle.send(GET).until(/hello/)
    server.closeIdleConnections()
    const log: unknown[] = [await idle.rest()]
    log.push((await asking.send(GET.slice(20)).until(/hello/)).slice(0, 15))
    const sparesFresh = Number.parseInt(process.versions.node, 10) < 26
    for (const one of [fresh, late]) {
      log.push(sparesFresh ? (await one.send(GET).until(/hello/)).slice(0, 15) : await one.rest())
    }
    server.closeAllConnections()
    return [...log, await asking.rest(), sparesFresh && (await fresh.rest())]
  },

  async 'close() calls the closeIdleConnections that a program has put in its place'(api) {
    const log: unknown[] = []
    const server = api.createServer(hello)
    server.closeIdleConnections = () => void log.push('own')
    await listening(server)
    await new Promise<void>(resolve => server.close(() => resolve()))
    return log
  },

  async 'classes of its own for messages'(api) {
    class Request extends http.IncomingMessage {
      get shout(): string {
        return String(this.url).toUpperCase()
      }
    }
    class Response extends http.ServerResponse {
      made = 'by us'
      override end(chunk?: unknown): this {
        super.end(`${String(chunk)}!`)
        return this
      }
    }
    const classes = { IncomingMessage: Request, ServerResponse: Response as unknown as typeof http.ServerResponse }
    const server = api.createServer(classes as http.ServerOptions, (req, res) => {
      const { made } = res as unknown as Response
      const { shout } = req as Request
      res.end([shout, made, req instanceof Request, (res as unknown) instanceof Response].join())
    })
    return exchange(await listening(server), LAST.replace('/', '/a'))
  },

  async 'destroying before a response: the connection ends without a word'(api) {
    const log: unknown[] = []
    const server = api.createServer((req, res) => {
      res.on('close', () => log.push('close', res.writableFinished))
      if (req.url === '/later') setImmediate(() => res.destroy())
      else req.destroy()
    })
    const port = await listening(server)
    log.push(await exchange(port, GET))
    log.push(await exchange(port, GET.replace('/', '/later')))
    return log
  },

  async 'what was ended before the socket is destroyed arrives'(api) {
    const server = api.createServer((req, res) => {
      res.end('out')
      req.socket.destroy()
    })
    return exchange(await listening(server), LAST)
  },

  async 'a client that leaves within a response'(api) {
    const log: unknown[] = []
    let over: () => void = () => undefined
    const ended = new Promise<void>(resolve => {
      over = resolve
    })
    const server = api.createServer((req, res) => {
      req.on('aborted', () => log.push('aborted')).on('error', error => log.push(codeOf(error)))
      req.on('close', () => log.push('request closed'))
      res.on('close', () => {
        log.push('response closed', res.writableEnded, req.destroyed)
        over()
      })
      res.write('part')
    })
    const client = await connect(await listening(server))
    await client.send(GET).until(/part/)
    client.reset()
    await ended
    return log
  },

  async 'a client that closes its side gets no answer any more, but by httpAllowHalfOpen'(api) {
    const waiting = api.createServer((_req, res) => void setImmediate(() => setImmediate(() => res.end('late'))))
    const port = await listening(waiting)
    const log: unknown[] = []
    for (const half of [false, true]) {
      Object.assign(waiting, { httpAllowHalfOpen: half })
      const client = await connect(port)
      client.socket.end(GET)
      log.push((await client.rest()).includes('late'))
    }
    return log.slice(1)
  },

  async 'back-pressure: write() is false until the client reads, then drain'(api) {
    const log: unknown[] = []
    const server = api.createServer((_req, res) => {
      const block = Buffer.alloc(1 << 20, 120)
      let left = 24
      const go = (): void => {
        while (left-- > 0) if (!res.write(block)) return void res.once('drain', go)
        res.end()
      }
      res.on('finish', () => log.push('finish'))
      go()
      log.push(left > 0, res.writableNeedDrain)
    })
    const port = await listening(server)
    const response = await new Promise<http.IncomingMessage>(resolve =>
      http.get({ port, host: '127.0.0.1', agent: false }, resolve),
    )
    let size = 0
    for await (const chunk of response) size += (chunk as Buffer).length
    return [...log, size]
  },

  async 'responses to pipelined requests, in order'(api) {
    const server = api.createServer((req, res) => {
      if (req.url === '/1') setTimeout(() => res.end('one '), 20)
      else res.end(req.url === '/2' ? 'two ' : 'three')
    })
    const client = await connect(await listening(server))
    client.send(GET.replace('/', '/1') + GET.replace('/', '/2') + LAST.replace('/', '/3'))
    return (await client.rest()).match(/one|two|three/g)
  },

  async 'pipelined requests are told of at once, bodies and all, and may be answered in any order'(api) {
    const log: unknown[] = []
    const responses: http.ServerResponse[] = []
    const server = api.createServer((req, res) => {
      responses.push(res)
      log.push(req.url, res.socket === null, req.socket === responses[0]?.req.socket, res.writableLength)
      req.on('data', chunk => log.push(`${req.url} ${chunk}`)).on('end', () => log.push(`${req.url} end`))
      res.on('finish', () => log.push(`${req.url} finish`)).on('close', () => log.push(`${req.url} close`))
      if (responses.length < 3) return
      setImmediate(() => {
        for (const one of responses.toReversed()) one.end(`for ${one.req.url}`)
        log.push(responses.map(({ writableLength }) => writableLength > 0))
      })
    })
    const client = await connect(await listening(server))
    const post = 'POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n'
    client.send(GET.replace('/', '/1') + post + LAST.replace('/', '/3'))
    return [plain(await client.rest()), log]
  },

  async 'requests without a body, of which nothing is to be told'(api) {
    const log: unknown[] = []
    const server = api.createServer({ optimizeEmptyRequests: true } as http.ServerOptions, (req, res) => {
      for (const event of ['data', 'end', 'close']) req.on(event, () => log.push(`${req.method} ${event}`))
      log.push(req.method, req.readableEnded, req.destroyed)
      setImmediate(() => res.end('x'))
    })
    const port = await listening(server)
    const seen = [await exchange(port, LAST)]
    const post = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab'
    seen.push(await exchange(port, post))
    return [seen, log]
  },

  async 'a client that goes while pipelined requests wait'(api) {
    const log: unknown[] = []
    let told = 0
    const gone = new Promise(resolve => {
      const server = api.createServer((req, res) => {
        req.on('error', error => log.push([req.url, codeOf(error)])).on('close', () => log.push(`${req.url} close`))
        res.on('close', () => log.push(`${req.url} response closed`))
        if (++told === 2) req.socket.on('close', () => setImmediate(resolve)).destroy()
      })
      void listening(server)
        .then(connect)
        .then(client => client.send(GET.replace('/', '/1') + GET.replace('/', '/2')))
    })
    await gone
    return log
  },

  async 'empty lines between requests'(api) {
    const server = api.createServer((req, res) => void req.resume().on('end', () => res.end(req.url)))
    const client = await connect(await listening(server))
    const post = 'POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody'
    client.send(`\r\n\n${post}${'\r\n'.repeat(20)}`)
    await client.until(/\/1$/)
    return plain(await client.send(`\r\n${LAST.replace('/', '/2')}`).rest())
  },

  async 'statuses that no other server would send'(api) {
    const server = api.createServer((req, res) => {
      res.statusCode = Number(req.url?.slice(1))
      res.end('text')
    })
    const port = await listening(server)
    const seen = []
    for (const status of [101, 204, 205, 304, 600, 700, 999]) {
      seen.push(await exchange(port, LAST.replace('/', `/${status}`)))
    }
    return seen
  },

  async 'any Host, none where none is wanted, any target, fields that come twice'(api) {
    const server = api.createServer({ requireHostHeader: false }, (req, res) => {
      res.end(JSON.stringify([req.url, req.headers]))
    })
    const port = await listening(server)
    const heads = [
      'GET / HTTP/1.1\r\n',
      'GET / HTTP/1.1\r\nHost: http://example.com\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n',
      'GET http://other/path#part HTTP/1.1\r\nHost: a b\r\n',
      'GET * HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n',
      'GET /#x HTTP/1.1\r\nHost: a\r\nAuthorization: one\r\nAuthorization: two\r\n',
    ]
    const seen = []
    for (const head of heads) seen.push(await exchange(port, `${head}Connection: close\r\n\r\n`))
    return seen
  },

  async 'requests of other versions, and without one'(api) {
    const server = api.createServer((req, res) => {
      res.end(JSON.stringify([req.url, req.httpVersion, req.httpVersionMajor, req.httpVersionMinor, req.rawHeaders]))
    })
    const port = await listening(server)
    const seen = []
    const fields = 'Connection: close\r\nX: y\r\n'
    for (const line of ['GET /a', 'GET http://a', 'GET /a HTTP/0.9', 'POST /a HTTP/2.0', 'GET /a HTTP/1.0']) {
      seen.push(await exchange(port, `${line}\r\n\r\n`), await exchange(port, `${line}\r\n${fields}\r\n`))
    }
    return seen
  },

  async 'bytes that a program frames by itself'(api) {
    const server = api.createServer((req, res) => {
      switch (req.url) {
        case '/more':
          res.writeHead(200, { 'Content-Length': 2 }).end('more')
          return
        case '/unframed':
          res.removeHeader('transfer-encoding')
          res.write('till ')
          res.end('the end')
          return
        case '/raw':
          res.writeHead(200, [
            ['X-One', '1'],
            ['x-one', '2'],
          ])
          res.end('raw')
          return
        default:
          res.write('lost?')
          res.socket?.destroySoon()
      }
    })
    const port = await listening(server)
    const seen = []
    for (const path of ['/more', '/unframed', '/raw', '/write'])
      seen.push(await exchange(port, LAST.replace('/', path)))
    return seen
  },

  async 'a connection that is put in'(api) {
    const server = watched(api.createServer(hello))
    const written: string[] = []
    const duplex = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        written.push(String(chunk))
        done()
      },
    })
    server.emit('connection', duplex)
    duplex.push(LAST)
    await once(duplex, 'finish')
    return plain(written.join(''))
  },

  async 'a connection that is put in and ends at once behind its request'(api) {
    const log: unknown[] = []
    const server = watched(
      api.createServer((req, res) => {
        req.on('data', chunk => log.push(String(chunk)))
        req.on('end', () => res.end('whole'))
      }),
    )
    const duplex = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        log.push(plain(String(chunk)))
        done()
      },
    })
    server.emit('connection', duplex)
    duplex.push('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody')
    duplex.push(null)
    await once(duplex, 'finish')
    return log
  },

  async 'a program whose clock and queues are not the real ones'(api) {
    const server = api.createServer((req, res) => {
      req.resume().on('end', () => res.end('whole'))
      globalThis.setInterval =
        process.nextTick =
        globalThis.queueMicrotask =
          () => {
            throw new Error('not to be called')
          }
    })
    const port = await listening(server)
    const client = await connect(port)
    const { setInterval, queueMicrotask } = globalThis
    const { nextTick } = process
    try {
      return plain(
        await client.send(LAST.replace('GET', 'POST').replace('\r\n\r\n', '\r\nContent-Length: 1\r\n\r\nx')).rest(),
      )
    } finally {
      Object.assign(globalThis, { setInterval, queueMicrotask })
      process.nextTick = nextTick
    }
  },

  async 'maxConnections, getConnections and drop'(api) {
    const server = api.createServer(hello)
    const port = await listening(server)
    server.maxConnections = 1
    const first = await connect(port)
    await first.send(GET).until(/hello/)
    const dropped = once(server, 'drop')
    const second = await connect(port)
    await dropped
    const count = await new Promise((resolve, reject) =>
      server.getConnections((error, n) => (error ? reject(error) : resolve(n))),
    )
    return [count, await second.rest()]
  },

  async 'asynchronous disposal'(api) {
    const server = api.createServer(hello)
    await listening(server)
    await (server as unknown as Record<symbol, () => Promise<void>>)[Symbol.asyncDispose]?.()
    return server.listening
  },

  async 'options of a wrong type'(api) {
    const codes: unknown[] = []
    for (const options of ['x', { maxHeaderSize: 'big' }, { requestTimeout: -1 }, { insecureHTTPParser: 1 }]) {
      try {
        api.createServer(options as object)
      } catch (error) {
        codes.push(codeOf(error))
      }
    }
    return codes
  },
}

describe('http.Server, on node:http and on the drop-in', () => {
  compareOnBoth(behaviours)
})

describe('a connection of the drop-in', () => {
  it('counts the time of a request from its own first byte, also where that came with the end of the one before', async () => {
    const server = dropIn.createServer((req, res) => void req.resume().on('end', () => res.end('x')))
    const connected = once(server, 'connection')
    const client = await connect(await listening(server))
    const [socket] = (await connected) as [{ parser: { phase: string; since: number } }]
    const { parser } = socket
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na')
    await until(() => parser.phase === 'fixed')
    const { since } = parser
    const later = performance.now()
    client.send('bGET / HT')
    await until(() => parser.phase === 'head')
    expect(since).toBeLessThan(later)
    expect(parser.since).toBeGreaterThanOrEqual(later)
    await client.send('TP/1.1\r\nHost: a\r\n\r\n').until(/x[^]*x$/)
  })
})

/** Lets the sockets work until that is so. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

describe('what this engine cannot keep to', () => {
  it('is a lenient parser', () => {
    expect(() => dropIn.createServer({ insecureHTTPParser: true })).toThrow(
      expect.objectContaining({ code: 'KIRIN_UNSUPPORTED_OPTION' }),
    )
  })

  it('is any framing that could be taken in two ways: it is refused, also where node reads on', async () => {
    const told: unknown[] = []
    const server = dropIn.createServer(hello)
    server.on('clientError', (error, socket) => {
      told.push(codeOf(error))
      socket.end('HTTP/1.1 400 Bad\r\n\r\n')
    })
    const port = await listening(server)
    const chunked = '0\r\n\r\n'
    for (const fields of ['gzip, chunked', 'chunkedchunked', 'chunked\t'])
      await exchange(port, `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ${fields}\r\n\r\n${chunked}`)
    await exchange(port, `POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`)
    expect(told).toEqual(Array(4).fill('HPE_INVALID_TRANSFER_ENCODING'))
  })
})
