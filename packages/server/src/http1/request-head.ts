// An accepted head: what was decided about it, and its parts, each cut when it is first read.
import type { RequestHeaders } from '@nsgi/spec'
import { cutFields, toRecord } from '../exchange/field-records.ts'
import type { MessageHead } from '../exchange/message-head.ts'
import { type RecordedHead, recordedFields } from './recorded-head.ts'

/** What the engine decided by a head. Offsets are into its text. */
export interface HeadFacts {
  readonly targetStart: number
  readonly targetEnd: number
  readonly fieldsStart: number
  readonly http11: boolean
  /** Whether the client lets the connection go on after this message (RFC 9112 §9.3). */
  readonly keepAlive: boolean
  /**
   * Whether the client asks to leave HTTP where that is possible: not on HTTP/1.0, and not before a body that would
   * have to come first (RFC 9110 §7.8).
   */
  readonly switching: boolean
  /** Bytes of a body of known length; 0 when there is none, -1 when it is chunked. */
  readonly contentLength: number
  /** Whether the client waits for 100 Continue (RFC 9110 §10.1.1). */
  readonly expectContinue: boolean
  /** The Host field, `""` without one. */
  readonly host: string
}

/** The first of a list of protocols, with its version if it has one (RFC 9110 §7.8). */
const PROTOCOL = /^([!#$%&'*+\-.^_`|~\w]+(?:\/[!#$%&'*+\-.^_`|~\w]+)?)[ \t]*(?:,|$)/

/** The head of a request. */
export class RequestHead implements MessageHead {
  /** Its bytes as latin1, with both closing CRLFs. */
  readonly text: string
  readonly facts: HeadFacts
  /** Whether it has fields that a proxy may speak through. */
  hasForwarded = false
  private readonly recorded: RecordedHead
  private cutMethod: string | undefined
  private cutTarget: string | undefined
  private cutPath: string | undefined
  private cutQuery = ''
  private cutRawHeaders: readonly string[] | undefined
  private cutHeaders: RequestHeaders | undefined

  constructor(text: string, facts: HeadFacts, recorded: RecordedHead) {
    this.text = text
    this.facts = facts
    this.recorded = recorded
  }

  get httpVersion(): '1.0' | '1.1' {
    return this.facts.http11 ? '1.1' : '1.0'
  }

  /** The version as it stands there, where any may: `0.9` is also one that is not there. */
  get statedVersion(): string {
    const { http11, targetEnd, fieldsStart } = this.facts
    if (http11) return '1.1'
    return fieldsStart - targetEnd === 2 ? '0.9' : this.text.slice(targetEnd + 6, targetEnd + 9)
  }

  get isSwitching(): boolean {
    return this.facts.switching
  }

  /** Whether the method is that one. */
  isMethod(method: 'HEAD' | 'CONNECT' | 'OPTIONS'): boolean {
    return this.facts.targetStart === method.length + 1 && this.text.startsWith(method)
  }

  /** NSGI REQ-02. */
  get method(): string {
    if (this.cutMethod === undefined) this.cutMethod = methodIn(this.text, this.facts.targetStart - 1)
    return this.cutMethod
  }

  /** NSGI REQ-03. */
  get target(): string {
    if (this.cutTarget === undefined) this.cutTarget = this.text.slice(this.facts.targetStart, this.facts.targetEnd)
    return this.cutTarget
  }

  /** NSGI REQ-04: as received, `""` for CONNECT; an absolute-form target without a path has `/` (RFC 9110 §4.2.3). */
  get path(): string {
    if (this.cutPath === undefined) this.splitTarget()
    return this.cutPath as string
  }

  /** NSGI REQ-05. */
  get query(): string {
    if (this.cutPath === undefined) this.splitTarget()
    return this.cutQuery
  }

  /** NSGI REQ-06, REQ-18: the target's own authority wins over Host. */
  get authority(): string {
    const { target } = this
    if (target.charCodeAt(0) === 0x2f || target === '*') return this.facts.host
    if (this.isMethod('CONNECT')) return target
    const start = target.indexOf('://') + 3
    return target.slice(start, endOfAuthority(target, start))
  }

  /** NSGI UPG-01: the protocol that the client would like best, in lower case, or `connect`. */
  get upgrade(): string | undefined {
    if (!this.facts.switching) return undefined
    if (this.isMethod('CONNECT')) return 'connect'
    return PROTOCOL.exec(this.headers['upgrade'] ?? '')?.[1]?.toLowerCase()
  }

  /** NSGI REQ-22. */
  get rawHeaders(): readonly string[] {
    if (this.cutRawHeaders === undefined) this.cutRawHeaders = this.cutFields()
    return this.cutRawHeaders
  }

  /** NSGI REQ-19. */
  get headers(): RequestHeaders {
    if (this.cutHeaders === undefined) this.cutHeaders = toRecord(this.rawHeaders)
    return this.cutHeaders
  }

  /** Nearly always they are wanted in the turn in which the head was parsed: then there is no need to look for them again. */
  private cutFields(): readonly string[] {
    const { text, recorded } = this
    return recorded.isCurrent ? recordedFields(text, recorded) : cutFields(text, this.facts.fieldsStart)
  }

  private splitTarget(): void {
    const { target } = this
    let start = 0
    if (target.charCodeAt(0) !== 0x2f && target !== '*') {
      start = this.isMethod('CONNECT') ? target.length : endOfAuthority(target, target.indexOf('://') + 3)
    }
    const mark = target.indexOf('?', start)
    this.cutQuery = mark < 0 ? '' : target.slice(mark + 1)
    const path = target.slice(start, mark < 0 ? undefined : mark)
    this.cutPath = path === '' ? this.emptyPath(mark < 0) : path
  }

  /** What an absolute-form or authority-form target without a path means (RFC 9110 §4.2.3, RFC 9112 §3.2.4). */
  private emptyPath(withoutQuery: boolean): string {
    if (this.isMethod('CONNECT')) return ''
    return withoutQuery && this.isMethod('OPTIONS') ? '*' : '/'
  }
}

/** The methods of nearly all requests, the most frequent first. */
const COMMON_METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']

/**
 * `text[0, length)`. For a common method it is the string that programs name it by, not one that is equal to it: comparisons and lookups, of which
 * frameworks make a dozen, look at no character then.
 */
function methodIn(text: string, length: number): string {
  for (const method of COMMON_METHODS) {
    if (method.length === length && text.startsWith(method)) return method
  }
  return text.slice(0, length)
}

function endOfAuthority(target: string, start: number): number {
  const slash = target.indexOf('/', start)
  const mark = target.indexOf('?', start)
  if (slash < 0 && mark < 0) return target.length
  return slash >= 0 && (mark < 0 || slash < mark) ? slash : mark
}
