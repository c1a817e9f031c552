import { type IncomingMessage, type OutgoingHttpHeaders, STATUS_CODES } from 'node:http'
import { types } from 'node:util'
import type { BodyChunk, GatewayResponse } from '@nsgi/spec'
import { sendableFields } from './headers.ts'

/** How the end of a body is told to the client; `none`: it is not sent (RFC 9112 §6.3). */
export type Framing = 'none' | 'single' | 'length' | 'chunked' | 'close'

/** A response that was found valid. */
export interface CheckedResponse {
  readonly status: number
  readonly reason: string | undefined
  readonly headers: OutgoingHttpHeaders
  readonly body: GatewayResponse['body']
  readonly framing: Framing
  /** Bytes that the application declared for an iterable. */
  readonly declaredLength: number | undefined
}

/** Bytes of a body chunk. Throws a TypeError for what is none. */
export function chunkLength(chunk: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk)
  if (types.isUint8Array(chunk)) return chunk.byteLength
  throw new TypeError('A chunk of a body must be a string or a Uint8Array')
}

/** Checks a response before any byte is sent; throws a TypeError or RangeError that says what is wrong (NSGI RES-02). */
export function checkResponse(response: GatewayResponse, { method, httpVersion }: IncomingMessage): CheckedResponse {
  if (typeof response !== 'object' || response === null) throw new TypeError('The application returned no response')
  const { status, body } = response
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new RangeError(`Status ${status} is not a final one`)
  // It tells the client that the tunnel stands (NSGI UPG-01).
  if (method === 'CONNECT' && status < 300) throw new RangeError(`Status ${status} to CONNECT without a tunnel`)
  const headers: OutgoingHttpHeaders = {}
  for (const [name, value] of sendableFields(response.headers ?? {})) headers[name] = value as string | string[]
  if (/(?:^|[\s,])close(?:$|[\s,])/i.test(String(response.headers?.connection ?? ''))) headers.connection = 'close'
  const http11 = httpVersion === '1.1'
  const size = knownSize(body)
  const declaredLength = declared(headers)
  const bodiless = method === 'HEAD' || status === 204 || status === 205 || status === 304
  if (size !== undefined && declaredLength !== undefined && declaredLength !== size && !bodiless) {
    throw new RangeError(`content-length is ${declaredLength}, the body has ${size} bytes`)
  }
  const framing = bodiless ? 'none' : framingOf(size, declaredLength, http11)
  if (bodiless) nameAbsentContent(headers, { status, length: declaredLength ?? size, http11 })
  else if (size !== undefined) headers['content-length'] = size
  // Node throws for a Trailer field without chunked framing: there will be no trailers to announce.
  if (framing !== 'chunked') delete headers.trailer
  return { status, reason: checkedReason(response.reason), headers, body, framing, declaredLength }
}

/**
 * The head of a 101, with the protocol that is switched to, or of a 2xx to CONNECT: neither has a body, and so nothing that
 * would frame one (RFC 9110 §8.6, §9.3.6). Throws as `sendableFields` does.
 */
export function switchingHead({ status, reason, headers }: GatewayResponse, protocol: string | undefined): string {
  const fields = [...sendableFields(headers ?? {})].filter(([name]) => name !== 'content-length')
  if (!fields.some(([name]) => name === 'date')) fields.push(['date', new Date().toUTCString()])
  if (protocol !== undefined) fields.push(['connection', 'upgrade'], ['upgrade', protocol])
  const lines = fields.flatMap(([name, value]) => [value].flat().map(line => `${name}: ${line}\r\n`))
  return `HTTP/1.1 ${status} ${checkedReason(reason) ?? STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`
}

/** Bytes of a body whose size is known at once, `undefined` for an iterable. Throws a TypeError for what is no body (NSGI RES-04). */
function knownSize(body: GatewayResponse['body']): number | undefined {
  if (body === null || body === undefined) return 0
  if (typeof body === 'string' || types.isUint8Array(body)) return chunkLength(body)
  const candidate = body as Partial<AsyncIterable<BodyChunk> & Iterable<BodyChunk>>
  if (typeof body === 'object') {
    if (typeof candidate[Symbol.asyncIterator] === 'function') return undefined
    if (typeof candidate[Symbol.iterator] === 'function') return undefined
  }
  throw new TypeError('The body is neither a string, nor a Uint8Array, nor iterable')
}

function framingOf(size: number | undefined, declaredLength: number | undefined, http11: boolean): Framing {
  if (size !== undefined) return 'single'
  if (declaredLength !== undefined) return 'length'
  return http11 ? 'chunked' : 'close'
}

interface AbsentContent {
  readonly status: number
  readonly length: number | undefined
  readonly http11: boolean
}

/** What the head says of content that is not sent: to HEAD what GET would have had (NSGI RES-17 to RES-20). */
function nameAbsentContent(headers: OutgoingHttpHeaders, { status, length, http11 }: AbsentContent): void {
  if (status === 204) delete headers['content-length']
  else if (status === 205) headers['content-length'] = 0
  else if (status !== 304 && length !== undefined) headers['content-length'] = length
  else if (status !== 304 && http11) headers['transfer-encoding'] = 'chunked'
}

function declared(headers: OutgoingHttpHeaders): number | undefined {
  const given = headers['content-length']
  if (given === undefined) return undefined
  if (typeof given !== 'string' || !/^\d+$/.test(given)) throw new TypeError('content-length is not one decimal number')
  return Number(given)
}

/** A reason that is not printable is left out: it must not split or crash the head (NSGI RES-35). */
function checkedReason(reason: string | undefined): string | undefined {
  return typeof reason === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(reason) ? reason : undefined
}
