// What a handler gets: a real Request, or an object that is as good as one until something unusual is asked of it.
import type { Context, GatewayRequest } from '@nsgi/spec'
import { type StandIn, standInPrototype } from '../stand-in.ts'
import { gateway, noteOrigin, worker } from './origin.ts'
import { collect, streamOf } from './request-body.ts'
import { copyHeaders, LazyHeaders, standForHeaders } from './request-headers.ts'
import { urlOf } from './request-url.ts'

/** The platform's, whatever is put in its place later. */
const { Request: RealRequest } = globalThis

const real: unique symbol = Symbol('nsgi.real')
const headers: unique symbol = Symbol('nsgi.headers')
const url: unique symbol = Symbol('nsgi.url')
const used: unique symbol = Symbol('nsgi.used')

interface Inner {
  [gateway]: GatewayRequest
  [worker]: Context
  [real]: Request | undefined
  [headers]: Headers | undefined
  [url]: string | undefined
  /** Whether the body was taken without a stream. */
  [used]: boolean
}

/** A Request with everything in place. Throws a TypeError for a method that fetch forbids (CONNECT, TRACE). */
function realRequest(request: GatewayRequest, given?: Headers): Request {
  const { method, signal } = request
  const body = bodyOf(request)
  const init = { method, signal, headers: given ?? copyHeaders(request) }
  return new RealRequest(
    urlOf(request),
    body === null ? init : { ...init, body: streamOf(body), duplex: 'half' as const },
  )
}

/** A GET or HEAD has no body in fetch, whatever the client sent. */
function bodyOf({ method, body }: GatewayRequest): AsyncIterable<Uint8Array> | null {
  return method === 'GET' || method === 'HEAD' ? null : body
}

function realOf(lazy: object): Request {
  const inner = lazy as Inner
  if (inner[real] !== undefined) return inner[real]
  const request = realRequest(inner[gateway], inner[headers])
  // Somebody has these, and may change them yet.
  if (inner[headers] !== undefined) standForHeaders(inner[headers], request.headers)
  // Reading it marks it as read: there is nothing left in the gateway's body.
  if (inner[used]) request.text().catch(() => {})
  inner[real] = request
  return request
}

const NORMALISED: ReadonlySet<string> = new Set(['delete', 'get', 'head', 'options', 'post', 'put'])

function methodOf({ method }: GatewayRequest): string {
  return method > 'Z' && NORMALISED.has(method.toLowerCase()) ? method.toUpperCase() : method
}

const readers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  text: bytes => new TextDecoder().decode(bytes),
  json: bytes => JSON.parse(new TextDecoder().decode(bytes)) as unknown,
  // A copy: a chunk is often a view of memory that holds other clients' bytes, too.
  arrayBuffer: bytes => new Uint8Array(bytes).buffer,
}

async function read(inner: Inner, name: string): Promise<unknown> {
  const body = bodyOf(inner[gateway])
  if (body === null || inner[used]) return (realOf(inner) as unknown as Record<string, () => unknown>)[name]?.()
  inner[used] = true
  return readers[name]?.(await collect(body))
}

const standIn: StandIn = {
  getters: {
    method: (inner: Inner) => methodOf(inner[gateway]),
    url: (inner: Inner) => (inner[url] ??= urlOf(inner[gateway])),
    bodyUsed: (inner: Inner) => inner[used],
  },
  constants: {
    headers: (inner: Inner) => (inner[headers] ??= inner[real]?.headers ?? new LazyHeaders(inner[gateway])),
    signal: (inner: Inner) => inner[gateway].signal,
  },
  methods: Object.fromEntries(Object.keys(readers).map(name => [name, (inner: Inner) => read(inner, name)])),
  real: realOf,
  isMade: inner => (inner as Inner)[real] !== undefined,
}
const prototype = standInPrototype(new RealRequest('http://localhost'), standIn)

function Lazy(this: Inner, request: GatewayRequest, context: Context): void {
  this[gateway] = request
  this[worker] = context
  this[real] = undefined
  this[headers] = undefined
  this[url] = undefined
  this[used] = false
}
Lazy.prototype = prototype
const LazyRequest = Lazy as unknown as new (request: GatewayRequest, context: Context) => Request

/**
 * Whether the platform takes a lazy request for a real one: it looks for its state under symbols then. Where it keeps it in private
 * fields, `new Request(request)` and `fetch(request)` would fail, so that handlers get real ones unless somebody unwraps what is given there.
 */
const standsForReal = ((): boolean => {
  const probe = Object.create(prototype) as Inner
  probe[real] = new RealRequest('http://probe/path', { headers: { 'x-probe': 'yes' } })
  try {
    const copy = new RealRequest(probe as unknown as Request)
    return copy.url === 'http://probe/path' && copy.headers.get('x-probe') === 'yes'
  } catch {
    return false
  }
})()

let isLazy = standsForReal

/**
 * Has handlers get lazy requests also where the platform does not take them for real ones: whoever gives one to it then sees to it that
 * {@link platformRequest} comes between. Says whether that is needed.
 */
export function makeLazily(): boolean {
  isLazy = true
  return !standsForReal
}

/** What the platform takes for a Request in the place of a lazy one; anything else as it is. */
export function platformRequest(value: unknown): unknown {
  return typeof value === 'object' && value !== null && gateway in value ? realOf(value) : value
}

/** Makes the Request for a gateway request. Throws a TypeError where fetch cannot have it. */
export function createRequest(request: GatewayRequest, context: Context): Request {
  if (isLazy) return new LazyRequest(request, context)
  const made = realRequest(request)
  noteOrigin(made, { request, context })
  return made
}
