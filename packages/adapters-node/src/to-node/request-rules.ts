// What node's parser lets through and a gateway server must refuse (NSGI §4.4). Pure, but for the request that it reads.
import type { IncomingMessage } from 'node:http'

const AUTHORITY_FORM = /^(?:\[[0-9a-f:.]+\]|[\w\-.~!$&'()*+,;=%]+):\d{1,5}$/i
const HOST = /^(?:\[[0-9a-f:.]+\]|[\w\-.~!$&'()*+,;=%]*)(?::\d*)?$/i
const HTTP_URI = /^https?:\/\/([^/?]+)(?:[/?]|$)/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN_IN_TARGET = /[\0-\x20\x7f#]/

/** The status with which a request is refused before the application is called, `undefined` if it is valid. */
export function refusalOf(req: IncomingMessage): number | undefined {
  const { httpVersion } = req
  // node's parser passes 0.9 and 2.0 on as well.
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 505
  const http11 = httpVersion === '1.1'
  if (!targetIsValid(req.method as string, req.url as string)) return 400
  if (!hostIsValid(linesOf(req, 'host'), http11)) return 400
  const refused = refusalOfCoding(linesOf(req, 'transfer-encoding'), http11)
  if (refused !== undefined) return refused
  // RFC 9110 §10.1.1 has an HTTP/1.0 client's expectation ignored.
  const expectation = http11 ? req.headers.expect?.toLowerCase() : undefined
  return expectation === undefined || expectation === '100-continue' ? undefined : 417
}

/** Whether a body comes behind the head (NSGI BOD-01). */
export function hasContent({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** The four forms of RFC 9112 §3.2 (NSGI REQ-07, REQ-08, REQ-09). */
function targetIsValid(method: string, target: string): boolean {
  if (FORBIDDEN_IN_TARGET.test(target)) return false
  if (method === 'CONNECT') return AUTHORITY_FORM.test(target)
  if (target.startsWith('/')) return true
  if (target === '*') return method === 'OPTIONS'
  const authority = HTTP_URI.exec(target)?.[1]
  return authority !== undefined && HOST.test(authority)
}

/** One Host field at most, one exactly on HTTP/1.1 (NSGI REQ-10, RFC 9112 §3.2). */
function hostIsValid(hosts: readonly string[], http11: boolean): boolean {
  const [host] = hosts
  if (host === undefined) return !http11
  return hosts.length === 1 && HOST.test(host)
}

/** Only `chunked`, once, is spoken here (NSGI REQ-14): 501 for another coding before it, 400 for what is malformed. */
function refusalOfCoding(lines: readonly string[], http11: boolean): number | undefined {
  if (lines.length === 0) return undefined
  if (!http11) return 400
  const codings = lines
    .join(',')
    .split(',')
    .map(one => one.trim().toLowerCase())
  if (codings.length === 1 && codings[0] === 'chunked') return undefined
  const malformed = codings.includes('') || codings.slice(0, -1).includes('chunked')
  return malformed || (codings.length > 1 && codings.at(-1) !== 'chunked') ? 400 : 501
}

/** The values of a field, one for each line; node's own record keeps only the first Host. */
function linesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  return rawHeaders.filter((_value, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name)
}
