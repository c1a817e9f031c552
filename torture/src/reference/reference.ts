// A second reading of RFC 9112, written for clarity alone: it takes a whole stream as a string, knows no states and no
// speed, and shares no line with the engine. Where the RFC leaves a choice, it takes the one that Kirin documents.
import type { Observation, SeenRequest } from '../observation.ts'
import { readChunked } from './chunked.ts'
import { type Cursor, Refused } from './cursor.ts'
import { type Field, readFields } from './fields.ts'
import { isAllowedTarget } from './target.ts'

/** What is read of a message whose body breaks off or breaks the rules. */
interface Partial {
  body: string
}

/** CRLFs before a request line that are passed over (RFC 9112 §2.2 asks for at least one). */
const EMPTY_LINES = 2

/** What the RFC, read by the letter, makes of a stream that ends with its last byte. */
export function observeReference(stream: string): Observation {
  const cursor: Cursor = { stream, at: 0 }
  const requests: SeenRequest[] = []
  try {
    for (;;) {
      if (skipEmptyLines(cursor)) return { requests, end: 'ended', reason: '' }
      if (!readMessage(cursor, requests)) return { requests, end: 'closed', reason: '' }
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { requests, end: 'refused', reason: error.message }
  }
}

/** Passes over empty lines; whether nothing is behind them, or but half of another, that asks for an answer. */
function skipEmptyLines(cursor: Cursor): boolean {
  const { stream } = cursor
  for (let i = 0; i < EMPTY_LINES && stream.startsWith('\r', cursor.at); i++) {
    if (cursor.at === stream.length - 1) return true
    if (!stream.startsWith('\r\n', cursor.at)) return false
    cursor.at += 2
  }
  return cursor.at === stream.length
}

const REQUEST_LINE = /([!#$%&'*+\-.^_`|~\w]+) ([!-~]+) HTTP\/(\d)\.(\d)\r\n/y

/** Reads one message into `requests`; whether another may follow. */
function readMessage(cursor: Cursor, requests: SeenRequest[]): boolean {
  REQUEST_LINE.lastIndex = cursor.at
  const line = REQUEST_LINE.exec(cursor.stream)
  if (line === null) throw new Refused('request line')
  const [whole, method = '', target = '', major, minor] = line
  cursor.at += whole.length
  if (major !== '1' || (minor !== '1' && minor !== '0')) throw new Refused('version')
  const fields = readFields(cursor)
  const http11 = minor === '1'
  if (!isAllowedTarget(method, target)) throw new Refused('target')
  checkHost(fields, http11)
  checkExpectation(fields, http11)
  const framing = framingOf(fields, http11)
  if (method === 'CONNECT') {
    // Its content has no meaning (RFC 9110 §9.3.6), and what follows may be anything.
    requests.push({ method, target, body: '', whole: true })
    return false
  }
  const partial: Partial = { body: '' }
  try {
    readBody(cursor, framing, partial)
  } catch (error) {
    requests.push({ method, target, body: partial.body, whole: false })
    throw error
  }
  requests.push({ method, target, body: partial.body, whole: true })
  return goesOn(fields, http11)
}

function valuesOf(fields: readonly Field[], wanted: string): string[] {
  return fields.filter(({ name }) => name.toLowerCase() === wanted).map(({ value }) => value)
}

const HOST = /^(?:\[[0-9a-f:.]+\]|(?:[\w\-.~!$&'()*+,;=]|%[0-9a-f]{2})*)(?::\d*)?$/i

/** RFC 9112 §3.2. */
function checkHost(fields: readonly Field[], http11: boolean): void {
  const hosts = valuesOf(fields, 'host')
  if (hosts.length > 1 || (http11 && hosts.length === 0)) throw new Refused('host count')
  if (hosts[0] !== undefined && !HOST.test(hosts[0])) throw new Refused('host')
}

/** RFC 9110 §10.1.1: the one expectation that there is; HTTP/1.0 has none. */
function checkExpectation(fields: readonly Field[], http11: boolean): void {
  const expected = valuesOf(fields, 'expect')
  if (http11 && expected.some(value => value.toLowerCase() !== '100-continue')) throw new Refused('expectation')
}

/** `chunked`, or how many bytes. RFC 9112 §6.3; both fields, or either of them twice, are refused as the RFC permits. */
function framingOf(fields: readonly Field[], http11: boolean): 'chunked' | number {
  const codings = valuesOf(fields, 'transfer-encoding')
  const lengths = valuesOf(fields, 'content-length')
  if (codings.length > 0) {
    if (lengths.length > 0) throw new Refused('both framings')
    if (!http11) throw new Refused('coding on HTTP/1.0')
    if (codings.length > 1 || codings[0]?.toLowerCase() !== 'chunked') throw new Refused('coding')
    return 'chunked'
  }
  if (lengths.length === 0) return 0
  if (lengths.length > 1 || !/^\d+$/.test(lengths[0] as string)) throw new Refused('length')
  const length = Number(lengths[0])
  if (!Number.isSafeInteger(length)) throw new Refused('length too large')
  return length
}

function readBody(cursor: Cursor, framing: 'chunked' | number, partial: Partial): void {
  if (framing === 'chunked') {
    readChunked(cursor, data => {
      partial.body += data
    })
    return
  }
  partial.body = cursor.stream.slice(cursor.at, cursor.at + framing)
  cursor.at += partial.body.length
  if (partial.body.length < framing) throw new Refused('body broke off')
}

/**
 * RFC 9112 §9.3. Proxy-Connection is no standard: llhttp, and so node and Kirin, let it end an HTTP/1.1 connection and keep
 * an HTTP/1.0 one, and never let it overrule Connection.
 */
function goesOn(fields: readonly Field[], http11: boolean): boolean {
  const options = optionsOf(valuesOf(fields, 'connection'))
  const proxyOptions = optionsOf(valuesOf(fields, 'proxy-connection'))
  if (options.includes('close')) return false
  if (http11) return !proxyOptions.includes('close')
  return options.includes('keep-alive') || proxyOptions.includes('keep-alive')
}

function optionsOf(values: readonly string[]): string[] {
  return values.flatMap(value => value.split(/[ \t]*,[ \t]*/).map(option => option.toLowerCase()))
}
