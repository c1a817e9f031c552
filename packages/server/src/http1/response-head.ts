// The head of a response, and how its body is framed: decided from the request's and the response's data alone.
import type { GatewayResponse } from '@nsgi/spec'
import { isTrailerName } from '@nsgi/spec/fields'
import { checkStatus, declaredLength, type Framing, type PlannedResponse } from '../exchange/planned-response.ts'
import { REASON_PHRASES } from '../exchange/reason-phrases.ts'
import { bodyKind } from '../exchange/response-body.ts'
import { describe, fieldKind, fieldLines, hasFields, invalid } from '../exchange/response-fields.ts'

/** What the head depends on besides the response. */
export interface HeadConditions {
  readonly http11: boolean
  readonly isHead: boolean
  readonly isConnect: boolean
  /** `request.upgrade` */
  readonly offered: string | undefined
  /** Whether the connection may go on after this exchange. */
  readonly keepAlive: boolean
  /** The whole `date` line with its CRLF. */
  readonly dateLine: string
}

const statusLines = new Map<number, string>()

/**
 * Checks a response and decides its head (NSGI RES-02 to RES-24). Throws `KirinError`
 * `KIRIN_INVALID_RESPONSE`, naming the requirement, before anything is sent.
 */
export function planResponse(response: GatewayResponse, conditions: HeadConditions): PlannedResponse {
  if (typeof response !== 'object' || response === null) throw invalid('RES-01', `it is ${describe(response)}`)
  const { status, headers, body: content } = response
  if (checkStatus(status, conditions)) return planSwitch(response, { status, headers, content }, conditions)
  const kind = bodyKind(content)
  const fields = collectFields(headers)
  const bodiless = conditions.isHead || status === 204 || status === 304 || status === 205
  const size = kind.length
  if (fields.length >= 0 && size >= 0 && fields.length !== size && !bodiless) {
    throw invalid('RES-12', `content-length is ${fields.length}, the body has ${size} bytes`)
  }
  const length = fields.length >= 0 ? fields.length : size
  const framing = bodiless ? 'none' : chooseFraming(size, length, conditions)
  const keepAlive = conditions.keepAlive && !fields.close && framing !== 'close'
  const stated = fields.length >= 0 || kind.declared ? length : -1
  const head =
    statusLine(status, response.reason) +
    fields.lines +
    (fields.date ? '' : conditions.dateLine) +
    (bodiless ? bodilessLine(status, stated, conditions.http11 && size < 0) : framingLine(framing, length)) +
    (keepAlive ? keepAliveLine(conditions) : 'connection: close\r\n')
  const upgrade = undefined
  return { head: `${head}\r\n`, status, headers, content, body: kind.kind, framing, length, keepAlive, upgrade }
}

/** A connection of HTTP/1.1 goes on without a word (RFC 9112 §9.3). */
function keepAliveLine({ http11 }: HeadConditions): string {
  return http11 ? '' : 'connection: keep-alive\r\n'
}

/** What was read of a response that takes an offer up. */
type SwitchParts = Pick<PlannedResponse, 'status' | 'headers' | 'content'>

/** The head of a 101 or of a 2xx to CONNECT: neither has a body, and so nothing that would frame one (RFC 9110 §8.6, §9.3.6). */
function planSwitch(response: GatewayResponse, parts: SwitchParts, conditions: HeadConditions): PlannedResponse {
  const { upgrade, reason } = response
  const { status, headers } = parts
  if (typeof upgrade !== 'function') {
    throw invalid(status === 101 ? 'RES-03' : 'UPG-01', `status ${status} with ${describe(upgrade)} for an upgrade`)
  }
  const fields = collectFields(headers)
  const head =
    statusLine(status, reason) +
    fields.lines +
    (fields.date ? '' : conditions.dateLine) +
    (status === 101 ? `connection: upgrade\r\nupgrade: ${conditions.offered}\r\n\r\n` : '\r\n')
  return { ...parts, head, upgrade, body: 'none', framing: 'switch', length: 0, keepAlive: false }
}

interface CollectedFields {
  lines: string
  /** What the application declared as content-length, -1 if nothing. */
  length: number
  date: boolean
  close: boolean
}

function collectFields(headers: GatewayResponse['headers']): CollectedFields {
  const fields: CollectedFields = { lines: '', length: -1, date: false, close: false }
  if (!hasFields(headers, 'headers', 'RES-06')) return fields
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined) continue
    switch (fieldKind(name)) {
      case 'plain':
        fields.lines += fieldLines(name, value)
        break
      case 'length':
        fields.length = declaredLength(value)
        break
      case 'date':
        fields.lines += fieldLines(name, value)
        fields.date = true
        break
      case 'connection':
        fields.close = /(?:^|[\s,])close(?:$|[\s,])/i.test(String(value))
        break
      case 'dropped':
    }
  }
  return fields
}

/** How the end of a body is told: `size` is known at once, `length` by the application's word; else -1. */
function chooseFraming(size: number, length: number, { http11 }: HeadConditions): Framing {
  if (size >= 0) return 'single'
  if (length >= 0) return 'length'
  return http11 ? 'chunked' : 'close'
}

function framingLine(framing: Framing, length: number): string {
  if (framing === 'chunked') return CHUNKED
  return framing === 'close' ? '' : `content-length: ${length}\r\n`
}

/**
 * What stands for the framing where no body is sent. HEAD and 304 keep what GET would have had, as far as it
 * is known (RFC 9110 §8.6): `stated` is -1 when nothing was said and there was nothing to measure.
 */
function bodilessLine(status: number, stated: number, wouldBeChunked: boolean): string {
  if (status === 204) return ''
  if (status === 205) return 'content-length: 0\r\n'
  if (stated >= 0) return `content-length: ${stated}\r\n`
  return wouldBeChunked && status !== 304 ? CHUNKED : ''
}

const CHUNKED = 'transfer-encoding: chunked\r\n'

// HTAB, SP and visible characters or bytes above (RFC 9112 §4); anything else falls back to the standard phrase.
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/

function statusLine(status: number, reason: unknown): string {
  if (reason !== undefined && typeof reason === 'string' && REASON.test(reason))
    return `HTTP/1.1 ${status} ${reason}\r\n`
  let line = statusLines.get(status)
  if (line === undefined) {
    line = `HTTP/1.1 ${status} ${REASON_PHRASES[status] ?? ''}\r\n`
    statusLines.set(status, line)
  }
  return line
}

/** An informational head (NSGI RES-31). Throws as `planResponse` does on a field that cannot be sent. */
export function informationalHead(status: number, headers: GatewayResponse['headers']): string {
  return `${statusLine(status, undefined) + collectFields(headers).lines}\r\n`
}

/** The trailer section's lines, without names that are forbidden there (NSGI RES-30, RFC 9110 §6.5.1). */
export function trailerLines(trailers: GatewayResponse['headers']): string {
  let lines = ''
  if (!hasFields(trailers, 'what trailers() gives', 'RES-30')) return lines
  for (const name in trailers) {
    const value = trailers[name]
    if (value !== undefined && fieldKind(name) === 'plain' && isTrailerName(name)) lines += fieldLines(name, value)
  }
  return lines
}

/** The whole response to a request that is refused before the application. */
export function refusal(status: number, dateLine: string): string {
  const text = `${status} ${REASON_PHRASES[status] ?? 'Error'}\n`
  return (
    `${statusLine(status, undefined)}content-type: text/plain; charset=utf-8\r\n${dateLine}` +
    `content-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`
  )
}
