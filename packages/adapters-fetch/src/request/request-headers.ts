import type { GatewayRequest } from '@nsgi/spec'

const source: unique symbol = Symbol('nsgi.request')
const real: unique symbol = Symbol('nsgi.headers')

const token = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/

interface Inner {
  [source]: GatewayRequest
  [real]: Headers | undefined
}

/** The fields of a request as fetch's `Headers`, copied from the gateway's. */
export function copyHeaders({ rawHeaders }: GatewayRequest): Headers {
  const headers = new Headers()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] as string, rawHeaders[index + 1] as string)
  }
  return headers
}

function realOf(headers: object): Headers {
  const inner = headers as Inner
  inner[real] ??= copyHeaders(inner[source])
  return inner[real]
}

/** Has lazy headers be a view of others, which have the same fields: what is read or changed from then on is read or changed there. */
export function standForHeaders(headers: Headers, others: Headers): void {
  ;(headers as Headers & Inner)[real] = others
}

/**
 * `Headers` that read a single field from the gateway's record, which is joined by the same rules, and become real ones for everything
 * else: a copy costs several microseconds, and most requests are asked for two fields.
 */
export const LazyHeaders: new (request: GatewayRequest) => Headers = makeLazyHeaders()

function makeLazyHeaders(): new (request: GatewayRequest) => Headers {
  function Lazy(this: Inner, request: GatewayRequest): void {
    this[source] = request
    this[real] = undefined
  }
  const prototype = Object.create(Headers.prototype) as Record<PropertyKey, unknown>
  for (const name of Reflect.ownKeys(Headers.prototype)) {
    const { value } = Object.getOwnPropertyDescriptor(Headers.prototype, name) ?? {}
    if (typeof value !== 'function' || name === 'constructor') continue
    const method = value as (this: Headers, ...given: unknown[]) => unknown
    define(prototype, name, function (this: object, ...given) {
      return method.apply(realOf(this), given)
    })
  }
  define(prototype, 'get', function (this: Inner, ...given) {
    return given.length > 0 && this[real] === undefined
      ? lookUp(this, String(given[0]))
      : realOf(this).get(...(given as [string]))
  })
  define(prototype, 'has', function (this: Inner, ...given) {
    if (given.length === 0 || this[real] !== undefined) return realOf(this).has(...(given as [string]))
    return lookUp(this, String(given[0])) !== null
  })
  Lazy.prototype = prototype
  return Lazy as unknown as new (
    request: GatewayRequest,
  ) => Headers
}

function define(prototype: object, name: PropertyKey, value: (this: never, ...given: unknown[]) => unknown): void {
  Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable: true })
}

function lookUp(headers: Inner, name: string): string | null {
  const value = headers[source].headers[name.toLowerCase()]
  if (value !== undefined) return value
  // What is no field name is a TypeError.
  return token.test(name) ? null : realOf(headers).get(name)
}
