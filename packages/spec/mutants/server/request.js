// Heads of requests, and what is refused of them (spec/nsgi.md §4).

/** A request that never reaches the application. */
export class Refusal extends Error {
  constructor(status) {
    super(`refused with ${status}`)
    this.status = status
  }
}

const REQUEST_LINE = /^([\w!#$%&'*+.^`|~-]+) ([!"$-~\x80-\xff]+) HTTP\/1\.([01])$/
const FIELD_LINE = /^([\w!#$%&'*+.^`|~-]+):[ \t]*((?:[!-~\x80-\xff]+[ \t]*)*)$/
const HOST = /^(?:\[[\da-fA-F:.]+\]|[\w!$&'()*+;=%~.-]*)(?::\d*)?$/

/** Where the application stands, and the one peer that is believed about its clients. */
const [mount = '', proxy] = process.argv.slice(5)

/** Makes a request of a head. Throws a Refusal. */
export function parseRequest(head, socket) {
  const [first, ...lines] = head.split('\r\n')
  const [, method, target, minor] = REQUEST_LINE.exec(first) ?? refuse(400)
  const headers = Object.create(null)
  const rawHeaders = lines.flatMap(line => {
    const [, name, value] = FIELD_LINE.exec(line) ?? refuse(400)
    const [key, trimmed] = [name.toLowerCase(), value.replace(/[ \t]+$/, '')]
    headers[key] = key in headers ? `${headers[key]}${key === 'cookie' ? ';' : ','} ${trimmed}` : trimmed
    return [name, trimmed]
  })
  const count = name => rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length
  const httpVersion = `1.${minor}`
  const { host, expect, 'content-length': length, 'transfer-encoding': coding } = headers
  if (count('host') > 1 || (minor === '1' && host === undefined) || !HOST.test(host ?? '')) refuse(400)
  if (coding !== undefined && (minor === '0' || length !== undefined || !/^chunked$/i.test(coding))) refuse(400)
  if (length !== undefined && !/^\d{1,15}$/.test(length)) refuse(400)
  if (minor === '1' && expect !== undefined && !/^100-continue$/i.test(expect)) refuse(417)
  const asked = minor === '1' && /\bupgrade\b/i.test(headers.connection) ? headers.upgrade?.toLowerCase() : undefined
  const request = {
    method,
    target,
    mount: '',
    ...splitTarget(method, target, host ?? ''),
    scheme: 'http',
    httpVersion,
    headers,
    rawHeaders,
    remote: { address: socket.remoteAddress ?? '', port: socket.remotePort ?? null },
    local: { address: socket.localAddress ?? '', port: socket.localPort ?? null },
    tls: null,
    upgrade: method === 'CONNECT' ? 'connect' : asked,
  }
  return Object.assign(request, placed(request.path), socket.remoteAddress === proxy ? vouched(headers) : {})
}

/** What of a path is the mount's: whole segments, as received. */
function placed(path) {
  const isUnder = path.startsWith(mount) && ['', '/'].includes(path.charAt(mount.length))
  return mount !== '' && isUnder ? { mount, path: path.slice(mount.length) } : {}
}

/** What the proxy says of its client; what stands before its own word in a list is the client's. */
function vouched({ 'x-forwarded-for': list, 'x-forwarded-proto': scheme, 'x-forwarded-host': authority }) {
  const address = list?.split(',').at(-1).trim()
  const said = { scheme, authority, remote: address && { address, port: null } }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

function splitTarget(method, target, host) {
  if (method === 'CONNECT')
    return /^[^/?@*]+:\d+$/.test(target) ? { path: '', query: '', authority: target } : refuse(400)
  if (target === '*') return method === 'OPTIONS' ? { path: '*', query: '', authority: host } : refuse(400)
  const [, authority, path, mark, query] =
    /^(?:https?:\/\/([^/?]+)|(?=\/))([^?]*)(\?)?(.*)$/i.exec(target) ?? refuse(400)
  const whole = path === '' && method === 'OPTIONS' && mark === undefined ? '*' : path || '/'
  return { path: whole, query, authority: authority ?? host }
}

function refuse(status) {
  throw new Refusal(status)
}
