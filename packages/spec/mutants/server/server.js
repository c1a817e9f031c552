// An NSGI server over node:net, written from spec/nsgi.md alone: node server.js <application> <port or path> [bytes]
// The last is the limit for a body. It has no time limits, so it is nothing to put on the internet. master.js runs several.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Body, Input } from './input.js'
import { parseRequest, Refusal } from './request.js'
import { closeBody, encodeHead, informationLines, isBytes, trailerLines, validate } from './response.js'

const [file, port, limit = Infinity] = process.argv.slice(2)
/** The number that the master gave to this process, if there is one. */
const { WORKER: number } = process.env
const { default: application } = await import(pathToFileURL(resolve(file)).href)
const draining = new AbortController()
const context = Object.freeze({
  nsgi: '1.0',
  server: { name: 'tiny', version: '1.0.0' },
  worker: Number(number ?? 0),
  multiprocess: number !== undefined,
  draining: draining.signal,
  // oxlint-disable-next-line no-console -- its only log
  log: { error: console.error, warn: console.warn, info: console.info, debug: console.debug },
  extensions: Object.freeze({}),
})
/** Milliseconds for a first request of those who came before a stop began. */
const GRACE = 1000
/** Connections that wait for another request, and those whose first one is still on its way. */
const idle = new Set()
const fresh = new Set()

await application.startup?.(context)
const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => void serve(socket))
server.listen(number !== undefined ? { fd: 4 } : /^\d+$/.test(port) ? { port, host: '127.0.0.1' } : { path: port })
server.once('listening', () => process.send?.('ready'))
// oxlint-disable-next-line typescript/no-misused-promises -- a rejection ends the process, as it should
process.once('SIGTERM', async () => {
  draining.abort()
  server.close()
  for (const socket of idle) socket.destroy()
  setTimeout(() => fresh.forEach(socket => socket.destroy()), GRACE).unref()
  await once(server, 'close')
  await application.shutdown?.(context)
})

/** One connection: a request at a time, until one says that it is the last. */
async function serve(socket) {
  const input = new Input(socket)
  for (let open = true, waiting = fresh; open; waiting = idle) {
    waiting.add(socket)
    const head = await input.head().catch(error => error)
    waiting.delete(socket)
    if (head === undefined) break
    try {
      if (head instanceof Error) throw new Refusal(400)
      open = await exchange(parseRequest(head, socket), { socket, input })
    } catch (error) {
      if (!(error instanceof Refusal)) context.log.error(error)
      socket.write(`HTTP/1.1 ${error.status ?? 500} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      open = false
    }
  }
  // What still comes is read and dropped, so that no reset overtakes the answer.
  if (socket.listenerCount('upgraded') === 0) socket.end(() => input.drop())
}

/** One request and its response. Resolves to whether the connection goes on. */
async function exchange(request, { socket, input }) {
  const client = new AbortController()
  const lost = () => client.abort(new Error('the client is lost'))
  if (socket.destroyed) lost()
  else socket.once('close', lost)
  const message = new Body(input, request, {
    limit: Number(limit),
    askFor: () => socket.write('HTTP/1.1 100 Continue\r\n\r\n'),
  })
  const old = request.httpVersion === '1.0'
  const inform = (status, headers) => {
    const lines = informationLines(status, headers)
    if (!message.headSent && !old && !socket.destroyed) socket.write(lines, 'latin1')
  }
  Object.defineProperty(request, 'trailers', { get: () => message.trailers })
  Object.assign(request, { body: message.iterable, signal: client.signal, inform })
  const sending = { socket, client, request, message, close: old || /\bclose\b/i.test(request.headers.connection) }
  let response, error
  try {
    const returned = application(request, context)
    response = typeof returned?.then === 'function' ? await returned : returned
    await send(response, sending)
  } catch (thrown) {
    error = thrown ?? new Error('failed for no reason')
    context.log.error(error)
    if (!sending.started && !socket.destroyed) fail(response, sending)
    else {
      client.abort(error)
      closeBody(response?.body, sending.iterator)
      // On HTTP/1.0 an ordinary close would look like the end of the body.
      socket.resetAndDestroy()
    }
  }
  try {
    response?.finished?.(...(error === undefined ? [] : [error]))
  } catch (thrown) {
    context.log.error(thrown)
  }
  socket.off('close', lost)
  if (sending.close || error !== undefined || socket.destroyed || response.upgrade) return false
  return message.drain()
}

function fail(response, { socket, message }) {
  message.headSent = true
  closeBody(response?.body)
  const status = message.tooLong ? '413 Content Too Large' : '500 Internal Server Error'
  socket.write(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

async function send(response, sending) {
  const { socket, client, request, message } = sending
  validate(response, request)
  client.signal.throwIfAborted()
  if (message.tooLong) throw new Error('the body was beyond the limit, whatever the application made of that')
  if (draining.signal.aborted || /\bclose\b/i.test(response.headers?.connection)) sending.close = true
  // The client may wait for a 100 Continue before it sends the body: nobody knows whether it comes.
  if (message.expected && !message.asked) sending.close = true
  const { body, status } = response
  if (response.upgrade && request.upgrade) return takeOver(response, sending)
  const head = encodeHead(response, request, sending)
  const empty = request.method === 'HEAD' || [204, 205, 304].includes(status)
  const start = piece => {
    sending.started = message.headSent = true
    socket.cork()
    socket.write(head.text, 'latin1')
    if (piece?.length > 0) sendPiece(piece, head, socket)
    socket.uncork()
  }
  if (empty || isBytes(body)) {
    start(empty || body === null || body === undefined ? undefined : Buffer.from(body))
    if (empty) closeBody(body)
  } else await sendPieces(start, head, { ...sending, response, sending })
  await flushed(socket, client.signal)
}

async function sendPieces(start, head, { socket, client, response, sending }) {
  const { body } = response
  const iterator = body[Symbol.asyncIterator]?.() ?? body[Symbol.iterator]()
  sending.iterator = iterator
  for (let sent = 0, early; ; ) {
    const pending = Promise.resolve(iterator.next()).catch(error => {
      sending.iterator = 'over'
      throw error
    })
    pending.catch(() => {})
    // The head waits for a piece that is there in the same turn, and for no other.
    if (!sending.started) early = await Promise.race([pending, new Promise(resolve => setImmediate(resolve))])
    if (!sending.started && early === undefined) start()
    const { done, value } = await orLost(pending, client.signal)
    if (done) {
      sending.iterator = 'over'
      if (head.length !== undefined && sent !== head.length) throw new Error('the body falls short of its length')
      if (!sending.started) start()
      if (head.chunked) socket.write(`0\r\n${trailerLines(response)}\r\n`, 'latin1')
      return
    }
    if (typeof value !== 'string' && !(value instanceof Uint8Array)) throw new TypeError('this is no piece of a body')
    const piece = Buffer.from(value)
    sent += piece.length
    if (sent > (head.length ?? Infinity)) throw new Error('the body exceeds its length')
    if (!sending.started) start(piece)
    else if (piece.length > 0) sendPiece(piece, head, socket)
    if (socket.writableNeedDrain) await orLost(once(socket, 'drain'), client.signal)
  }
}

function sendPiece(piece, { chunked }, socket) {
  if (!chunked) return void socket.write(piece)
  socket.cork()
  socket.write(`${piece.length.toString(16)}\r\n`)
  socket.write(piece)
  socket.write('\r\n')
  socket.uncork()
}

/** From here on the connection is the application's. */
async function takeOver(response, { socket, request, message }) {
  message.headSent = true
  const switching = response.status === 101 ? { connection: 'upgrade', upgrade: request.upgrade } : {}
  const lines = Object.entries({ ...response.headers, ...switching }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 ${response.status} Switching Protocols\r\n${lines.join('')}\r\n`, 'latin1')
  socket.on('upgraded', () => {})
  message.input.release()
  closeBody(response.body)
  const gone = once(socket, 'close')
  response.upgrade(socket)
  await gone
  if (!socket.readableEnded || !socket.writableFinished) throw new Error('the socket did not end on both sides')
}

const orLost = (promise, signal) => {
  if (signal.aborted) throw signal.reason
  let stop
  const lost = new Promise((_resolve, reject) => {
    stop = () => reject(new Error('the client is lost', { cause: signal.reason }))
    signal.addEventListener('abort', stop, { once: true })
  })
  return Promise.race([promise, lost]).finally(() => signal.removeEventListener('abort', stop))
}

const flushed = (socket, signal) => orLost(promisify(socket.write).call(socket, ''), signal)
