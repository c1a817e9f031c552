import type { RequestHeaders, ResponseHeaders } from '@nsgi/spec'
import { isTrailerName } from '@nsgi/spec/fields'

/** Raw header lines as the gateway joins them: duplicates in order by `, `, cookies by `; ` (NSGI REQ-19, REQ-20). */
export function joinedHeaders(raw: readonly string[]): RequestHeaders {
  const headers: Record<string, string> = Object.create(null)
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase()
    const value = raw[i + 1] as string
    const before = headers[name]
    headers[name] = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return headers
}

// Framing and connection belong to the server (RFC 9110 §7.6.1, NSGI RES-21).
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'])

/** The fields that may be sent, as name and lines. Throws a TypeError for what is not a header (NSGI RES-06, RES-07). */
export function* sendableFields(headers: ResponseHeaders): Generator<[string, string | readonly string[]]> {
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined) continue
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) throw new TypeError(`${JSON.stringify(name)} is no header name`)
    for (const line of Array.isArray(value) ? value : [value]) {
      if (typeof line !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(line)) {
        throw new TypeError(`The value of header ${name} is not a string of printable latin1`)
      }
    }
    if (!hopByHop.has(name)) yield [name, value]
  }
}

/** The trailer fields that may be sent, one pair for each line (NSGI RES-30). Throws as `sendableFields` does. */
export function sendableTrailers(trailers: ResponseHeaders | undefined): [string, string][] {
  const lines: [string, string][] = []
  for (const [name, value] of sendableFields(trailers ?? {})) {
    if (!isTrailerName(name)) continue
    for (const line of typeof value === 'string' ? [value] : value) lines.push([name, line])
  }
  return lines
}
