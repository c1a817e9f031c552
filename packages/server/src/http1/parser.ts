// Our binding of llhttp: one WebAssembly instance and one input buffer for the process, one parser state
// for a connection. Callbacks only record (offset, length) pairs; strings are made once a head is whole.

import type { FieldNames } from '../exchange/field-names.ts'
import { CHUNK_OVERHEAD_LIMIT, type HeadLimits, SEPARATE_PIECES } from '../exchange/limits.ts'
import { type Rejection, rejection } from '../exchange/rejections.ts'
import { readHead } from './head-rules.ts'
import { ERRNO, instantiateLlhttp, TYPE_REQUEST } from './llhttp-module.ts'
import { copyInput, LARGEST_VIEW } from './parser-input.ts'
import { type RecordedHead, viewOf } from './recorded-head.ts'
import type { RequestHead } from './request-head.ts'

/** The largest piece that one call can parse: what the shared input buffer holds. */
export const INPUT_SIZE: number = 64 * 1024

/**
 * What is tried of an input that a head begins in, before the rest of it: nearly every head. What follows one, a body or many pipelined requests, is not copied
 * to the parser in vain, and again for each of them.
 */
const FIRST_PIECE = LARGEST_VIEW

/** What a call came to: `more` input is needed, something is `done` (a head, a body), or the peer `failed`. */
export type ParseResult = 'more' | 'done' | 'failed'

/** Where callbacks record: four offsets into the head for each field, name start and end, value start and end. */
let spans = new Int32Array(4 * 128)
let spanEnd = 0
let inValue = true
let urlStart = -1
let urlEnd = 0
let keepAlive = false
let switching = false
/** Bytes of the head that came in earlier calls: what turns a pointer into an offset within the head. */
let headBase = 0
/** Whether callbacks belong to a chunked body and its trailers, or to a head. */
let withinBody = false
/** Offset and length of each piece of body data. */
let bodySpans: number[] = []
/** Trailer fields, name and value in turn. */
let trailerParts: string[] = []
let inTrailerValue = true

const llhttp = instantiateLlhttp({
  wasm_on_message_begin: () => ERRNO.OK,
  wasm_on_status: () => ERRNO.OK,
  wasm_on_url(_parser, at, length) {
    const start = at - input + headBase
    if (urlStart < 0) urlStart = start
    urlEnd = start + length
    return ERRNO.OK
  },
  wasm_on_header_field(_parser, at, length) {
    if (withinBody) return recordTrailer(at, length, false)
    const start = at - input + headBase
    if (inValue) {
      inValue = false
      if (spanEnd === spans.length) growSpans()
      spans[spanEnd] = start
      spanEnd += 4
    }
    spans[spanEnd - 3] = start + length
    return ERRNO.OK
  },
  wasm_on_header_value(_parser, at, length) {
    if (withinBody) return recordTrailer(at, length, true)
    const start = at - input + headBase
    if (!inValue) {
      inValue = true
      spans[spanEnd - 2] = start
    }
    spans[spanEnd - 1] = start + length
    return ERRNO.OK
  },
  // oxlint-disable-next-line max-params -- the signature is llhttp's
  wasm_on_headers_complete(_parser, _status, upgrade, shouldKeepAlive) {
    switching = upgrade === 1
    keepAlive = shouldKeepAlive === 1
    return ERRNO.PAUSED
  },
  wasm_on_body(_parser, at, length) {
    bodySpans.push(at - input, length)
    return ERRNO.OK
  },
  wasm_on_message_complete: () => ERRNO.PAUSED,
})
const input = llhttp.malloc(INPUT_SIZE)
let memory = Buffer.from(llhttp.memory.buffer)
let view = new DataView(llhttp.memory.buffer)
/** The last head, as long as what was recorded of it is there. */
let latest: RecordedHead | undefined

/** The memory that the last head was recorded in is about to be used again. */
function forgetLatest(): void {
  if (latest !== undefined) latest.isCurrent = false
  latest = undefined
}

function growSpans(): void {
  const larger = new Int32Array(spans.length * 2)
  larger.set(spans)
  spans = larger
}

function recordTrailer(at: number, length: number, isValue: boolean): number {
  const part = memory.toString('latin1', at, at + length)
  if (isValue === inTrailerValue) trailerParts[trailerParts.length - 1] += part
  else trailerParts.push(part)
  inTrailerValue = isValue
  return ERRNO.OK
}

/** Told of data of a chunked body: `bytes[start, end)`, which is reused afterwards. */
export type DataCallback = (bytes: Buffer, start: number, end: number) => void

/** What a parser may be told. */
export interface ParserOptions {
  /** Names of fields that a proxy may speak through; the head then tells whether there are any. */
  readonly forwarded?: { readonly names: FieldNames } | undefined
  /** Whether only what llhttp refuses, and what frames a message, is a reason to refuse: see `RecordedHead`. */
  readonly framingOnly?: boolean | undefined
}

/** What llhttp itself found wrong. */
export interface ParserFault {
  /** `llhttp_errno_t` */
  readonly errno: number
  readonly reason: string
  /** The offset in the input of the call at which it stopped. */
  readonly at: number
}

/** What callbacks had recorded when a head was cut between two reads. */
interface PartialHead {
  readonly text: string
  readonly spans: Int32Array
  readonly inValue: boolean
  readonly urlStart: number
  readonly urlEnd: number
}

/**
 * Parses the requests of one connection, a message at a time: `parseHead` until it is `done`, then, if the
 * head says `chunked`, `parseChunked` until that is `done`. A body of known length never comes here.
 */
export class RequestParser {
  /** The head, after `parseHead` was `done`. */
  head: RequestHead | undefined
  /** Why, after a call `failed`. */
  failure: Rejection | undefined
  /** What llhttp had to say to that, if it was llhttp that failed. */
  fault: ParserFault | undefined
  /** How many bytes of its input the last call used. */
  consumed = 0
  /** Whether a chunked body is being parsed. */
  chunked = false
  /** Trailer fields, name and value in turn, after `parseChunked` was `done`. */
  trailers: string[] = []

  private readonly limits: HeadLimits
  private readonly onData: DataCallback
  private readonly forwarded: FieldNames | undefined
  private readonly framingOnly: boolean
  private readonly pointer: number
  private partial: PartialHead | undefined
  /** Where the last data of the chunked body ended, relative to the start of the current input: 0 or less between calls. */
  private dataEnd = 0

  constructor(limits: HeadLimits, onData: DataCallback, options: ParserOptions = {}) {
    const { forwarded, framingOnly = false } = options
    this.limits = limits
    this.onData = onData
    this.forwarded = forwarded?.names
    this.framingOnly = framingOnly
    this.pointer = llhttp.llhttp_alloc(TYPE_REQUEST)
    // An allocation may have grown the memory, which detaches every view of it.
    if (memory.length === 0) {
      forgetLatest()
      memory = Buffer.from(llhttp.memory.buffer)
      view = new DataView(llhttp.memory.buffer)
    }
  }

  /** Gives the parser's memory back. The parser is not used again. */
  release(): void {
    llhttp.llhttp_free(this.pointer)
  }

  /**
   * Reads on in a head with `bytes[start, end)`, at most `INPUT_SIZE` of them. It may need `more` before it has taken all of them: `consumed`
   * says how many.
   */
  parseHead(bytes: Buffer, start: number, end: number): ParseResult {
    const limit = this.partial === undefined ? Math.min(end, start + FIRST_PIECE) : end
    this.restore()
    const errno = this.execute(bytes, start, limit)
    if (errno === ERRNO.PAUSED) return this.headComplete(bytes, start)
    if (errno === ERRNO.OK) return this.headPartial(bytes, start, limit)
    const at = this.errorOffset()
    const length = headBase + at
    const tooLarge = this.overLimit(length) ?? this.overHeadSize(length)
    if (tooLarge !== undefined) return this.fail(tooLarge)
    // A space ends a method, where there is one before it.
    const offending = length === 0 && bytes[start] === SPACE ? undefined : bytes[start + at]
    this.fault = { errno, reason: reasonOf(this.pointer), at }
    return this.fail(classify(errno, this.fault.reason, offending))
  }

  /** Reads on in a chunked body, handing on its data as it goes. */
  parseChunked(bytes: Buffer, start: number, end: number): ParseResult {
    withinBody = true
    bodySpans = []
    trailerParts = this.trailers
    inTrailerValue = trailerParts.length % 2 === 0
    const errno = this.execute(bytes, start, end)
    withinBody = false
    if (errno !== ERRNO.OK) this.consumed = this.errorOffset()
    if (!this.handOn(bytes, start) || this.overBefore(this.consumed)) return this.fail(rejection('CHUNK_OVERHEAD'))
    this.dataEnd -= this.consumed
    if (errno === ERRNO.OK) return 'more'
    if (errno !== ERRNO.PAUSED) {
      this.fault = { errno, reason: reasonOf(this.pointer), at: this.consumed }
      return this.fail(rejection('MALFORMED_BODY', this.fault.reason))
    }
    // A body ends with a byte of its own. Without one llhttp took the request for one that has none: what comes would be
    // taken for the next.
    if (this.consumed === 0) return this.fail(rejection('MALFORMED_BODY', 'the parser found no body'))
    const tooLarge = this.overTrailerLimit()
    if (tooLarge !== undefined) return this.fail(tooLarge)
    this.chunked = false
    llhttp.llhttp_reset(this.pointer)
    return 'done'
  }

  /**
   * Hands on the data that was found, many pieces as one: a read full of chunks of one byte would else cost an object and a promise for each of them. A
   * program written to node:http gets each by itself, as there.
   *
   * @returns whether the framing before each chunk was in proportion
   */
  private handOn(bytes: Buffer, start: number): boolean {
    const spans = bodySpans
    const isJoined = spans.length > 2 * SEPARATE_PIECES && !this.framingOnly
    // llhttp is done with its input, and has moved past all of it.
    let end = input
    let i = 0
    for (; i < spans.length && !this.overBefore(spans[i] as number); i += 2) {
      const at = spans[i] as number
      this.dataEnd = at + (spans[i + 1] as number)
      if (!isJoined) {
        this.onData(bytes, start + at, start + this.dataEnd)
        continue
      }
      memory.copyWithin(end, input + at, input + this.dataEnd)
      end += this.dataEnd - at
    }
    if (end > input) this.onData(memory, input, end)
    return i === spans.length
  }

  private execute(bytes: Buffer, start: number, end: number): number {
    forgetLatest()
    copyInput(bytes, memory, input, start, end)
    this.consumed = end - start
    return llhttp.llhttp_execute(this.pointer, input, end - start)
  }

  private headComplete(bytes: Buffer, start: number): ParseResult {
    this.consumed = this.errorOffset()
    const { partial, framingOnly } = this
    const tail = bytes.toString('latin1', start, start + this.consumed)
    const text = partial === undefined ? tail : partial.text + tail
    this.partial = undefined
    const tooLarge = this.overLimit(0) ?? this.overHeadSize(text.length)
    if (tooLarge !== undefined) return this.failAbove(tooLarge)
    const isWhole = partial === undefined
    const recorded: RecordedHead = {
      // Of one that came in pieces the parser's memory has the last.
      view: isWhole ? view : viewOf(text),
      base: isWhole ? input : 0,
      urlStart,
      urlEnd,
      keepAlive,
      switching,
      spans,
      spanEnd,
      isCurrent: true,
      framingOnly,
    }
    latest = recorded
    const head = readHead(text, recorded)
    if ('code' in head) return this.fail(head)
    if (this.forwarded?.occurIn(text, recorded)) head.hasForwarded = true
    this.head = head
    if (head.facts.contentLength < 0) this.beginChunked()
    else llhttp.llhttp_reset(this.pointer)
    return 'done'
  }

  private beginChunked(): void {
    this.chunked = true
    this.dataEnd = 0
    this.trailers = []
    llhttp.llhttp_resume(this.pointer)
  }

  private headPartial(bytes: Buffer, start: number, end: number): ParseResult {
    const text = (this.partial?.text ?? '') + bytes.toString('latin1', start, end)
    const tooLarge = this.overLimit(text.length) ?? this.overHeadSize(text.length)
    if (tooLarge !== undefined) return this.fail(tooLarge)
    this.partial = { text, spans: spans.slice(0, spanEnd), inValue, urlStart, urlEnd }
    return 'more'
  }

  /** Takes up what callbacks had recorded of this head, or begins a new one. */
  private restore(): void {
    const partial = this.partial
    headBase = partial === undefined ? 0 : partial.text.length
    spanEnd = partial === undefined ? 0 : partial.spans.length
    inValue = partial === undefined ? true : partial.inValue
    urlStart = partial === undefined ? -1 : partial.urlStart
    urlEnd = partial === undefined ? 0 : partial.urlEnd
    if (partial === undefined) return
    while (spans.length < spanEnd) growSpans()
    spans.set(partial.spans)
  }

  /** Holds the recorded head against the limits; `length` is what there is of an unfinished one, else 0. */
  private overLimit(length: number): Rejection | undefined {
    const { requestLine, fieldCount, fieldSize } = this.limits
    // ` HTTP/1.1` stands behind the target; without a target yet, all there is counts.
    if ((urlStart < 0 ? length : urlEnd) + 9 > requestLine + (urlStart < 0 ? 9 : 0)) {
      return rejection('REQUEST_LINE_TOO_LONG')
    }
    if (spanEnd > 4 * fieldCount) return rejection('TOO_MANY_FIELDS')
    for (let i = 0; i < spanEnd; i += 4) {
      const end = i + 4 === spanEnd && !inValue ? spans[i + 1] : spans[i + 3]
      if ((end as number) - (spans[i] as number) > fieldSize) return rejection('FIELD_TOO_LARGE')
    }
    // White space between name and value is in no span until the value begins.
    if (spanEnd > 0 && length - (spans[spanEnd - 4] as number) > fieldSize + 4) return rejection('FIELD_TOO_LARGE')
    return undefined
  }

  private overHeadSize(length: number): Rejection | undefined {
    const { headSize } = this.limits
    if (length <= headSize || (this.framingOnly && countedBytes() < headSize)) return undefined
    return rejection('HEAD_TOO_LARGE')
  }

  /** Holds the trailer section against the limits that a head has; white space around a value is not counted. */
  private overTrailerLimit(): Rejection | undefined {
    const { trailers, limits } = this
    if (trailers.length > 2 * limits.fieldCount) return rejection('TOO_MANY_FIELDS')
    for (let i = 0; i < trailers.length; i += 2) {
      const size = (trailers[i] as string).length + 1 + (trailers[i + 1] ?? '').length
      if (size > limits.fieldSize) return rejection('FIELD_TOO_LARGE')
    }
    return undefined
  }

  /** Whether the framing between the last data and `at` is out of proportion. */
  private overBefore(at: number): boolean {
    return at - this.dataEnd > CHUNK_OVERHEAD_LIMIT
  }

  private errorOffset(): number {
    return llhttp.llhttp_get_error_pos(this.pointer) - input
  }

  /** Fails at the part of a whole head by which it is too large, as far as that can be said. */
  private failAbove(failure: Rejection): ParseResult {
    if (failure.code === 'HEAD_TOO_LARGE' && this.framingOnly) {
      this.consumed = offsetOfCount(this.limits.headSize) + 1 - headBase
    }
    return this.fail(failure)
  }

  private fail(failure: Rejection): ParseResult {
    this.partial = undefined
    this.failure = failure
    return 'failed'
  }
}

const SPACE = 0x20

/** What node's parser counts of a head: its target, names and values, without what stands between them. */
function countedBytes(): number {
  let bytes = urlStart < 0 ? 0 : urlEnd - urlStart
  for (let i = 0; i < spanEnd; i += 4) {
    bytes += (spans[i + 1] as number) - (spans[i] as number)
    if (i + 4 < spanEnd || inValue) bytes += (spans[i + 3] as number) - (spans[i + 2] as number)
  }
  return bytes
}

/** The end of the part of a whole head by which that count reaches `size`. */
function offsetOfCount(size: number): number {
  let bytes = urlEnd - urlStart
  if (bytes >= size) return urlEnd
  for (let i = 0; i < spanEnd; i += 2) {
    const end = spans[i + 1] as number
    bytes += end - (spans[i] as number)
    if (bytes >= size) return end
  }
  return spans[spanEnd - 1] ?? urlEnd
}

/** llhttp's words for its last error. */
function reasonOf(pointer: number): string {
  const at = llhttp.llhttp_get_error_reason(pointer)
  return memory.toString('latin1', at, memory.indexOf(0, at))
}

/** The refusal for an error of llhttp's in a head; `offending` is the byte at which it stopped. */
function classify(errno: number, reason: string, offending: number | undefined): Rejection {
  switch (errno) {
    case ERRNO.INVALID_METHOD:
      // Within a token, llhttp only does not know the method; any other byte is not HTTP.
      return offending !== undefined && /[!#$%&'*+\-.^_`|~\w ]/.test(String.fromCharCode(offending))
        ? rejection('METHOD_UNKNOWN')
        : rejection('MALFORMED', reason)
    case ERRNO.INVALID_CONSTANT:
      // A method that llhttp knows, but of RTSP.
      return /Invalid method/.test(reason) ? rejection('METHOD_UNKNOWN') : rejection('MALFORMED', reason)
    case ERRNO.INVALID_URL:
      return rejection('TARGET_CHARACTER', reason)
    case ERRNO.PAUSED_H2_UPGRADE:
      return rejection('VERSION', 'HTTP/2 preface')
    case ERRNO.INVALID_VERSION:
      return /CRLF/.test(reason) ? rejection('MALFORMED', reason) : rejection('VERSION', reason)
    case ERRNO.UNEXPECTED_CONTENT_LENGTH:
      return /Duplicate/.test(reason) ? rejection('LENGTH_INVALID', reason) : rejection('FRAMING_CONFLICT')
    case ERRNO.INVALID_CONTENT_LENGTH:
      if (/Transfer-Encoding/.test(reason)) return rejection('FRAMING_CONFLICT')
      return /overflow/.test(reason) ? rejection('LENGTH_TOO_LARGE') : rejection('LENGTH_INVALID', reason)
    case ERRNO.INVALID_TRANSFER_ENCODING:
      return /Content-Length/.test(reason) ? rejection('FRAMING_CONFLICT') : rejection('CODING_INVALID', reason)
    default:
      return rejection('MALFORMED', reason)
  }
}
