// The head of a request as HTTP/2 gives it (RFC 9113 §8.3.1). What is malformed by that version's own rules never gets here:
// nghttp2 resets the stream (§8.1.1). The rest is held to what HTTP/1 is held to.
import type { RequestHeaders } from '@nsgi/spec'
import { isAuthority, isAuthorityForm } from '../exchange/authority.ts'
import { toRecord, trimmed } from '../exchange/field-records.ts'
import type { HeadLimits } from '../exchange/limits.ts'
import type { MessageHead } from '../exchange/message-head.ts'
import { type Rejection, type RejectionCode, rejection } from '../exchange/rejections.ts'

/** The pseudo-header fields of a request; what was not sent is `""`. */
interface Pseudo {
  ':method': string
  ':scheme': string
  ':authority': string
  ':path': string
  ':protocol': string
}

export class Http2RequestHead implements MessageHead {
  readonly httpVersion = '2'
  readonly method: string
  readonly target: string
  readonly path: string
  readonly query: string
  readonly rawHeaders: readonly string[]
  private readonly pseudo: Pseudo
  private record: RequestHeaders | undefined

  constructor(pseudo: Pseudo, rawHeaders: readonly string[]) {
    this.pseudo = pseudo
    this.rawHeaders = rawHeaders
    this.method = pseudo[':method']
    const path = pseudo[':path']
    // CONNECT has no path (RFC 9113 §8.5); its target is where to go, as on HTTP/1.
    this.target = path === '' ? pseudo[':authority'] : path
    const mark = path.indexOf('?')
    this.path = mark < 0 ? path : path.slice(0, mark)
    this.query = mark < 0 ? '' : path.slice(mark + 1)
  }

  get headers(): RequestHeaders {
    this.record ??= toRecord(this.rawHeaders)
    return this.record
  }

  get authority(): string {
    return this.pseudo[':authority'] || (this.headers['host'] ?? '')
  }

  /** NSGI UPG-01: what the stream is to become, `connect` where CONNECT names no protocol (RFC 9113 §8.5, RFC 8441 §4). */
  get upgrade(): string | undefined {
    return this.isSwitching ? this.pseudo[':protocol'].toLowerCase() || 'connect' : undefined
  }

  get isSwitching(): boolean {
    return this.method === 'CONNECT'
  }

  /** Whether the client waits to be told to send the body (RFC 9110 §10.1.1). */
  get expectsContinue(): boolean {
    return this.headers['expect'] !== undefined
  }

  /** Bytes of the body as declared, -1 if nothing was. */
  get contentLength(): number {
    const length = this.headers['content-length']
    return length === undefined ? -1 : Number(length)
  }

  isMethod(method: 'HEAD' | 'CONNECT' | 'OPTIONS'): boolean {
    return this.method === method
  }
}

/** The head, or why it is refused; `fields` are names and values in turn as received, pseudo-header fields among them. */
export function readHttp2Head(fields: readonly string[], limits: HeadLimits): Http2RequestHead | Rejection {
  const pseudo: Pseudo = { ':method': '', ':scheme': '', ':authority': '', ':path': '', ':protocol': '' }
  const rawHeaders: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    const value = fields[i + 1] as string
    if (name.startsWith(':')) pseudo[name as keyof Pseudo] = value
    else rawHeaders.push(name, trimmed(value, 0, value.length))
  }
  const head = new Http2RequestHead(pseudo, rawHeaders)
  const refused = overLimit(head, limits) ?? badTarget(head, pseudo) ?? badFields(head, pseudo)
  return refused === undefined ? head : rejection(refused)
}

/** What ` HTTP/1.1` and the space before the target would add: the same request is refused in both versions. */
const REQUEST_LINE_REST = 10

function overLimit({ method, target, rawHeaders }: Http2RequestHead, limits: HeadLimits): RejectionCode | undefined {
  if (method.length + target.length + REQUEST_LINE_REST > limits.requestLine) return 'REQUEST_LINE_TOO_LONG'
  if (rawHeaders.length / 2 > limits.fieldCount) return 'TOO_MANY_FIELDS'
  let headSize = method.length + target.length + REQUEST_LINE_REST
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const size = (rawHeaders[i] as string).length + 2 + (rawHeaders[i + 1] as string).length
    if (size > limits.fieldSize) return 'FIELD_TOO_LARGE'
    headSize += size + 2
  }
  return headSize > limits.headSize ? 'HEAD_TOO_LARGE' : undefined
}

const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/
/** Neither a fragment, nor a control character, nor a space (NSGI REQ-09). */
const TARGET = /^[^\0- #\x7f]+$/

function badTarget(head: Http2RequestHead, pseudo: Pseudo): RejectionCode | undefined {
  const { method, target } = head
  if (!TOKEN.test(method)) return 'MALFORMED'
  if (!TARGET.test(target)) return 'TARGET_CHARACTER'
  const protocol = pseudo[':protocol']
  if (method === 'CONNECT' && protocol === '') return isAuthorityForm(target) ? undefined : 'TARGET_FORM'
  // It is offered as a name, and `connect` is the name of a CONNECT without any.
  if (protocol !== '' && (!TOKEN.test(protocol) || protocol.toLowerCase() === 'connect')) return 'MALFORMED'
  if (!/^https?$/i.test(pseudo[':scheme'])) return 'TARGET_FORM'
  if (target === '*') return method === 'OPTIONS' ? undefined : 'TARGET_FORM'
  return target.startsWith('/') ? undefined : 'TARGET_FORM'
}

/** RFC 9113 §8.3.1: `:authority` stands for Host, and a Host beside it must say the same. */
function badFields(head: Http2RequestHead, pseudo: Pseudo): RejectionCode | undefined {
  const { rawHeaders, headers } = head
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i] === 'host') hosts++
  if (hosts > 1) return 'HOST_REPEATED'
  const authority = pseudo[':authority']
  const host = headers['host']
  if (authority !== '' && host !== undefined && host.toLowerCase() !== authority.toLowerCase()) return 'HOST_INVALID'
  if (!isAuthority(authority || (host ?? ''))) return 'HOST_INVALID'
  const expect = headers['expect']
  return expect !== undefined && expect.toLowerCase() !== '100-continue' ? 'EXPECTATION' : undefined
}
