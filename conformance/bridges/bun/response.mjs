// Gateway responses: whether they can be sent (spec/nsgi.md §6.1), and what Bun is told of their heads (§6.2).

const NAME = /^[\da-z!#$%&'*+.^_`|~-]+$/
const VALUE = /^[^\0\r\n\u0100-\uffff]*$/
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'])

/** Whether the size of a body is known at once. */
export function isBytes(body) {
  return body === null || body === undefined || typeof body === 'string' || body instanceof Uint8Array
}

/** Whether a response has no content (§6.4). */
export function isEmpty(status, method) {
  return method === 'HEAD' || status === 204 || status === 205 || status === 304
}

/** Throws for what is no valid response. */
export function validate(response, { method }) {
  check(typeof response === 'object' && response !== null, 'this is no response')
  const { status, headers, body } = response
  // Nothing is offered for an upgrade, so that a 101 is always invalid.
  check(Number.isInteger(status) && status >= 200 && status < 600, `the status is ${String(status)}`)
  const iterable = typeof body === 'object' && (body?.[Symbol.asyncIterator] ?? body?.[Symbol.iterator])
  check(isBytes(body) || typeof iterable === 'function', 'the body is of no known kind')
  const lines = linesOf(headers)
  for (const [name, value] of lines) {
    check(NAME.test(name), `${name} is no name of a field`)
    check(typeof value === 'string' && VALUE.test(value), `the value of ${name} cannot be sent`)
  }
  const lengths = lines.filter(([name]) => name === 'content-length').map(([, value]) => value)
  check(lengths.length < 2 && lengths.every(value => /^\d{1,15}$/.test(value)), 'this is no content-length')
  if (lengths.length === 1 && isBytes(body) && !isEmpty(status, method)) {
    check(Number(lengths[0]) === Buffer.byteLength(body ?? ''), 'content-length differs from the size of the body')
  }
}

/** The options for a Response. */
export function headOf({ status, reason, headers }) {
  const fields = new Headers()
  for (const [name, value] of linesOf(headers)) {
    if (!HOP_BY_HOP.has(name)) fields.append(name, value)
    else if (name === 'connection' && /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(value)) fields.set('connection', 'close')
  }
  const phrase = typeof reason === 'string' && /^[\t -~\x80-\xff]*$/.test(reason) ? { statusText: reason } : {}
  return { status, headers: fields, ...phrase }
}

/** The fields of a record, one for each line. */
function linesOf(record) {
  return Object.entries(record ?? {}).flatMap(([name, value]) => {
    if (value === undefined) return []
    return Array.isArray(value) ? value.map(one => [name, one]) : [[name, value]]
  })
}

function check(condition, message) {
  if (!condition) throw new TypeError(message)
}
