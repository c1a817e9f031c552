// Responses: whether they can be sent (spec/nsgi.md §6.1), and their heads (§6.2).
import { STATUS_CODES } from 'node:http'

const NAME = /^[\da-z!#$%&'*+.^_`|~-]+$/
const VALUE = /^[^\0\r\n\u0100-\uffff]*$/
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade']
const FORBIDDEN_TRAILERS = [
  ...HOP_BY_HOP,
  'content-length',
  'host',
  'trailer',
  'content-encoding',
  'content-type',
  'content-range',
]

/** Whether the size of a body is known at once. */
export const isBytes = body =>
  body === null || body === undefined || typeof body === 'string' || body instanceof Uint8Array

/** Throws for what is no valid response. */
export function validate(response, request) {
  check(typeof response === 'object' && response !== null, 'this is no response')
  const { status, headers, body, upgrade } = response
  check(Number.isInteger(status), 'the status is no integer')
  const switching = request.upgrade === 'connect' ? status >= 200 && status < 300 : status === 101
  if (switching) check(request.upgrade !== undefined && typeof upgrade === 'function', 'there is no upgrade')
  else check(status >= 200 && status < 600, 'the status is out of range')
  const iterable = typeof body === 'object' && (body?.[Symbol.asyncIterator] ?? body?.[Symbol.iterator])
  check(isBytes(body) || typeof iterable === 'function', 'the body is of no known kind')
  checkFields(headers)
  const lengths = fieldsOf(headers).filter(([name]) => name === 'content-length')
  check(lengths.length < 2 && lengths.every(([, value]) => /^\d{1,15}$/.test(value)), 'this is no content-length')
  const known = isBytes(body) && !(request.method === 'HEAD' || [204, 304].includes(status))
  if (known && lengths.length > 0)
    check(Number(lengths[0][1]) === Buffer.byteLength(body ?? ''), 'content-length differs')
}

/** The text of a head, whether the body behind it is chunked, and its declared length. */
export function encodeHead({ status, reason, headers, body }, { method, httpVersion }, { close }) {
  const phrase =
    typeof reason === 'string' && /^[\t -~\x80-\xff]*$/.test(reason) ? reason : (STATUS_CODES[status] ?? '')
  const fields = fieldsOf(headers).filter(
    ([name]) => !HOP_BY_HOP.includes(name) && !(name === 'content-length' && [204, 205].includes(status)),
  )
  const has = name => fields.some(([own]) => own === name)
  const declared = fields.find(([name]) => name === 'content-length')?.[1]
  let chunked = false
  if (status === 205) fields.push(['content-length', '0'])
  else if (status !== 204 && status !== 304 && declared === undefined) {
    if (isBytes(body)) {
      if (method !== 'HEAD' || (body !== null && body !== undefined))
        fields.push(['content-length', Buffer.byteLength(body ?? '')])
    } else if (httpVersion === '1.1' && method !== 'HEAD') {
      chunked = true
      fields.push(['transfer-encoding', 'chunked'])
    }
  }
  if (!has('date')) fields.push(['date', new Date().toUTCString()])
  if (close) fields.push(['connection', 'close'])
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`)
  return {
    text: `HTTP/1.1 ${status} ${phrase}\r\n${lines.join('')}\r\n`,
    chunked,
    length: declared && Number(declared),
  }
}

function checkFields(headers) {
  for (const [name, value] of fieldsOf(headers)) {
    check(NAME.test(name), `${name} is no name of a field`)
    check(typeof value === 'string' && VALUE.test(value), `the value of ${name} cannot be sent`)
  }
}

/** An informational head. Throws for another status and for invalid fields. */
export function informationLines(status, headers) {
  check(Number.isInteger(status) && status >= 100 && status < 200 && status !== 101, 'this is no status to inform with')
  checkFields(headers)
  const lines = fieldsOf(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`
}

/** The lines of the trailers, without those that are forbidden there. */
export function trailerLines(response) {
  const fields = fieldsOf(response.trailers?.()).filter(([name]) => !FORBIDDEN_TRAILERS.includes(name))
  for (const [name, value] of fields) check(NAME.test(name) && VALUE.test(value), `the trailer ${name} cannot be sent`)
  return fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
}

/** Closes a body that is not read to its end (§7.2). */
export function closeBody(body, iterator) {
  if (isBytes(body) || typeof body !== 'object') return
  try {
    if (typeof body.destroy === 'function') {
      body.on?.('error', () => {})
      if (iterator !== undefined && iterator !== 'over') Promise.resolve(iterator.return?.()).catch(() => {})
      body.destroy()
    } else if (iterator !== 'over') {
      const open = iterator ?? body[Symbol.asyncIterator]?.() ?? body[Symbol.iterator]?.()
      Promise.resolve(open?.return?.()).catch(() => {})
    }
  } catch {
    // What a body throws while it is closed is nobody's concern.
  }
}

/** The fields of a record, one for each line. */
function fieldsOf(record) {
  return Object.entries(record ?? {}).flatMap(([name, value]) => {
    if (value === undefined) return []
    return Array.isArray(value) ? value.map(one => [name, one]) : [[name, value]]
  })
}

function check(condition, message) {
  if (!condition) throw new TypeError(message)
}
