// What a program is told of clients' mistakes, and what they are answered: on node:http and on the drop-in.
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import { createServer } from '../../src/node-http/index.ts'
import {
  type Behaviours,
  codeOf,
  compareOnBoth,
  connect,
  exchange,
  GET,
  LAST,
  listening,
  plain,
} from '../support/on-both.ts'

const POST = 'POST / HTTP/1.1\r\nHost: a\r\n'

/** Each is a connection of its own: what is sent, after which the client closes its side. */
const wrong: Readonly<Record<string, string>> = {
  'no request line': 'NONSENSE\r\n\r\n',
  'a method in small letters': 'get / HTTP/1.1\r\n\r\n',
  'a method that nobody knows': 'FETCHED / HTTP/1.1\r\n\r\n',
  'half a version': 'GET / HTTP/1\r\n\r\n',
  'another protocol': 'GET / XTTP/1.1\r\n\r\n',
  'a version that does not exist': 'GET / HTTP/1.7\r\n\r\n',
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a target with a control byte': 'GET /\x01 HTTP/1.1\r\n\r\n',
  'a name with a space': 'GET / HTTP/1.1\r\nHost: a\r\nX y: 1\r\n\r\n',
  'a space before the colon': 'GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n',
  'a value with a null byte': 'GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n',
  'a line that goes on': 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n',
  'a line that ends with CR': 'GET / HTTP/1.1\r\nHost: a\rX: 1\r\n\r\n',
  'a length that is no number': `${POST}Content-Length: many\r\n\r\n`,
  'a length and a coding': `${POST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1`,
  'a coding and a length': `${POST}Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n1`,
  'two lengths': `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n12`,
  'a head that is too large': `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(3000)}\r\n\r\n`,
  'a chunk whose size is no number': `${POST}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`,
  'a chunk longer than it says': `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n`,
  'a trailer with a space': `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX y: 1\r\n\r\n`,
  'a head that is cut off': 'GET / HTTP/1.1\r\nHo',
  'a body that is cut off': `${POST}Content-Length: 5\r\n\r\nab`,
  'a chunked body that is cut off': `${POST}Transfer-Encoding: chunked\r\n\r\n5\r\nab`,
  'nonsense behind a request': `${GET}NONSENSE\r\n\r\n`,
  'nonsense behind a body': `${POST}Content-Length: 2\r\n\r\nabNONSENSE\r\n\r\n`,
}

const options: ServerOptions = { maxHeaderSize: 2048 }

/** Logs what is told of requests. */
function logRequests(server: Server, log: unknown[]): void {
  server.on('request', (req, res) => {
    log.push(`${req.method} ${req.url}`)
    req.on('data', chunk => log.push(String(chunk))).on('end', () => res.end('whole'))
    req.on('error', (error: NodeJS.ErrnoException) => log.push(error.code, error.message))
    req.on('close', () => log.push(['closed', req.complete, req.destroyed]))
  })
}

/** Whether the next connection ended by an error, once it has. */
function connectionGone(server: Server): Promise<boolean> {
  return new Promise(resolve => {
    server.once('connection', socket => socket.on('close', resolve))
  })
}

/** A connection that is no socket: it gives these bytes and then its end, with no turn of the loop between the two. */
function streamOf(bytes: string | Buffer): Duplex {
  const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() })
  stream.push(bytes)
  stream.push(null)
  return stream
}

const behaviours: Behaviours = {
  async 'mistakes that nobody listens for'(api) {
    const seen: Record<string, unknown> = {}
    for (const [mistake, bytes] of Object.entries(wrong)) {
      const log: unknown[] = []
      const server = api.createServer(options)
      logRequests(server, log)
      const gone = connectionGone(server)
      const client = await connect(await listening(server))
      client.send(bytes).socket.end()
      const answer = plain(await client.rest())
      const hadError = await gone
      seen[mistake] = [log, answer, hadError]
    }
    return seen
  },

  async 'mistakes that are listened for'(api) {
    const seen: Record<string, unknown> = {}
    for (const [mistake, bytes] of Object.entries(wrong)) {
      const log: unknown[] = []
      const server = api.createServer(options)
      logRequests(server, log)
      server.on('clientError', (error: Error & { rawPacket?: Buffer }, socket) => {
        const { name, message, rawPacket, ...details } = error
        log.push(name, message, details, String(rawPacket), socket.writable, socket.destroyed)
        socket.destroy()
      })
      const gone = connectionGone(server)
      const client = await connect(await listening(server))
      client.send(bytes).socket.end()
      const answer = plain(await client.rest())
      await gone
      seen[mistake] = [log, answer]
    }
    return seen
  },

  async 'a client that resets its connection between two requests'(api) {
    const log: unknown[] = []
    const server = api.createServer((_req, res) => void res.end('x'))
    const port = await listening(server)
    const told = once(server, 'clientError')
    const client = await connect(port)
    await client.send(GET).until(/x$/)
    client.reset()
    const [error, socket] = (await told) as [NodeJS.ErrnoException, Socket]
    log.push(error.code, error.syscall, error.message, socket.writable)
    return log
  },

  async 'a mistake while a response is under way, before its head and behind it'(api) {
    const seen: unknown[] = []
    for (const path of ['/before', '/behind']) {
      const log: unknown[] = []
      const server = api.createServer((req, res) => {
        if (req.url === '/behind') res.write('part')
        res.on('close', () => log.push(['closed', res.writableEnded, res.writableFinished]))
        res.on('error', (error: NodeJS.ErrnoException) => log.push(error.code))
      })
      const port = await listening(server)
      const gone = connectionGone(server)
      const asked = once(server, 'request')
      const client = await connect(port)
      client.send(GET.replace('/', path))
      await asked
      if (path === '/behind') seen.push(plain(await client.until(/part/)))
      client.send('NONSENSE\r\n\r\n')
      seen.push(plain(await client.rest()))
      await gone
      seen.push(log)
    }
    return seen
  },

  async 'a listener that answers by the response, and one that leaves the connection to go on'(api) {
    const log: unknown[] = []
    const server = api.createServer(() => undefined)
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      log.push(error.code, socket.listenerCount('error'))
      socket.end('HTTP/1.1 418 Teapot\r\nConnection: close\r\n\r\nmine')
      socket.on('close', () => log.push('closed'))
    })
    log.push(await exchange(await listening(server), 'NONSENSE\r\n\r\n'))
    return log
  },

  async 'bytes behind a request that was to be the last'(api) {
    const seen: unknown[] = []
    const behind = ['\r\n\r\n', 'x', GET.replace('/', '/2'), `\r\n${GET.replace('/', '/2')}`]
    const last = [LAST, GET.replace('1.1', '1.0'), `${POST}Connection: close\r\nContent-Length: 2\r\n\r\nab`]
    for (const bytes of last.flatMap(one => behind.map(more => [one, more]))) {
      const log: unknown[] = []
      const server = api.createServer()
      logRequests(server, log)
      server.on('clientError', (error: Error & { bytesParsed?: number }, socket) => {
        log.push(error.message, error.bytesParsed, codeOf(error))
        socket.end('HTTP/1.1 400 Mine\r\n\r\n')
      })
      log.push(await exchange(await listening(server), bytes.join('')))
      seen.push(log)
    }
    return seen
  },

  async 'pieces of a body that came in one read, by an iterator and by read()'(api) {
    const log: unknown[] = []
    const server = api.createServer()
    server.on('request', (req, res) => void answer(req, res))
    const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
      if (req.url === '/iterated') for await (const chunk of req) log.push(String(chunk))
      else {
        req.on('readable', () => {
          for (let chunk = req.read(); chunk !== null; chunk = req.read()) log.push(String(chunk))
        })
        await once(req, 'end')
      }
      log.push(req.trailers, req.complete)
      res.end('whole')
    }
    const port = await listening(server)
    const chunked = `Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${'2\r\nab\r\n'.repeat(3)}0\r\nX: 1\r\n\r\n`
    const known = 'Connection: close\r\nContent-Length: 4\r\n\r\nabcd'
    for (const path of ['/iterated', '/read']) {
      for (const framed of [chunked, known]) log.push(await exchange(port, POST.replace('/', path) + framed))
    }
    return log
  },

  async 'requests behind one that has no end yet, while the server does not read'(api) {
    const log: unknown[] = []
    const server = api.createServer((req, res) => {
      log.push(req.url)
      if (req.url === '/1') setImmediate(() => req.resume().on('end', () => res.end('1')))
      else res.end('2')
    })
    const client = await connect(await listening(server))
    client.send(`${POST.replace('/', '/1')}Content-Length: 3\r\n\r\nabc${LAST.replace('/', '/2')}`)
    return [plain(await client.rest()), log]
  },

  async 'a mistake within a body that the end came behind, left to a listener that does nothing'(api) {
    const log: unknown[] = []
    const server = api.createServer(req => req.on('error', () => undefined))
    server.on('clientError', error => log.push(codeOf(error)))
    const stream = streamOf(`${POST}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\nxyz\r\n`)
    const closed = once(stream, 'close')
    server.emit('connection', stream)
    await closed
    return log
  },

  async 'an upgrade behind a body, with the end behind both'(api) {
    const server = api.createServer(() => undefined)
    const told = new Promise<unknown[]>(resolve => {
      server.on('upgrade', (req, stream, head) => {
        stream.resume().on('end', () => resolve([req.url, String(head), stream.writable]))
      })
    })
    const upgrade = 'GET /up HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nbehind'
    server.emit('connection', streamOf(`${POST}Content-Length: 1\r\n\r\nb${upgrade}`))
    return told
  },
}

describe("clients' mistakes, on node:http and on the drop-in", () => {
  compareOnBoth(behaviours)
})

describe('a body behind a large one, on the drop-in', () => {
  it('does not keep the memory of both by one byte', async () => {
    const server = createServer(req => req.resume())
    const kept = new Promise<Buffer>(resolve => {
      server.on('request', (req: IncomingMessage) => req.url === '/2' && req.once('data', resolve))
    })
    const large = `${POST}Content-Length: 60000\r\n\r\n${'x'.repeat(60_000)}`
    const sent = Buffer.from(`${large}${POST.replace('/', '/2')}Content-Length: 2\r\n\r\ny`)
    server.emit('connection', streamOf(sent))
    const { length, buffer } = await kept
    expect(length).toBe(1)
    expect(buffer === sent.buffer).toBe(false)
  })
})

describe('a connection that a listener tells to be closed, on the drop-in', () => {
  const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n`
  // As on Node 26. Older ones go on with a parser that was given back.
  it.each([
    ['a request without a body', GET, 'request'],
    ['one with a body', `${POST}Content-Length: 2\r\n\r\nab`, 'request'],
    ['one with a chunked body', CHUNKED, 'request'],
    ['a piece of a body', `${POST}Content-Length: 2\r\n\r\nab`, 'data'],
    ['a piece of a chunked body', CHUNKED, 'data'],
  ])('reads nothing behind %s, though it has come', async (_what, first, event) => {
    const log: unknown[] = []
    const server = createServer((req, res) => {
      log.push(req.url)
      if (event === 'request') req.socket.emit('close')
      else req.once('data', () => req.socket.emit('close'))
      req.on('error', ({ message }) => log.push(message))
      res.end('answered')
    })
    const client = await connect(await listening(server))
    client.send(first + LAST.replace('/', '/behind')).socket.end()
    await client.rest()
    expect(log).toEqual(['/', 'aborted'])
  })
})
