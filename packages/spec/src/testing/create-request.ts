import type { Endpoint, GatewayRequest, RequestHeaders, TlsInfo } from '../request.ts'
import type { ResponseHeaders } from '../response.ts'
import { chunkBytes, describe, isIterable } from './chunk.ts'
import { checkRawFields, type FieldsInit, hasField, joinFields, rawFieldsOf, TOKEN } from './fields.ts'
import { createRequestBody } from './request-body.ts'
import { splitTarget, type TargetParts } from './target.ts'

/** What a body is made from; each piece of an iterable is a chunk. `''` and no bytes are no content: `null`. */
export type BodyInit = string | Uint8Array | AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array> | null

/** What a request is made from; all of it is optional. */
export interface RequestInit {
  /** `GET`; `POST` with a body. */
  readonly method?: string | undefined
  /** The whole request-target; or else `mount`, `path` and `query`. */
  readonly target?: string | undefined
  readonly mount?: string | undefined
  readonly path?: string | undefined
  /** Without the question mark. */
  readonly query?: string | undefined
  /** Fields beside those that are made: `host`, and `content-length` or `transfer-encoding` with a body. */
  readonly headers?: FieldsInit | undefined
  /** All fields exactly as received; none is made then. Not together with `headers`. */
  readonly rawHeaders?: readonly string[] | undefined
  readonly body?: BodyInit | undefined
  /** What `trailers` gives after the body has ended. */
  readonly trailers?: FieldsInit | undefined
  /** `1.1`. */
  readonly httpVersion?: GatewayRequest['httpVersion'] | undefined
  /** `http`; `https` with `tls`. */
  readonly scheme?: GatewayRequest['scheme'] | undefined
  readonly tls?: TlsInfo | null | undefined
  readonly remote?: Endpoint | undefined
  readonly local?: Endpoint | undefined
  /** Abort it to lose the client (END-01). */
  readonly signal?: AbortSignal | undefined
  /** The protocol that the test is ready to switch to. `connect` for CONNECT. */
  readonly upgrade?: string | undefined
  readonly inform?: ((status: number, headers?: ResponseHeaders) => void) | undefined
}

/** What tells a request of ours, or one derived from it, from an init. */
const made: unique symbol = Symbol('nsgi.testing.request')

/** Whether a value was made by `createRequest`, or derived from such a request. */
export function isCreatedRequest(value: object): value is GatewayRequest {
  return made in value
}

/**
 * A request as a server would hand it to an application. What is not given gets the value of the simplest request:
 * `GET / HTTP/1.1` for `localhost` from this machine. Its members do not depend on `this`: it may be derived from (REQ-25).
 *
 *     createRequest({ method: 'POST', target: '/orders?draft=1', headers: { 'content-type': 'text/plain' }, body: 'tea' })
 *
 * @throws TypeError for a request that no conforming server would pass on, saying what is wrong with it.
 */
export function createRequest(init: RequestInit = {}): GatewayRequest {
  const method = init.method ?? (hasContent(init.body) ? 'POST' : 'GET')
  if (!TOKEN.test(method)) throw new TypeError(`${JSON.stringify(method)} is not a method (a token, RFC 9110 §9.1)`)
  const place = placeOf(method, init)
  const httpVersion = init.httpVersion ?? '1.1'
  const rawHeaders = Object.freeze(fieldsOf(init, { httpVersion, authority: place.authority ?? 'localhost' }))
  const headers = joinFields(rawHeaders)
  const declared = checkedFraming(headers, init.body)
  const scheme = init.scheme ?? (init.tls ? 'https' : 'http')
  const trailers = init.trailers === undefined ? [] : rawFieldsOf(init.trailers)
  let ended = !hasContent(init.body)
  let signal = init.signal
  const body = ended ? null : createRequestBody({ pieces: piecesOf(init.body), declared, onEnd: () => (ended = true) })
  return {
    method,
    target: place.target,
    mount: place.mount,
    path: place.path,
    query: place.query,
    scheme,
    authority: place.authority ?? headers['host'] ?? '',
    httpVersion,
    headers,
    rawHeaders,
    body,
    get trailers() {
      return ended ? joinFields(trailers) : undefined
    },
    remote: init.remote ?? { address: '127.0.0.1', port: 49_152 },
    local: init.local ?? { address: '127.0.0.1', port: scheme === 'https' ? 443 : 80 },
    tls: init.tls ?? null,
    get signal() {
      signal ??= new AbortController().signal
      return signal
    },
    upgrade: init.upgrade ?? (method === 'CONNECT' ? 'connect' : undefined),
    inform: init.inform,
    [made]: true,
  } as GatewayRequest
}

interface Place extends TargetParts {
  readonly target: string
  readonly mount: string
}

/** The target and its parts, from whichever of the two was given. */
function placeOf(method: string, init: RequestInit): Place {
  const { target, mount = '', path, query } = init
  if (mount !== '' && !/^\/.*[^/]$/.test(mount)) {
    throw new TypeError(`mount must be "" or begin with "/" and not end in "/", not ${JSON.stringify(mount)}`)
  }
  if (target === undefined) {
    if (path?.includes('?')) throw new TypeError('path must not hold "?": give query, or target for both')
    const whole = mount + (path ?? '/')
    if (whole === '') throw new TypeError('path must not be "" without a mount: give the target for CONNECT')
    return placeOf(method, { target: query === undefined || query === '' ? whole : `${whole}?${query}`, mount })
  }
  if (path !== undefined || query !== undefined) throw new TypeError('give either target, or path and query, not both')
  const parts = splitTarget(method, target)
  const rest = parts.path.slice(mount.length)
  if (!parts.path.startsWith(mount) || (mount !== '' && rest !== '' && !rest.startsWith('/'))) {
    throw new TypeError(`the target ${JSON.stringify(target)} is not under the mount ${JSON.stringify(mount)}`)
  }
  return { ...parts, target, mount, path: rest }
}

/** The raw fields: as given, or completed as a client would. */
function fieldsOf(init: RequestInit, defaults: { httpVersion: string; authority: string }): string[] {
  if (init.rawHeaders !== undefined) {
    if (init.headers !== undefined) throw new TypeError('give either headers or rawHeaders, not both')
    checkRawFields(init.rawHeaders)
    return [...init.rawHeaders]
  }
  const given = rawFieldsOf(init.headers ?? {})
  const raw = hasField(given, 'host') ? given : ['Host', defaults.authority, ...given]
  if (init.body === undefined || init.body === null) return raw
  if (hasField(raw, 'content-length') || hasField(raw, 'transfer-encoding')) return raw
  const size = sizeOf(init.body)
  if (size !== undefined) return [...raw, 'Content-Length', String(size)]
  if (defaults.httpVersion === '1.0') {
    throw new TypeError('HTTP/1.0 has no chunked bodies: give content-length, or the body in one piece')
  }
  // HTTP/2 and HTTP/3 frame bodies by themselves.
  return defaults.httpVersion === '1.1' ? [...raw, 'Transfer-Encoding', 'chunked'] : raw
}

/** The length that the fields declare; throws where they contradict one another or the body (REQ-10, REQ-12, REQ-13). */
function checkedFraming(headers: RequestHeaders, body: RequestInit['body']): number | undefined {
  const length = headers['content-length']
  if (headers['host']?.includes(',')) throw new TypeError('a request has one Host field')
  if (length === undefined) return undefined
  if (!/^\d+$/.test(length)) throw new TypeError(`${JSON.stringify(length)} is not a content-length`)
  if (headers['transfer-encoding'] !== undefined) {
    throw new TypeError('a request has either content-length or transfer-encoding (RFC 9112 §6.1)')
  }
  const size = sizeOf(body)
  if (size !== undefined && size !== Number(length)) {
    throw new TypeError(`content-length says ${length}, but the body has ${size} bytes`)
  }
  return Number(length)
}

function hasContent(body: RequestInit['body']): body is Exclude<BodyInit, null> {
  return sizeOf(body) !== 0
}

/** Bytes, where they are known before the body is read. */
function sizeOf(body: RequestInit['body']): number | undefined {
  if (body === undefined || body === null) return 0
  if (typeof body === 'string' || ArrayBuffer.isView(body)) return chunkBytes(body).length
  if (isIterable(body)) return undefined
  throw new TypeError(`body must be a string, a Uint8Array, an iterable of those or null, not ${describe(body)}`)
}

function piecesOf(body: RequestInit['body']): AsyncIterable<unknown> | Iterable<unknown> {
  return isIterable(body) && !ArrayBuffer.isView(body) ? body : [body]
}
