// From what a handler set on a ServerResponse to the headers of a gateway response.
import { type ServerResponse, STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http'
import type { ResponseHeaders } from '@nsgi/spec'
import type { HeaderStore, RawHeaders } from './node-internals.ts'

/** A head as the handler fixed it, and what it says about the framing. */
export interface ResponseHead {
  readonly headers: ResponseHeaders
  readonly empty: boolean
  /** The declared `Content-Length`, `null` if there is none. */
  readonly contentLength: number | null
  /** A `Connection: close` of the handler. */
  readonly close: boolean
  /** The handler asked for chunked framing, which a body of known length would not get. */
  readonly chunked: boolean
  /** A `Trailer` field announces trailers. */
  readonly trailer: boolean
}

type MutableHead = { -readonly [K in keyof ResponseHead]: ResponseHead[K] } & {
  headers: Record<string, string | string[]>
}

const closes = /(?:^|\W)close(?:$|\W)/i

/** The head from the header store (`setHeader` was used). Framing and hop-by-hop fields are the server's (NSGI APP-02). */
export function headOfStore(store: HeaderStore): ResponseHead {
  const head = emptyHead(Object.create(null) as Record<string, string | string[]>)
  for (const name in store) {
    head.empty = false
    const value = kept(head, name, lineValue(name, store[name]?.[1]))
    if (value !== undefined) head.headers[name] = value
  }
  return head
}

/**
 * The head from `writeHead`'s own argument when no header was set before: an object, a flat array or an
 * array of pairs. Names that differ only in case stay separate lines, as on node:http.
 *
 * Throws `ERR_INVALID_HTTP_TOKEN`, `ERR_HTTP_INVALID_HEADER_VALUE` or `ERR_INVALID_CHAR`.
 */
export function headOfArgument(given: RawHeaders): ResponseHead {
  const head = emptyHead({})
  if (given === undefined || given === null) return head
  if (!Array.isArray(given)) {
    for (const name of Object.keys(given)) append(head, name, (given as Record<string, unknown>)[name])
  } else if (Array.isArray(given[0])) {
    for (const pair of given as unknown[][]) append(head, pair[0] as string, pair[1])
  } else {
    if (given.length % 2 !== 0) throw unpaired(given)
    for (let i = 0; i < given.length; i += 2) append(head, given[i] as string, given[i + 1])
  }
  return head
}

/** Trailer lines as `addTrailers` rendered them, as gateway headers; `undefined` if there are none. */
export function trailersOf(lines: string): ResponseHeaders | undefined {
  if (lines === '') return undefined
  const trailers: Record<string, string | string[]> = {}
  for (const line of lines.split('\r\n')) {
    const colon = line.indexOf(': ')
    if (colon > 0) add(trailers, line.slice(0, colon).toLowerCase(), line.slice(colon + 2))
  }
  return trailers
}

/** The reason phrase, left out where every server says the same; node's phrases for some errors are older than RFC 9110's. */
export function reasonOf({ statusCode, statusMessage }: ServerResponse): string | undefined {
  return statusCode < 400 && statusMessage === STATUS_CODES[statusCode] ? undefined : statusMessage
}

function emptyHead(headers: Record<string, string | string[]>): MutableHead {
  return { headers, empty: true, contentLength: null, close: false, chunked: false, trailer: false }
}

function append(head: MutableHead, name: string, given: unknown): void {
  validateHeaderName(name)
  const lines = Array.isArray(given) ? given : [given]
  for (const line of lines) validateHeaderValue(name, line as string)
  const key = name.toLowerCase()
  const value = kept(head, key, lineValue(key, given))
  head.empty = false
  if (value !== undefined) add(head.headers, key, value)
}

function add(headers: Record<string, string | string[]>, name: string, value: string | string[]): void {
  const before = headers[name]
  headers[name] = before === undefined ? value : ([] as string[]).concat(before, value)
}

/** The value as one line, or as an array of lines. Cookies in one request line are joined, as node does. */
function lineValue(name: string, value: unknown): string | string[] {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return String(value)
  return name === 'cookie' && value.length > 1 ? value.join('; ') : value.map(String)
}

type Value = string | string[]

/** Notes what a field says about framing and connection; its value, `undefined` for the fields that the server writes. */
function kept(head: MutableHead, name: string, value: Value): Value | undefined {
  switch (name) {
    case 'content-length':
      head.contentLength = Number(value)
      return Array.isArray(value) && value.length === 1 ? value[0] : value
    case 'trailer':
      head.trailer = true
      return value
    case 'transfer-encoding':
      head.chunked = true
      return undefined
    case 'connection':
      head.close ||= closes.test(String(value))
      return head.close ? 'close' : undefined
    case 'keep-alive':
    case 'proxy-connection':
      return undefined
    default:
      return value
  }
}

function unpaired(given: unknown): TypeError {
  return Object.assign(new TypeError(`The argument 'headers' is invalid. Received an array of ${String(given)}`), {
    code: 'ERR_INVALID_ARG_VALUE',
  })
}
