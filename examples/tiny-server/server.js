// NSGI 1.0 over node:net, written from spec/nsgi.md alone: node server.js <application> <port, or path of a socket>
import { once } from 'node:events'
import { STATUS_CODES } from 'node:http'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

const MOST = 32_768 // bytes of a head, of trailers, or of the line before a chunk
const PATIENCE = 5_000 // ms for a client to close after our last words, and for what is under way at a stop
const EMPTY = Buffer.alloc(0)
const REQUEST_LINE = /^([\w!#$%&'*+.^`|~-]+) ([!"$-~\x80-\xff]+) HTTP\/(1\.[01])$/
const TARGET = /^(?:[a-z][a-z\d+.-]*:\/\/([^/?]+)(?=[/?]|$)|(?=\/))([^?]*)\??(.*)$/i
const HOST = /^([\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(:\d*)?$/i
const FIELD = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*[^ \t])?[ \t]*$/
const FRAMING = /^(connection|keep-alive|proxy-connection|te|transfer-encoding|upgrade|content-length)$/
const NO_TRAILER = /^(host|trailer|content-.*|set-cookie|authorization|cache-control|expect|range|date|age|vary)$/

/** Ends what is under way; while a head is read, the status is the answer. */
function refuse(status, message = `refused with ${status}`) {
  throw Object.assign(new Error(message), { status })
}
const lists = (value = '', option) =>
  value
    .toLowerCase()
    .split(/[ \t]*,[ \t]*/)
    .includes(option)
const bytesOf = piece => (typeof piece === 'string' ? Buffer.from(piece) : piece instanceof Uint8Array && piece)

/** What comes in, read as somebody asks for it: a socket whose small buffer is full stops reading. */
class Input {
  ended = new AbortController()
  constructor(socket) {
    this.socket = socket.once('end', () => this.ended.abort()).once('close', () => this.ended.abort())
  }
  async ready() {
    while (this.socket.readableLength === 0) await once(this.socket, 'readable', { signal: this.ended.signal })
  }
  async line(most = MOST) {
    for (let text = ''; ; ) {
      await this.ready()
      const data = this.socket.read()
      const end = data.indexOf('\n') + 1 || data.length
      if (end < data.length) this.socket.unshift(data.subarray(end))
      text += data.toString('latin1', 0, end)
      if (text.length > most) refuse(431)
      if (text.endsWith('\n')) return /^[\t -~\x80-\xff]*\r\n$/.test(text) ? text.slice(0, -2) : refuse(400)
    }
  }
  async fields() {
    const raw = []
    const record = Object.create(null)
    for (let line, most = MOST; (line = await this.line(most)) !== ''; most -= line.length) {
      const [, name, value = ''] = FIELD.exec(line) ?? refuse(400)
      const key = name.toLowerCase()
      record[key] = key in record ? `${record[key]}${key === 'cookie' ? ';' : ','} ${value}` : value
      raw.push(name, value)
    }
    return { raw, record }
  }
  async *bytes(length) {
    for (let left = length, chunk; left > 0; left -= chunk.length) {
      await this.ready()
      yield (chunk = this.socket.read(Math.min(left, this.socket.readableLength)))
    }
  }
  /** The content of a message without its transfer coding; after that, the message has its trailers. */
  async *content(message) {
    if (message.length !== 'chunked') yield* this.bytes(message.length)
    for (let size; message.length === 'chunked' && size !== 0; ) {
      size = parseInt((/^([\da-f]{1,12})[ \t]*(;.*)?$/i.exec(await this.line()) ?? refuse(400))[1], 16)
      yield* this.bytes(size)
      if (size > 0 && (await this.line()) !== '') refuse(400)
    }
    message.trailers = message.length === 'chunked' ? (await this.fields()).record : Object.create(null)
  }
  async head() {
    let line
    while ((line = await this.line()) === ''); // RFC 9112 §2.2: empty lines before a request are skipped
    const [, method, target, httpVersion] = REQUEST_LINE.exec(line) ?? refuse(400)
    const { raw: rawHeaders, record: headers } = await this.fields()
    const { host, expect, 'transfer-encoding': coding, 'content-length': lengths = '0' } = headers
    // Two Host fields are joined by a comma and a space: no valid one.
    if (!HOST.test(host ?? (httpVersion === '1.0' ? '' : ' '))) refuse(400)
    if (coding !== undefined && ('content-length' in headers || httpVersion === '1.0')) refuse(400)
    if (coding !== undefined && coding.toLowerCase() !== 'chunked') refuse(501)
    const [size, ...others] = new Set(lengths.split(/, ?/))
    if (!/^\d+$/.test(size) || others.length > 0) refuse(400)
    if (size > Number.MAX_SAFE_INTEGER) refuse(413)
    const isModern = httpVersion === '1.1'
    if (isModern && (expect ?? '100-continue').toLowerCase() !== '100-continue') refuse(417)
    const length = coding === undefined ? Number(size) : 'chunked'
    const asks = isModern && length === 0 && lists(headers.connection, 'upgrade')
    const upgrade =
      method === 'CONNECT' ? 'connect' : asks ? headers.upgrade?.split(',')[0].trim().toLowerCase() : undefined
    const parts = partsOf(method, target, host ?? '')
    const fields = { method, target, mount: '', ...parts, scheme: 'http', httpVersion, headers, rawHeaders, upgrade }
    const trailers = length === 0 ? Object.create(null) : undefined
    return { fields, length, trailers, expects: isModern && expect !== undefined }
  }
}

function partsOf(method, target, host) {
  if (method === 'CONNECT')
    return /^[^/?@]+:\d+$/.test(target) ? { authority: target, path: '', query: '' } : refuse(400)
  if (target === '*') return method === 'OPTIONS' ? { authority: host, path: '*', query: '' } : refuse(400)
  const [, authority = host, path, query] = TARGET.exec(target) ?? refuse(400)
  return { authority, path: path || (method === 'OPTIONS' && !target.includes('?') ? '*' : '/'), query }
}

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
    body: message.length === 0 ? null : { [Symbol.asyncIterator]: read },
    get trailers() {
      return message.trailers
    },
    remote: { address: remoteAddress, port: remotePort },
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

const linesOf = headers =>
  Object.entries(headers ?? {}).flatMap(([name, value = []]) =>
    [value].flat().map(one => {
      const isValid = /^[\da-z!#$%&'*+.^_`|~-]+$/.test(name) && typeof one === 'string'
      return isValid && !/[\r\n\0]|[^\0-\xff]/.test(one) ? [name, one] : refuse(0, `the field ${name} is invalid`)
    }),
  )
const blockOf = (first, lines) =>
  Buffer.from(`${[first, ...lines.map(line => line.join(': '))].join('\r\n')}\r\n\r\n`, 'latin1')
const refusal = status => {
  const fields = linesOf({ date: new Date().toUTCString(), connection: 'close', 'content-length': '0' })
  return blockOf(`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, fields)
}

/** Checks a response, and says how it is sent: its head, and its body where that is no stream. */
function planOf({ status, reason, headers, body, upgrade }, { message, isRead }) {
  const { method, httpVersion, headers: asked, upgrade: offer } = message.fields
  const leaves = status === 101 || (method === 'CONNECT' && status > 199 && status < 300)
  const takes = leaves && offer && upgrade && (status === 101) === (offer !== 'connect')
  if (!Number.isInteger(status) || status > 599 || (leaves ? !takes : status < 200)) refuse(0, 'an invalid status')
  const bytes = body === null || body === undefined ? EMPTY : bytesOf(body)
  if (!bytes && typeof (body[Symbol.asyncIterator] ?? body[Symbol.iterator]) !== 'function')
    refuse(0, 'an invalid body')
  const lines = linesOf(headers)
  const isEmpty = leaves || [204, 205, 304].includes(status)
  const known = bytes && !isEmpty && (method !== 'HEAD' || bytes.length > 0) ? String(bytes.length) : undefined
  const [length = known, ...others] = lines.filter(([name]) => name === 'content-length').map(([, value]) => value)
  const isDecimal = others.length === 0 && /^\d+$/.test(length ?? 0)
  if (!isDecimal || (known !== undefined && Number(length) !== Number(known))) refuse(0, 'an invalid content-length')
  const size = leaves || status === 204 ? undefined : status === 205 ? '0' : length
  const isChunked = !bytes && !isEmpty && size === undefined && httpVersion === '1.1'
  const closes = lines.some(([name, value]) => name === 'connection' && lists(value, 'close'))
  // Where 100 Continue was expected and not sent, nobody knows whether the content will come.
  const isOpen = httpVersion === '1.1' && !lists(asked.connection, 'close') && (isRead || !message.expects)
  const keeps = isOpen && !closes && !leaves && !context.draining.aborted
  const own = linesOf({
    date: lines.some(([name]) => name === 'date') ? undefined : new Date().toUTCString(),
    connection: status === 101 ? 'upgrade' : keeps || leaves ? undefined : 'close',
    upgrade: status === 101 ? offer : undefined,
    'transfer-encoding': isChunked ? 'chunked' : undefined,
    'content-length': size,
  })
  const phrase = typeof reason === 'string' && /^[\t -~\x80-\xff]*$/.test(reason) ? reason : STATUS_CODES[status]
  const head = blockOf(`HTTP/1.1 ${status} ${phrase ?? ''}`, [...lines.filter(([name]) => !FRAMING.test(name)), ...own])
  return { head, size, isChunked, keeps, leaves, whole: isEmpty || method === 'HEAD' ? EMPTY : bytes }
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
  const { head, size, isChunked, keeps, leaves, whole } = planOf(response, exchange)
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
  const trailers = linesOf(isChunked ? response.trailers?.() : {})
  const allowed = trailers.filter(([name]) => !FRAMING.test(name) && !NO_TRAILER.test(name))
  await write(exchange, isChunked ? blockOf('0', allowed) : EMPTY)
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
const [file, where] = process.argv.slice(2)
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
