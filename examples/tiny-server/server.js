// NSGI 1.0 over node:net, written from spec/nsgi.md alone:
// node server.js <application> <port, or path of a socket> [<mount> [<address of a proxy that is believed>]]
import { once } from 'node:events'
import { STATUS_CODES } from 'node:http'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { blockOf, bytesOf, EMPTY, Input, linesOf, planOf, refusal, refuse, trailersOf } from './http1.js'

const PATIENCE = 5_000 // ms for a client to close after our last words, and for what is under way at a stop

/** The request of the application. What it does is done by closures: they work through derived objects. */
function requestOf(exchange) {
  const { socket, message, source } = exchange
  const { remoteAddress = '', remotePort = null, localAddress = '', localPort = null } = socket
  async function* read() {
    if (exchange.isRead) refuse(0, 'a body is read once')
    exchange.isRead = true
    if (message.expects && !exchange.isHeadSent) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    for (let step; !(step = await source.next()).done; ) yield exchange.isOver ? refuse(0, 'it is over') : step.value
  }
  return {
    ...message.fields,
    ...placeOf(message.fields.path),
    body: message.length === 0 ? null : { [Symbol.asyncIterator]: read },
    get trailers() {
      return message.trailers
    },
    remote: { address: remoteAddress, port: remotePort },
    ...(remoteAddress === proxy ? saidBy(message.fields.headers) : {}),
    local: { address: localAddress, port: localPort },
    tls: null,
    signal: exchange.client.signal,
    inform(status, headers) {
      const head = blockOf(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, linesOf(headers))
      if (!(status > 101 && status < 200)) refuse(0, `${status} is not informational`)
      if (!exchange.isHeadSent && message.fields.httpVersion !== '1.0') socket.write(head)
    },
  }
}

/** What of a path is the mount: whole segments, as received. */
function placeOf(path) {
  const isUnder = path.startsWith(mount) && /^(?:$|[/])/.test(path.slice(mount.length))
  return mount !== '' && isUnder ? { mount, path: path.slice(mount.length) } : {}
}

/** What a proxy says of its client: the last word of a list is its own. */
function saidBy({ 'x-forwarded-for': list, 'x-forwarded-proto': proto, 'x-forwarded-host': authority }) {
  const address = list?.split(',').at(-1).trim()
  const scheme = proto && (proto.toLowerCase() === 'https' ? 'https' : 'http')
  return {
    ...(address && { remote: { address, port: null } }),
    ...(scheme && { scheme }),
    ...(authority && { authority }),
  }
}

/** Resolves when the bytes are in the transport: as nothing is ever queued, there is nothing to bound. */
function write(exchange, bytes) {
  const data = exchange.isHeadSent ? bytes : Buffer.concat([exchange.head, bytes])
  exchange.isHeadSent = true
  return new Promise((done, fail) => {
    exchange.socket.write(data, error => (exchange.socket.destroyed ? fail(error ?? new Error('lost')) : done()))
  })
}

async function send(exchange, response) {
  const { client } = exchange
  client.signal.throwIfAborted()
  const { head, size, isChunked, keeps, leaves, whole } = planOf(response, {
    ...exchange,
    isLast: context.draining.aborted,
  })
  Object.assign(exchange, { head, keeps })
  if (whole) {
    if (whole !== response.body) close(response.body)
    await write(exchange, whole)
    if (leaves) await handOver(exchange, response)
    return
  }
  const iterator = (exchange.iterator = iterate(response.body))
  const over = () => (exchange.iterator = null)
  const turn = new Promise(done => setImmediate(done))
  let sent = 0
  for (;;) {
    const next = new Promise(done => done(iterator.next()))
    next.then(step => step?.done && over(), over)
    if (!exchange.isHeadSent && !(await Promise.race([next, turn]))) await write(exchange, EMPTY)
    const { done, value } = await next
    client.signal.throwIfAborted()
    if (done) break
    const chunk = bytesOf(value) || refuse(0, 'a chunk is neither a string nor bytes')
    if ((sent += chunk.length) > size) refuse(0, 'the body is longer than its content-length')
    const framed = isChunked ? [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')] : [chunk]
    if (chunk.length > 0) await write(exchange, Buffer.concat(framed))
  }
  if (sent < size) refuse(0, 'the body is shorter than its content-length')
  await write(exchange, isChunked ? blockOf('0', trailersOf(response)) : EMPTY)
}

async function handOver({ socket, input }, response) {
  input.lose = undefined // from here on a close is what was asked for
  const closed = once(socket, 'close')
  response.upgrade(socket)
  await closed
  if (!socket.readableEnded || !socket.writableFinished) throw new Error('the socket was not ended on both sides')
}

const iterate = body => (body[Symbol.asyncIterator] ?? body[Symbol.iterator]).call(body)
/** Calls at once; what goes wrong goes to the log. */
const contain = action => new Promise(done => done(action())).catch(error => context.log.warn(error))

/** Closes what is not read to its end (section 7.2). The iterator is undefined if none was taken, null if it is over. */
function close(body, iterator) {
  if (iterator) contain(() => iterator.return?.())
  if (typeof body?.destroy === 'function') contain(() => [body.on?.('error', () => {}), body.destroy()])
  else if (iterator === undefined && body && !bytesOf(body)) contain(() => iterate(body).return?.())
}

/** Answers one request. Resolves to whether another may follow. */
async function answer(socket, input, message) {
  const client = new AbortController()
  const exchange = { socket, input, message, client, source: input.content(message) }
  const lost = once(client.signal, 'abort').then(() => Promise.reject(client.signal.reason))
  lost.catch(() => {}) // where nothing waits for it
  input.lose = () => client.abort(new Error('the client is lost'))
  let response, error
  try {
    response = await application(requestOf(exchange), context)
    await Promise.race([send(exchange, response), lost])
  } catch (thrown) {
    error = thrown ?? new Error('failed without a reason')
    context.log.error({ err: error }, 'a request failed')
    breakOff(exchange, response, error)
  }
  input.lose = undefined
  exchange.isOver = true
  contain(() => response?.finished?.(error))
  // What nobody has read stands before the next request.
  while (exchange.keeps && !(await exchange.source.next().catch(() => ({ done: true }))).done);
  return exchange.keeps && message.trailers !== undefined && !context.draining.aborted
}

function breakOff(exchange, response, error) {
  const { socket, client, message } = exchange
  exchange.keeps = false
  if (exchange.isHeadSent) {
    client.abort(error)
    // Without a length or chunks only a reset shows that this is not the end.
    if (message.fields.httpVersion === '1.0' && socket.remotePort) socket.resetAndDestroy()
    else socket.destroy()
  }
  close(response?.body, exchange.iterator)
  if (!exchange.isHeadSent && !client.signal.aborted) socket.write(refusal(500))
}

async function serve(socket) {
  const input = new Input(socket)
  socket.on('error', () => {}).once('close', () => input.lose?.())
  try {
    do {
      idle.add(socket)
      await input.ready()
      idle.delete(socket)
    } while (await answer(socket, input, await input.head()))
  } catch ({ status }) {
    if (status > 0) socket.write(refusal(status))
  }
  idle.delete(socket)
  socket.end()
  socket.resume()
  setTimeout(() => socket.destroy(), PATIENCE).unref()
}

const draining = new AbortController()
const idle = new Set()
const facts = { nsgi: '1.0', worker: 0, multiprocess: false, draining: draining.signal, log: console }
const name = Object.freeze({ name: 'tiny-server', version: '1.0.0' })
const context = Object.freeze({ ...facts, server: name, extensions: Object.freeze({}) })
const [file, where, mount = '', proxy] = process.argv.slice(2)
const { default: application } = await import(pathToFileURL(file).href)
await application.startup?.(context)
const server = createServer({ allowHalfOpen: true, noDelay: true }, serve)
server.listen(/^\d+$/.test(where) ? { host: '127.0.0.1', port: where } : { path: where })
process.once('SIGTERM', async () => {
  draining.abort()
  server.close()
  for (const socket of idle) socket.destroy()
  await Promise.race([once(server, 'close'), delay(PATIENCE)])
  await application.shutdown?.(context)
  process.exit()
})
