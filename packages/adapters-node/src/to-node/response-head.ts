import type { OutgoingHttpHeaders } from 'node:http'
import type { BodyChunk, GatewayResponse } from '@nsgi/spec'
import { sendableFields } from './headers.ts'

/** A response that was found valid. */
export interface CheckedResponse {
  readonly status: number
  readonly reason: string | undefined
  readonly headers: OutgoingHttpHeaders
  /** A body of known length; empty for `null`. */
  readonly single: string | Uint8Array | undefined
  /** A body to iterate. */
  readonly chunks: AsyncIterable<BodyChunk> | Iterable<BodyChunk> | undefined
  /** The length that the application declared for an iterable. */
  readonly declaredLength: number | undefined
}

/** Bytes of a body chunk. Throws a TypeError for what is none. */
export function chunkLength(chunk: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk)
  if (chunk instanceof Uint8Array || ArrayBuffer.isView(chunk)) return chunk.byteLength
  throw new TypeError('A chunk of a body must be a string or a Uint8Array')
}

/** Checks a response before any byte is sent; throws a TypeError or RangeError that says what is wrong (NSGI RES-02). */
export function checkResponse(response: GatewayResponse, method: string): CheckedResponse {
  if (typeof response !== 'object' || response === null) throw new TypeError('The application returned no response')
  const { status, body } = response
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new RangeError(`Status ${status} is not a final one`)
  const headers: OutgoingHttpHeaders = {}
  for (const [name, value] of sendableFields(response.headers ?? {})) headers[name] = value as string | string[]
  const closes = /(?:^|[\s,])close(?:$|[\s,])/i.test(String(response.headers?.connection ?? ''))
  if (closes) headers.connection = 'close'
  const single = singleBody(body)
  const declaredLength = declared(headers)
  const bodiless = status === 204 || status === 304
  if (single !== undefined && method !== 'HEAD' && !bodiless) {
    const length = chunkLength(single)
    if (declaredLength !== undefined && declaredLength !== length) {
      throw new RangeError(`content-length is ${declaredLength}, the body has ${length} bytes`)
    }
    headers['content-length'] = length
  } else if (method === 'HEAD' && !bodiless && declaredLength === undefined) {
    if (single === undefined) headers['transfer-encoding'] = 'chunked'
    else headers['content-length'] = chunkLength(single)
  }
  // Node throws for a Trailer field without chunked framing: there will be no trailers to announce.
  if (single !== undefined || bodiless || declaredLength !== undefined) delete headers.trailer
  if (status === 204) delete headers['content-length']
  return {
    status,
    reason: checkedReason(response.reason),
    headers,
    single,
    chunks: iterable(body, single),
    declaredLength,
  }
}

function singleBody(body: GatewayResponse['body']): string | Uint8Array | undefined {
  if (body === null || body === undefined) return ''
  if (typeof body === 'string' || ArrayBuffer.isView(body)) return body
  return undefined
}

function iterable(body: GatewayResponse['body'], single: unknown): CheckedResponse['chunks'] {
  if (single !== undefined) return undefined
  const candidate = body as Partial<AsyncIterable<BodyChunk> & Iterable<BodyChunk>>
  if (typeof candidate[Symbol.asyncIterator] !== 'function' && typeof candidate[Symbol.iterator] !== 'function') {
    throw new TypeError('The body is neither a string, nor a Uint8Array, nor iterable')
  }
  return candidate as AsyncIterable<BodyChunk>
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
