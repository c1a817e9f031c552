// The head of a response for HTTP/2 (RFC 9113 §8.3.2): the checks of HTTP/1, and fields instead of lines.
import type { OutgoingHttpHeaders } from 'node:http2'
import type { GatewayResponse, ResponseHeaders } from '@nsgi/spec'
import { isTrailerName } from '@nsgi/spec/fields'
import { trimmed } from '../exchange/field-records.ts'
import { checkStatus, declaredLength, type Framing, type PlannedResponse } from '../exchange/planned-response.ts'
import { bodyKind, type ClassifiedBody } from '../exchange/response-body.ts'
import { describe, fieldKind, fieldLines, hasFields, invalid } from '../exchange/response-fields.ts'

/** What the head depends on besides the response. */
export interface Http2Conditions {
  readonly isHead: boolean
  readonly isConnect: boolean
  /** `request.upgrade` */
  readonly offered: string | undefined
  /** The value of a `date` field. */
  readonly date: string
}

/** A head ready to be sent. */
export interface Http2Plan extends PlannedResponse {
  readonly fields: OutgoingHttpHeaders
  /** Whether the response may have trailers: they are asked for when its body has ended. */
  readonly hasTrailers: boolean
}

/**
 * Checks a response and decides its head (NSGI RES-02 to RES-24). Throws `KirinError` `KIRIN_INVALID_RESPONSE`, naming the requirement,
 * before anything is sent.
 */
export function planHttp2Response(response: GatewayResponse, conditions: Http2Conditions): Http2Plan {
  if (typeof response !== 'object' || response === null) throw invalid('RES-01', `it is ${describe(response)}`)
  const { status, headers, body: content } = response
  if (checkStatus(status, conditions)) return planSwitch(response, { status, headers, content }, conditions)
  const kind = bodyKind(content)
  const collected = collectFields(status, headers)
  const bodiless = conditions.isHead || status === 204 || status === 304 || status === 205
  if (collected.length >= 0 && kind.length >= 0 && collected.length !== kind.length && !bodiless) {
    throw invalid('RES-12', `content-length is ${collected.length}, the body has ${kind.length} bytes`)
  }
  const length = collected.length >= 0 ? collected.length : kind.length
  const stated = bodiless ? statedLength(status, collected.length >= 0 || kind.declared ? length : -1) : length
  const { fields } = collected
  if (!collected.date) fields['date'] = conditions.date
  if (stated >= 0) fields['content-length'] = `${stated}`
  const hasTrailers = !bodiless && typeof response.trailers === 'function'
  const { framing, body, content: sent } = framed(content, kind, { bodiless, hasTrailers, declared: collected.length })
  return {
    framing,
    body,
    content: sent,
    head: '',
    fields,
    hasTrailers,
    status,
    headers,
    length,
    keepAlive: !collected.close,
    upgrade: undefined,
  }
}

/** The head of a 2xx to CONNECT: it has no content, and so nothing that would frame it (RFC 9110 §8.6, §9.3.6). */
function planSwitch(
  { upgrade }: GatewayResponse,
  parts: Pick<PlannedResponse, 'status' | 'headers' | 'content'>,
  { date }: Http2Conditions,
): Http2Plan {
  const { status, headers } = parts
  if (typeof upgrade !== 'function') {
    throw invalid('UPG-01', `status ${status} with ${describe(upgrade)} for an upgrade`)
  }
  const { fields, date: hasDate } = collectFields(status, headers)
  if (!hasDate) fields['date'] = date
  return {
    ...parts,
    head: '',
    fields,
    hasTrailers: false,
    upgrade,
    body: 'none',
    framing: 'switch',
    length: 0,
    keepAlive: true,
  }
}

/** What HEAD, 204, 205 and 304 say of the content that they lack (RFC 9110 §8.6); -1 for nothing. */
function statedLength(status: number, length: number): number {
  if (status === 204) return -1
  return status === 205 ? 0 : length
}

/** How the body goes out. One that is there at once is sent in pieces, of which it is the only one, where trailers come behind it. */
function framed(
  content: GatewayResponse['body'],
  { kind, length }: ClassifiedBody,
  { bodiless, hasTrailers, declared }: { bodiless: boolean; hasTrailers: boolean; declared: number },
): { readonly framing: Framing; readonly body: ClassifiedBody['kind']; readonly content: GatewayResponse['body'] } {
  if (bodiless) return { framing: 'none', body: kind, content }
  if (length < 0) return { framing: declared >= 0 ? 'length' : 'frames', body: kind, content }
  if (!hasTrailers) return { framing: 'single', body: kind, content }
  return {
    framing: 'length',
    body: 'sync',
    content: content === null || content === undefined ? [] : [content as string],
  }
}

interface CollectedFields {
  readonly fields: OutgoingHttpHeaders
  length: number
  date: boolean
  close: boolean
}

function collectFields(status: number, headers: ResponseHeaders | undefined | null): CollectedFields {
  const fields: OutgoingHttpHeaders = { ':status': status }
  const collected: CollectedFields = { fields, length: -1, date: false, close: false }
  if (!hasFields(headers, 'headers', 'RES-06')) return collected
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined) continue
    switch (fieldKind(name)) {
      case 'date':
        collected.date = true
        fields[name] = fieldValue(name, value)
        break
      case 'plain':
        if (name !== UPGRADE_SETTINGS) put(fields, name, value)
        break
      case 'length':
        collected.length = declaredLength(value)
        break
      case 'connection':
        collected.close = /(?:^|[\s,])close(?:$|[\s,])/i.test(String(value))
        break
      case 'dropped':
    }
  }
  return collected
}

function put(fields: OutgoingHttpHeaders, name: string, given: string | readonly string[]): void {
  const value = fieldValue(name, given)
  // Assigned, it would be the prototype; an object without one costs each response more than the comparison.
  if (name === '__proto__') Object.defineProperty(fields, name, { value, enumerable: true })
  else fields[name] = value
}

/** The value of a field, or its values, checked as for HTTP/1 (NSGI RES-07); no white space around them (RFC 9113 §8.2.1). */
function fieldValue(name: string, value: string | readonly string[]): string | string[] {
  fieldLines(name, value)
  if (typeof value === 'string') return trimmed(value, 0, value.length)
  const values = value.map(one => trimmed(one, 0, one.length))
  if (values.length === 1) return values[0] as string
  return SINGULAR.has(name) && values.length > 0 ? values.join(', ') : values
}

/** Of the connection, as `upgrade` is that it came with (RFC 7540 §3.2.1). */
const UPGRADE_SETTINGS = 'http2-settings'

/** Fields of which node sends no two lines; a list in one line means the same (RFC 9110 §5.3). */
const SINGULAR: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'access-control-max-age',
  'access-control-request-method',
  'age',
  'authorization',
  'content-encoding',
  'content-language',
  'content-location',
  'content-md5',
  'content-range',
  'content-type',
  'date',
  'dnt',
  'etag',
  'expires',
  'from',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'range',
  'referer',
  'retry-after',
  'tk',
  'upgrade-insecure-requests',
  'user-agent',
  'x-content-type-options',
])

/** The fields of an informational response (NSGI RES-31); throws as `planHttp2Response` does. */
export function informationalFields(status: number, headers: ResponseHeaders | undefined): OutgoingHttpHeaders {
  return collectFields(status, headers).fields
}

/** The trailers, without names that are forbidden there (NSGI RES-30, RFC 9110 §6.5.1). */
export function trailerFields(trailers: ResponseHeaders | undefined | null): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = {}
  if (!hasFields(trailers, 'what trailers() gives', 'RES-30')) return fields
  for (const name in trailers) {
    const value = trailers[name]
    if (value !== undefined && fieldKind(name) === 'plain' && isTrailerName(name) && name !== UPGRADE_SETTINGS)
      put(fields, name, value)
  }
  return fields
}
