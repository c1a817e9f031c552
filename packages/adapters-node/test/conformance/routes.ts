// The routes of the adapter suite (@nsgi/spec, conformance/adapter/fixture.ts), written to node's (req, res).
import { IncomingMessage, ServerResponse } from 'node:http'
import type { Tell } from '../../../spec/src/conformance/adapter/index.ts'
import type { UpgradeListener } from '../../src/index.ts'

export type Route = (req: IncomingMessage, res: ServerResponse, tell: (event: string) => void) => unknown

const failure = (): Error => new Error('nothing handles this')
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
const plain = { 'content-type': 'text/plain' }
const block = Buffer.alloc(16_384, 'x')

function patchWriteHead(res: ServerResponse): void {
  const original = res.writeHead
  res.writeHead = function (this: ServerResponse, ...given: unknown[]) {
    this.setHeader('x-late', 'yes')
    return Reflect.apply(original, this, given) as ServerResponse
  }
}

const echo: Route = (req, res) => {
  res.setHeader('content-type', 'text/plain')
  req.on('data', chunk => res.write(chunk)).on('end', () => res.end())
}

export const routes: Readonly<Record<string, Route>> = {
  'GET /text': (_req, res) =>
    res.setHeader('content-type', 'text/plain').setHeader('set-cookie', ['a=1', 'b=2']).end('text'),
  'GET /json': (_req, res) => res.writeHead(201, { 'content-type': 'application/json' }).end('{"a":1}'),
  'GET /late': async (_req, res) => {
    await turn()
    res.writeHead(200, plain).end('late')
  },
  'GET /missing': (_req, res) => res.writeHead(404, plain).end('missing'),
  'POST /echo': echo,
  'GET /headers': ({ headers, rawHeaders }, res) =>
    res.writeHead(200, plain).end(JSON.stringify({ headers, rawHeaders })),
  'GET /stream': (_req, res, tell) => {
    res.writeHead(200, plain)
    res.on('drain', () => {
      tell('drain')
      res.end('end')
    })
    for (let count = 0; count < 4096; count += 1) if (!res.write(block)) return tell('full')
    tell('unbounded')
    return res.end('end')
  },
  'GET /hang': (_req, res) => res.writeHead(200, plain).write('begun'),
  'GET /silent': (_req, _res, tell) => tell('called'),
  'GET /flush': (_req, res) => res.setHeader('x-flushed', 'yes').flushHeaders(),
  'GET /write-head': (_req, res) => {
    patchWriteHead(res)
    res.setHeader('content-type', 'text/plain').end('text')
  },
  'GET /write-head-stream': (_req, res) => {
    patchWriteHead(res)
    res.setHeader('content-type', 'text/plain').write('te')
    res.end('xt')
  },
  'POST /prototype': (req, res, tell) => {
    Object.setPrototypeOf(req, Object.create(IncomingMessage.prototype))
    Object.setPrototypeOf(res, Object.create(ServerResponse.prototype))
    return echo(req, res, tell)
  },
  'GET /throw': () => {
    throw failure()
  },
  'GET /reject': async () => {
    await turn()
    throw failure()
  },
  'GET /fail-late': async (_req, res) => {
    res.writeHead(200, plain).write('begun')
    await turn()
    throw failure()
  },
  'GET /destroy': async (_req, res) => {
    res.writeHead(200, plain).write('begun')
    await turn()
    res.destroy()
  },
  'GET /trailers': (_req, res) => {
    res.writeHead(200, { ...plain, trailer: 'x-sum' }).write('text')
    res.addTrailers({ 'x-sum': '1' })
    res.end()
  },
  'GET /early-hints': (_req, res) => {
    res.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' })
    res.writeHead(200, plain).end('text')
  },
}

/** A handler that finds its route, and tells how each response ends. */
export function handlerOf(tell: Tell, table: Readonly<Record<string, Route>> = routes) {
  return (req: IncomingMessage, res: ServerResponse): unknown => {
    const note = noteOn(req, res, tell)
    const route = table[`${req.method} ${req.url}`]
    return route === undefined ? res.writeHead(404).end() : route(req, res, note)
  }
}

/** Tells `finish` and `close` of a response; gives what tells other events of the same request. */
export function noteOn(req: IncomingMessage, res: ServerResponse, tell: Tell): (event: string) => void {
  const id = String(req.headers['fixture-id'])
  for (const event of ['finish', 'close']) res.on(event, () => tell(id, event))
  return event => tell(id, event)
}

/** The route `GET /upgrade`, for a listener of 'upgrade'. */
export const takeUpgrade: UpgradeListener = (req, socket) => {
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${req.headers.upgrade}\r\n\r\n`)
  socket.pipe(socket)
}
