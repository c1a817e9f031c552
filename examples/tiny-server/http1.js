// HTTP/1.1 for server.js: reads requests from a socket and refuses the bad ones, checks responses and writes their heads.
import { once } from 'node:events'
import { STATUS_CODES } from 'node:http'

const MOST = 32_768 // bytes of a head, of trailers, or of the line before a chunk
const REQUEST_LINE = /^([\w!#$%&'*+.^`|~-]+) ([!"$-~\x80-\xff]+) HTTP\/(1\.[01])$/
const TARGET = /^(?:[a-z][a-z\d+.-]*:\/\/([^/?]+)(?=[/?]|$)|(?=\/))([^?]*)\??(.*)$/i
const HOST = /^([\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(:\d*)?$/i
const FIELD = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*[^ \t])?[ \t]*$/
const FRAMING = /^(connection|keep-alive|proxy-connection|te|transfer-encoding|upgrade|content-length)$/
const NO_TRAILER = /^(host|trailer|content-.*|set-cookie|authorization|cache-control|expect|range|date|age|vary)$/
export const EMPTY = Buffer.alloc(0)
export const bytesOf = piece => (typeof piece === 'string' ? Buffer.from(piece) : piece instanceof Uint8Array && piece)

/** Ends what is under way; while a head is read, the status is the answer. */
export function refuse(status, message = `refused with ${status}`) {
  throw Object.assign(new Error(message), { status })
}
/** Whether a field that is a list of options holds one. */
const lists = (value = '', option) =>
  value
    .toLowerCase()
    .split(/[ \t]*,[ \t]*/)
    .includes(option)

/** What comes in, read as somebody asks for it: a socket whose small buffer is full stops reading. */
export class Input {
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

/** The fields of a response as pairs of name and value; refuses what must not be sent. */
export const linesOf = headers =>
  Object.entries(headers ?? {}).flatMap(([name, value = []]) =>
    [value].flat().map(one => {
      const isValid = /^[\da-z!#$%&'*+.^_`|~-]+$/.test(name) && typeof one === 'string'
      return isValid && !/[\r\n\0]|[^\0-\xff]/.test(one) ? [name, one] : refuse(0, `the field ${name} is invalid`)
    }),
  )
export const blockOf = (first, lines) =>
  Buffer.from(`${[first, ...lines.map(line => line.join(': '))].join('\r\n')}\r\n\r\n`, 'latin1')
export const refusal = status => {
  const fields = linesOf({ date: new Date().toUTCString(), connection: 'close', 'content-length': '0' })
  return blockOf(`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, fields)
}

export const trailersOf = response =>
  linesOf(response.trailers?.()).filter(([name]) => !FRAMING.test(name) && !NO_TRAILER.test(name))

/** Checks a response, and says how it is sent: its head, and its body where that is no stream. */
export function planOf({ status, reason, headers, body, upgrade }, { message, isRead, isLast }) {
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
  const keeps = isOpen && !closes && !leaves && !isLast
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
