// What a handler gets: a real Request, or an object that is as good as one until something unusual is asked of it.
import type { Context, GatewayRequest } from '@nsgi/spec'
import { gateway, noteOrigin, worker } from './origin.ts'
import { collect, streamOf } from './request-body.ts'
import { copyHeaders, LazyHeaders } from './request-headers.ts'
import { urlOf } from './request-url.ts'

const real: unique symbol = Symbol('nsgi.real')
const headers: unique symbol = Symbol('nsgi.headers')
const url: unique symbol = Symbol('nsgi.url')
const used: unique symbol = Symbol('nsgi.used')

interface Inner {
  readonly [gateway]: GatewayRequest
  readonly [worker]: Context
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
  return new Request(urlOf(request), body === null ? init : { ...init, body: streamOf(body), duplex: 'half' as const })
}

/** A GET or HEAD has no body in fetch, whatever the client sent. */
function bodyOf({ method, body }: GatewayRequest): AsyncIterable<Uint8Array> | null {
  return method === 'GET' || method === 'HEAD' ? null : body
}

function realOf(lazy: object): Request {
  const inner = lazy as Inner
  if (inner[real] !== undefined) return inner[real]
  const request = realRequest(inner[gateway], inner[headers])
  // Reading it marks it as read: there is nothing left in the gateway's body.
  if (inner[used]) request.text().catch(() => {})
  inner[real] = request
  return request
}

const NORMALISED: ReadonlySet<string> = new Set(['delete', 'get', 'head', 'options', 'post', 'put'])

function methodOf({ method }: GatewayRequest): string {
  return method > 'Z' && NORMALISED.has(method.toLowerCase()) ? method.toUpperCase() : method
}

/** The members that need no real Request; each is used only as long as there is none. */
const cheap: Readonly<Record<string, (inner: Inner) => unknown>> = {
  method: inner => methodOf(inner[gateway]),
  url: inner => (inner[url] ??= urlOf(inner[gateway])),
  headers: inner => (inner[headers] ??= new LazyHeaders(inner[gateway])),
  signal: inner => inner[gateway].signal,
  bodyUsed: inner => inner[used],
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

const prototype = makePrototype()

function makePrototype(): object {
  const result = Object.create(Request.prototype) as object
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(Request.prototype))) {
    if (name === 'constructor') continue
    if (typeof descriptor.value === 'function')
      Object.defineProperty(result, name, { ...descriptor, value: methodNamed(name) })
    else if (descriptor.get) Object.defineProperty(result, name, { ...descriptor, get: getterNamed(name) })
  }
  // Where the platform's own code looks when a Request is given to `new Request()` or `fetch`.
  for (const key of Object.getOwnPropertySymbols(new Request('http://localhost'))) {
    const get = function (this: object): unknown {
      return (realOf(this) as unknown as Record<symbol, unknown>)[key]
    }
    Object.defineProperty(result, key, { get, configurable: true })
  }
  return result
}

function getterNamed(name: string): (this: Inner) => unknown {
  const get = Object.hasOwn(cheap, name) ? cheap[name] : undefined
  return function () {
    return get !== undefined && this[real] === undefined ? get(this) : Reflect.get(realOf(this), name)
  }
}

function methodNamed(name: string): (this: Inner, ...given: unknown[]) => unknown {
  const isReader = Object.hasOwn(readers, name)
  return function (...given) {
    if (isReader && this[real] === undefined) return read(this, name)
    const request = realOf(this) as unknown as Record<string, (...all: unknown[]) => unknown>
    return request[name]?.(...given)
  }
}

function Lazy(this: Inner, request: GatewayRequest, context: Context): void {
  Object.assign(this, { [gateway]: request, [worker]: context })
  this[real] = undefined
  this[headers] = undefined
  this[url] = undefined
  this[used] = false
}
Lazy.prototype = prototype
const LazyRequest = Lazy as unknown as new (request: GatewayRequest, context: Context) => Request

/**
 * Whether the platform takes a lazy request for a real one: it looks for its state under symbols then. Where it keeps it in private
 * fields, `new Request(request)` and `fetch(request)` would fail, so that handlers get real ones.
 */
const standsForReal = ((): boolean => {
  const probe = Object.create(prototype) as Inner
  probe[real] = new Request('http://probe/path', { headers: { 'x-probe': 'yes' } })
  try {
    const copy = new Request(probe as unknown as Request)
    return copy.url === 'http://probe/path' && copy.headers.get('x-probe') === 'yes'
  } catch {
    return false
  }
})()

/** Makes the Request for a gateway request. Throws a TypeError where fetch cannot have it. */
export const createRequest: (request: GatewayRequest, context: Context) => Request = standsForReal
  ? (request, context) => new LazyRequest(request, context)
  : (request, context) => {
      const made = realRequest(request)
      noteOrigin(made, { request, context })
      return made
    }
