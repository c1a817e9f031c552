// The application of a soak: what a request asks for in its query, with everything counted.
import { readdirSync, readlinkSync } from 'node:fs'
import { Socket } from 'node:net'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { fromNode } from '@nsgi/adapters-node'
import type { Context, GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { type WebSocket, WebSocketServer } from 'ws'
import { content } from './content.ts'
import { noCounts, type WorkerStats } from './counts.ts'

type Answer = GatewayResponse | Promise<GatewayResponse>

const counts = noCounts()

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What stands in the query as whole numbers of reasonable size. Throws for others: damaged requests ask for those. */
function numberIn(query: URLSearchParams, name: string): number {
  const value = query.get(name) ?? '0'
  if (!/^\d{1,7}$/.test(value)) throw new Error(`no number for ${name}: ${value}`)
  return Number(value)
}

/** Bodies that were neither ended nor closed. */
const openBodies = new Set<{ toString(): string }>()

/** An iterable over the content that counts how it is closed, and takes a turn between chunks where `pace` says so. */
class CountedBody implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array, undefined> {
  private at: number
  private left: number
  private readonly chunk: number
  private readonly query: URLSearchParams
  private over = false

  constructor(query: URLSearchParams) {
    this.query = query
    this.at = numberIn(query, 'at')
    this.left = numberIn(query, 'n')
    this.chunk = numberIn(query, 'chunk') || this.left
    counts.iterables++
    openBodies.add(this)
  }

  toString(): string {
    return String(this.query)
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return this
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.query.has('pace')) await turn()
    // Closed while this was waiting.
    if (this.over) return { done: true, value: undefined }
    if (this.left === 0) {
      this.end()
      if (this.query.has('break')) throw new Error('broken on purpose')
      return { done: true, value: undefined }
    }
    const length = Math.min(this.left, this.chunk)
    const value = content(this.at, length)
    this.at += length
    this.left -= length
    return { done: false, value }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.end()
    return { done: true, value: undefined }
  }

  private end(): void {
    if (this.over) counts.closedTwice++
    else counts.closed++
    this.over = true
    openBodies.delete(this)
  }
}

const webSockets = new WebSocketServer({ noServer: true })

function echoMessages(webSocket: WebSocket): void {
  webSocket.on('error', () => undefined)
  webSocket.on('message', (data, binary) => webSocket.send(data, { binary }))
}

/** `ws` through the adapter, as its users have it. */
const webSocketEcho = fromNode((_req, res) => res.end(), {
  upgrade: (req, socket, head) => webSockets.handleUpgrade(req, socket, head, echoMessages),
})

/** An echo of bytes on the connection or the stream itself. */
function streamEcho({ method }: GatewayRequest): GatewayResponse {
  return {
    status: method === 'CONNECT' ? 200 : 101,
    upgrade(socket) {
      socket.on('error', () => undefined)
      socket.pipe(socket)
    },
  }
}

/** Adds `finished`, counted. */
function counted(response: GatewayResponse): GatewayResponse {
  counts.responses++
  let isFinished = false
  return {
    ...response,
    finished(error) {
      if (isFinished) counts.finishedTwice++
      isFinished = true
      if (error === undefined) counts.completed++
      else counts.failed++
      response.finished?.(error)
    },
  }
}

/** Milliseconds that a late answer takes at most, whatever damage makes of the number. */
const LATEST = 1_000

const TEXT = { 'content-type': 'application/octet-stream' }

function bytes(query: URLSearchParams): GatewayResponse {
  const at = numberIn(query, 'at')
  const n = numberIn(query, 'n')
  switch (query.get('how')) {
    case 'single':
      return { status: 200, headers: TEXT, body: content(at, n) }
    case 'sync':
      return { status: 200, headers: TEXT, body: [content(at, n >> 1), '', content(at + (n >> 1), n - (n >> 1))] }
    case 'declared':
      return { status: 200, headers: { ...TEXT, 'content-length': String(n) }, body: new CountedBody(query) }
    default:
      return {
        status: 200,
        headers: TEXT,
        body: new CountedBody(query),
        trailers: () => ({ 'x-length': String(n) }),
      }
  }
}

/** Reads a body to its end, or one chunk of it, against the content that it must be; `isKnown` is whether that is known. */
async function upload(request: GatewayRequest, query: URLSearchParams, isKnown: boolean): Promise<GatewayResponse> {
  const at = numberIn(query, 'at')
  let received = 0
  if (request.body !== null) {
    counts.bodies++
    try {
      for await (const chunk of request.body) {
        if (isKnown && !content(at + received, chunk.length).equals(chunk)) counts.wrongBytes++
        received += chunk.length
        if (query.has('peek')) break
        if (query.has('pace')) await turn()
      }
    } finally {
      counts.bodiesOver++
    }
  }
  const sum = request.trailers?.['x-sum'] ?? ''
  return { status: 200, headers: TEXT, body: query.has('peek') ? 'peeked' : `${received} ${sum}` }
}

/** Sends the request's body back as it comes. */
async function* echo(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const mark = { toString: () => 'an echo' }
  openBodies.add(mark)
  counts.iterables++
  counts.bodies++
  try {
    yield* body
  } finally {
    counts.bodiesOver++
    counts.closed++
    openBodies.delete(mark)
  }
}

/** An echo that is closed before it began runs nothing, and is not counted. */
function echoed({ body }: GatewayRequest): GatewayResponse {
  return { status: 200, headers: TEXT, body: body === null ? '' : echo(body) }
}

function stats({ worker }: Context): GatewayResponse {
  collect()
  const { heapUsed, rss } = process.memoryUsage()
  const found: WorkerStats = {
    worker,
    pid: process.pid,
    counts,
    heap: heapUsed / 1e6,
    rss: rss / 1e6,
    sockets: readdirSync('/proc/self/fd').filter(isConnection).length,
    open: [...openBodies].slice(0, OPEN_LIMIT).map(String),
    held: heldSockets(),
  }
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(found) }
}

/** How many open bodies are named. */
const OPEN_LIMIT = 5

/** What node's sockets are at, for whoever has to find out why one of them stays; node has no documented way to ask. */
function heldSockets(): readonly string[] {
  const { _getActiveHandles } = process as unknown as { _getActiveHandles(): readonly unknown[] }
  return _getActiveHandles()
    .filter(handle => handle instanceof Socket)
    .map(socket => {
      const { constructor, remotePort, readyState, bytesRead, bytesWritten } = socket
      const flags = (['destroyed', 'readableEnded', 'writableEnded', 'writableFinished'] as const).filter(
        flag => socket[flag],
      )
      return `${[constructor.name, remotePort, readyState, ...flags].join(' ')} read ${bytesRead} wrote ${bytesWritten}`
    })
}

/** Descriptors below 10 are the process's own: its output, the channel to the master, the listening socket. */
function isConnection(descriptor: string): boolean {
  try {
    return Number(descriptor) >= 10 && readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('socket:')
  } catch {
    return false
  }
}

function answer(request: GatewayRequest, query: URLSearchParams, context: Context): Answer {
  switch (request.path) {
    case '/websocket':
      return webSocketEcho(request, context) as Answer
    case '/stream':
      return streamEcho(request)
    case '/bytes':
      return bytes(query)
    case '/upload':
      return upload(request, query, true)
    case '/take':
      return upload(request, query, false)
    case '/echo':
      return echoed(request)
    case '/ignore':
      return { status: 200, headers: TEXT, body: 'ignored' }
    case '/empty':
      return { status: 204 }
    case '/late':
      return wait(Math.min(LATEST, numberIn(query, 'ms'))).then(() => bytes(query))
    case '/inform':
      request.inform?.(103, { link: '</style.css>; rel=preload' })
      return bytes(query)
    case '/throw':
      throw new Error('thrown on purpose')
    default:
      return { status: 404, headers: TEXT, body: 'not found' }
  }
}

/** The application that a soak's kirin serves. */
export function application(request: GatewayRequest, context: Context): Answer {
  if (request.path === '/stats') return stats(context)
  counts.calls++
  try {
    const answered = answer(request, new URLSearchParams(request.query), context)
    if (!(answered instanceof Promise)) return counted(answered)
    return answered.then(counted, error => {
      counts.thrown++
      throw error
    })
  } catch (error) {
    counts.thrown++
    throw error
  }
}
