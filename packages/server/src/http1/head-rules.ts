// What a head says, and whether it may: the checks that llhttp leaves to its user. Pure.
import { isAuthority, isAuthorityForm, isHost } from '../exchange/authority.ts'
import { isBlank, trimmed } from '../exchange/field-records.ts'
import { type Rejection, type RejectionCode, rejection } from '../exchange/rejections.ts'
import { RequestHead } from './request-head.ts'

/** What the parser recorded of a head: offsets into its text. */
export interface RecordedHead {
  readonly urlStart: number
  readonly urlEnd: number
  /** What the version and the Connection field say (RFC 9112 §9.3). */
  readonly keepAlive: boolean
  /** Whether it is CONNECT, or has an Upgrade field that its Connection field names (RFC 9110 §7.8). */
  readonly switching: boolean
  /** Four offsets a field: name start, name end, value start, value end; valid up to `spanEnd`. */
  readonly spans: Int32Array
  readonly spanEnd: number
  /**
   * Whether the application gets what `node:http` gives it: any Host or none, any target, any expectation, fields that
   * come twice, an upgrade on HTTP/1.0 or before a body, a request of HTTP/0.9 or 2.0 or without a version. What frames the message is held to the rules in any case.
   */
  readonly framingOnly?: boolean
}

/** The fields that decide how a message is framed and routed, while they are being collected. */
interface Facts {
  host: string | undefined
  contentLength: number
  coding: string | undefined
  expect: string | undefined
  close: boolean
  contentType: boolean
  authorization: boolean
}

/** The head, or why it is refused; `text` is its bytes as latin1 with both closing CRLFs. */
export function readHead(text: string, recorded: RecordedHead): RequestHead | Rejection {
  const { urlStart, urlEnd } = recorded
  const framingOnly = recorded.framingOnly === true
  const version = readVersion(text, urlEnd)
  const hasNone = framingOnly && text.startsWith('\r\n', urlEnd)
  if (version === undefined && !hasNone) return rejection('MALFORMED', 'invalid request line')
  if (version === 'other' && !framingOnly) return rejection('VERSION')
  // One space on each side of the target (RFC 9112 §3): llhttp takes more.
  if (text.indexOf(' ') !== urlStart - 1) return rejection('MALFORMED', 'more than one space in the request line')
  const facts: Facts = {
    host: undefined,
    contentLength: 0,
    coding: undefined,
    expect: undefined,
    contentType: false,
    authorization: false,
    close: false,
  }
  const http11 = version === '1.1'
  const refused =
    collectFacts(text, recorded, facts) ??
    (framingOnly ? undefined : checkTarget(text, urlStart, urlEnd)) ??
    (framingOnly ? checkFraming(facts, http11) : checkFacts(facts, http11))
  if (refused !== undefined) return rejection(refused)
  return new RequestHead(text, {
    targetStart: urlStart,
    targetEnd: urlEnd,
    fieldsStart: urlEnd + (hasNone ? 2 : REQUEST_LINE_TAIL),
    http11,
    switching:
      recorded.switching && facts.coding === undefined && (framingOnly || (http11 && facts.contentLength === 0)),
    // llhttp misses a `close` with a tab beside it, and any in HTTP/1.0 that says `keep-alive` too.
    keepAlive: recorded.keepAlive && !facts.close,
    contentLength: facts.coding === undefined ? facts.contentLength : -1,
    // An HTTP/1.0 client cannot wait: RFC 9110 §10.1.1 has the expectation ignored.
    expectContinue: http11 && facts.expect?.toLowerCase() === '100-continue',
    host: facts.host ?? '',
  })
}

/** `close` among the options of a Connection field, which wins over `keep-alive` (RFC 9112 §9.3). */
const CLOSE_OPTION = /(?:^|,)[ \t]*close[ \t]*(?:$|,)/i

/** Bytes of ` HTTP/1.1` and its CRLF. */
const REQUEST_LINE_TAIL = 11

function readVersion(text: string, urlEnd: number): '1.0' | '1.1' | 'other' | undefined {
  if (!text.startsWith(' HTTP/', urlEnd) || text.charCodeAt(urlEnd + 9) !== 0x0d) return undefined
  if (!text.startsWith('1.', urlEnd + 6)) return 'other'
  const minor = text.charCodeAt(urlEnd + 8)
  return minor === 0x31 ? '1.1' : minor === 0x30 ? '1.0' : 'other'
}

/**
 * Reads the fields that matter here. Of the fields that have one value (RFC 9110 §5.3) those may not come twice by which
 * two readers that choose differently would be led apart: where to (Host), how far (Content-Length: llhttp's own check),
 * for whom (Authorization), as what (Content-Type). Others are joined (NSGI REQ-20).
 */
function collectFacts(
  text: string,
  { spans, spanEnd, framingOnly }: RecordedHead,
  facts: Facts,
): RejectionCode | undefined {
  for (let i = 0; i < spanEnd; i += 4) {
    const start = spans[i] as number
    switch ((spans[i + 1] as number) - start) {
      case 4:
        if (!isName(text, start, 'host')) continue
        if (facts.host !== undefined && !framingOnly) return 'HOST_REPEATED'
        facts.host = valueAt(text, spans, i)
        continue
      case 6:
        if (!isName(text, start, 'expect')) continue
        facts.expect = (facts.expect === undefined ? '' : `${facts.expect}, `) + valueAt(text, spans, i)
        continue
      case 10:
        if (!isName(text, start, 'connection')) continue
        facts.close ||= CLOSE_OPTION.test(valueAt(text, spans, i))
        continue
      case 12:
        if (!isName(text, start, 'content-type')) continue
        if (facts.contentType && !framingOnly) return 'CONTENT_TYPE_REPEATED'
        facts.contentType = true
        continue
      case 13:
        if (!isName(text, start, 'authorization')) continue
        if (facts.authorization && !framingOnly) return 'AUTHORIZATION_REPEATED'
        facts.authorization = true
        continue
      case 14:
        if (!isName(text, start, 'content-length')) continue
        facts.contentLength = lengthAt(text, spans[i + 2] as number, spans[i + 3] as number)
        if (!Number.isSafeInteger(facts.contentLength)) return 'LENGTH_TOO_LARGE'
        continue
      case 17:
        if (!isName(text, start, 'transfer-encoding')) continue
        facts.coding = (facts.coding === undefined ? '' : `${facts.coding}, `) + text.slice(spans[i + 2], spans[i + 3])
    }
  }
  return undefined
}

/** The number of a Content-Length: digits, and blanks behind them. `NaN` for anything else, though llhttp lets nothing else through; no text is cut out for it. */
function lengthAt(text: string, start: number, end: number): number {
  let last = end
  while (last > start && isBlank(text.charCodeAt(last - 1))) last--
  let length = 0
  for (let at = start; at < last; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if (digit < 0 || digit > 9) return Number.NaN
    length = length * 10 + digit
  }
  return length
}

function valueAt(text: string, spans: Int32Array, i: number): string {
  return trimmed(text, spans[i + 2] as number, spans[i + 3] as number)
}

/** Whether the name at `start` is `name`, whatever its case; the lengths are known to agree. */
function isName(text: string, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const expected = name.charCodeAt(i)
    const found = text.charCodeAt(start + i)
    // Only letters have a lower case at 0x20 above: the hyphen must match as it is.
    if (found !== expected && (expected === 0x2d || (found | 0x20) !== expected)) return false
  }
  return true
}

const HTTP_URI = /^https?:\/\/([^/?]*)(?:$|[/?])/i

/** The four forms of RFC 9112 §3.2; a fragment is in none of them. */
function checkTarget(text: string, start: number, end: number): RejectionCode | undefined {
  const target = text.slice(start, end)
  if (target.includes('#')) return 'TARGET_CHARACTER'
  if (text.startsWith('CONNECT ')) return isAuthorityForm(target) ? undefined : 'TARGET_FORM'
  if (text.charCodeAt(start) === 0x2f) return undefined
  if (target === '*') return text.startsWith('OPTIONS ') ? undefined : 'TARGET_FORM'
  const authority = HTTP_URI.exec(target)?.[1]
  return authority !== undefined && isAuthority(authority) ? undefined : 'TARGET_FORM'
}

/** Hosts repeat: the last one that was found valid need not be tested again. */
let lastValidHost = ''

function checkFacts(facts: Facts, http11: boolean): RejectionCode | undefined {
  const { host, expect } = facts
  if (host === undefined) {
    if (http11) return 'HOST_MISSING'
  } else if (host !== lastValidHost) {
    if (!isHost(host)) return 'HOST_INVALID'
    lastValidHost = host
  }
  const refused = checkFraming(facts, http11)
  if (refused !== undefined) return refused
  if (expect !== undefined && http11 && expect.toLowerCase() !== '100-continue') return 'EXPECTATION'
  return undefined
}

function checkFraming({ coding }: Facts, http11: boolean): RejectionCode | undefined {
  if (coding === undefined) return undefined
  return http11 ? checkCoding(coding) : 'CODING_ON_HTTP10'
}

/** Only `chunked`, once, is spoken here; a list that ends in it asks for codings that are not. */
function checkCoding(coding: string): RejectionCode | undefined {
  const codings = coding
    .toLowerCase()
    .split(',')
    .map(one => trimmed(one, 0, one.length))
  // Behind a tab llhttp does not see `chunked`: it would end the request here, or call the body malformed.
  if (coding.includes('\t')) return 'CODING_INVALID'
  if (codings.length === 1 && codings[0] === 'chunked') return undefined
  if (codings.some(one => one === '') || codings.slice(0, -1).includes('chunked')) return 'CODING_INVALID'
  return codings.length > 1 && codings.at(-1) !== 'chunked' ? 'CODING_INVALID' : 'CODING_UNKNOWN'
}
