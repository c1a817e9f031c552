// What a head says, and whether it may: the checks that llhttp leaves to its user. Pure.
import { isAuthority, isAuthorityForm, isHost } from '../exchange/authority.ts'
import { isBlank, trimmed } from '../exchange/field-records.ts'
import { type Rejection, type RejectionCode, rejection } from '../exchange/rejections.ts'
import { type RecordedHead, valueAt } from './recorded-head.ts'
import { RequestHead } from './request-head.ts'

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
  const { urlStart, urlEnd, view, base } = recorded
  const framingOnly = recorded.framingOnly === true
  const version = readVersion(view, base + urlEnd)
  const hasNone = framingOnly && view.getInt16(base + urlEnd, true) === LINE_END
  if (version === undefined && !hasNone) return rejection('MALFORMED', 'invalid request line')
  if (version === 'other' && !framingOnly) return rejection('VERSION')
  // One space on each side of the target (RFC 9112 §3): llhttp takes more.
  let space = 0
  while (space < urlStart && view.getUint8(base + space) !== SPACE) space++
  if (space !== urlStart - 1) return rejection('MALFORMED', 'more than one space in the request line')
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
    (framingOnly ? undefined : checkTarget(text, recorded)) ??
    (framingOnly ? checkFraming(facts, http11) : checkFacts(facts, http11))
  if (refused !== undefined) return rejection(refused)
  const decided = {
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
  }
  return new RequestHead(text, decided, recorded)
}

/** `close` among the options of a Connection field, which wins over `keep-alive` (RFC 9112 §9.3). */
const CLOSE_OPTION = /(?:^|,)[ \t]*close[ \t]*(?:$|,)/i

/** Bytes of ` HTTP/1.1` and its CRLF. */
const REQUEST_LINE_TAIL = 11

const SPACE = 0x20
const CR = 0x0d
const LINE_END = pairOf('\r\n')
const VERSION_START = wordOf(' HTT')
const VERSION_MIDDLE = pairOf('P/')
const VERSION_1 = pairOf('1.')

/** Two characters as a view gives them, the lower byte first. */
function pairOf(text: string): number {
  return Buffer.from(text, 'latin1').readInt16LE()
}

/** Four of them. */
function wordOf(text: string): number {
  return Buffer.from(text, 'latin1').readInt32LE()
}

function readVersion(view: DataView, at: number): '1.0' | '1.1' | 'other' | undefined {
  if (view.getInt32(at, true) !== VERSION_START || view.getInt16(at + 4, true) !== VERSION_MIDDLE) return undefined
  if (view.getUint8(at + 9) !== CR) return undefined
  if (view.getInt16(at + 6, true) !== VERSION_1) return 'other'
  const minor = view.getUint8(at + 8)
  return minor === 0x31 ? '1.1' : minor === 0x30 ? '1.0' : 'other'
}

/**
 * Reads the fields that matter here. Of the fields that have one value (RFC 9110 §5.3) those may not come twice by which
 * two readers that choose differently would be led apart: where to (Host), how far (Content-Length: llhttp's own check),
 * for whom (Authorization), as what (Content-Type). Others are joined (NSGI REQ-20).
 */
function collectFacts(text: string, recorded: RecordedHead, facts: Facts): RejectionCode | undefined {
  const { view, base, spans, spanEnd, framingOnly } = recorded
  for (let i = 0; i < spanEnd; i += 4) {
    const start = spans[i] as number
    const length = (spans[i + 1] as number) - start
    const words = NAMES[length]
    if (words === undefined || !isName(view, base + start, words)) continue
    switch (length) {
      case 4:
        if (facts.host !== undefined && !framingOnly) return 'HOST_REPEATED'
        facts.host = hostAt(text, recorded, i)
        continue
      case 6:
        facts.expect = (facts.expect === undefined ? '' : `${facts.expect}, `) + valueAt(text, recorded, i)
        continue
      case 10:
        facts.close ||= CLOSE_OPTION.test(valueAt(text, recorded, i))
        continue
      case 12:
        if (facts.contentType && !framingOnly) return 'CONTENT_TYPE_REPEATED'
        facts.contentType = true
        continue
      case 13:
        if (facts.authorization && !framingOnly) return 'AUTHORIZATION_REPEATED'
        facts.authorization = true
        continue
      case 14:
        facts.contentLength = lengthAt(view, base + (spans[i + 2] as number), base + (spans[i + 3] as number))
        if (!Number.isSafeInteger(facts.contentLength)) return 'LENGTH_TOO_LARGE'
        continue
      case 17:
        facts.coding = (facts.coding === undefined ? '' : `${facts.coding}, `) + text.slice(spans[i + 2], spans[i + 3])
    }
  }
  return undefined
}

/** A name in lower case as words of four bytes, of which the last one ends with it, and where they begin. */
interface NameWords {
  readonly words: readonly number[]
  readonly starts: readonly number[]
  /** The bits by which the letters of each differ from those in upper case; none for a hyphen, which has one form. */
  readonly cases: readonly number[]
}

function wordsOf(name: string): NameWords {
  const starts: number[] = []
  for (let at = 0; at < name.length; at += 4) starts.push(Math.min(at, name.length - 4))
  const cases = name.replace(/[a-z]/g, '\x20').replace(/-/g, '\0')
  return {
    starts,
    words: starts.map(start => wordOf(name.slice(start))),
    cases: starts.map(start => wordOf(cases.slice(start))),
  }
}

/** The names that matter, each at its length: no two have the same. */
const NAMES: (NameWords | undefined)[] = Array.from({ length: 18 }, () => undefined)
for (const name of [
  'host',
  'expect',
  'connection',
  'content-type',
  'authorization',
  'content-length',
  'transfer-encoding',
]) {
  NAMES[name.length] = wordsOf(name)
}

/** Whether the name at `start` is that one, whatever its case; the lengths are known to agree. */
function isName(view: DataView, start: number, { words, starts, cases }: NameWords): boolean {
  for (let i = 0; i < words.length; i++) {
    const found = view.getInt32(start + (starts[i] as number), true)
    if ((found | (cases[i] as number)) !== words[i]) return false
  }
  return true
}

/** The number of a Content-Length: digits, and blanks behind them. `NaN` for anything else, though llhttp lets nothing else through. */
function lengthAt(view: DataView, start: number, end: number): number {
  let last = end
  while (last > start && isBlank(view.getUint8(last - 1))) last--
  let length = 0
  for (let at = start; at < last; at++) {
    const digit = view.getUint8(at) - 0x30
    if (digit < 0 || digit > 9) return Number.NaN
    length = length * 10 + digit
  }
  return length
}

/** Hosts repeat: for the last one that was found valid, no text is cut out, compared or tested again. */
let lastValidHost = ''
const lastHostBytes = new DataView(new ArrayBuffer(256))

function rememberHost(host: string): void {
  if (host.length > lastHostBytes.byteLength) return
  lastValidHost = host
  for (let i = 0; i < host.length; i++) lastHostBytes.setUint8(i, host.charCodeAt(i))
}

function hostAt(text: string, recorded: RecordedHead, i: number): string {
  const { view, base, spans } = recorded
  const start = spans[i + 2] as number
  const length = (spans[i + 3] as number) - start
  return length === lastValidHost.length && isLastHost(view, base + start) ? lastValidHost : valueAt(text, recorded, i)
}

function isLastHost(view: DataView, start: number): boolean {
  const { length } = lastValidHost
  let i = 0
  for (; i + 4 <= length; i += 4) if (view.getInt32(start + i, true) !== lastHostBytes.getInt32(i, true)) return false
  for (; i < length; i++) if (view.getUint8(start + i) !== lastHostBytes.getUint8(i)) return false
  return true
}

const HTTP_URI = /^https?:\/\/([^/?]*)(?:$|[/?])/i

const NUMBER_SIGN = 0x23
const SLASH = 0x2f
const CONNECT = 'CONNECT '

/** The four forms of RFC 9112 §3.2; a fragment is in none of them. */
function checkTarget(text: string, { view, base, urlStart, urlEnd }: RecordedHead): RejectionCode | undefined {
  for (let at = urlStart; at < urlEnd; at++) {
    if (view.getUint8(base + at) === NUMBER_SIGN) return 'TARGET_CHARACTER'
  }
  const isConnect = urlStart === CONNECT.length && text.startsWith(CONNECT)
  if (!isConnect && view.getUint8(base + urlStart) === SLASH) return undefined
  const target = text.slice(urlStart, urlEnd)
  if (isConnect) return isAuthorityForm(target) ? undefined : 'TARGET_FORM'
  if (target === '*') return text.startsWith('OPTIONS ') ? undefined : 'TARGET_FORM'
  const authority = HTTP_URI.exec(target)?.[1]
  return authority !== undefined && isAuthority(authority) ? undefined : 'TARGET_FORM'
}

function checkFacts(facts: Facts, http11: boolean): RejectionCode | undefined {
  const { host, expect } = facts
  if (host === undefined) {
    if (http11) return 'HOST_MISSING'
  } else if (host !== lastValidHost) {
    if (!isHost(host)) return 'HOST_INVALID'
    rememberHost(host)
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
