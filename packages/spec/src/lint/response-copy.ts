// What the server gets in place of the application's response, and whether it leaves that alone (RES-10).
import { derive } from '../middleware/derive.ts'
import type { GatewayResponse, ResponseHeaders } from '../response.ts'
import type { ResponseParts } from './response-shape.ts'

/** The response that is handed on, and what it was then. */
export interface ResponseCopy {
  readonly response: GatewayResponse
  /** Says which member was changed since, if one was. */
  readonly change: () => string | undefined
}

/**
 * A response that answers as `original` does but for `overrides`. A plain object is copied with its accessors, as a
 * middleware around the lint may spread it. Any other is derived, with the parts that were read of it: accessors of a class may
 * need an object of that class. The headers are a copy: what is changed in there was not changed by the application.
 */
export function copyResponse(
  original: GatewayResponse,
  read: ResponseParts,
  overrides: Partial<GatewayResponse>,
): ResponseCopy {
  const headers = isPlain(read.headers) ? copyHeaders(read.headers) : read.headers
  const isCopied = isPlain(original)
  const given = isCopied ? {} : Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
  const parts = { ...given, ...(headers === undefined ? {} : { headers }), ...overrides }
  const response = isCopied
    ? (Object.create(Object.getPrototypeOf(original) as object | null, {
        ...Object.getOwnPropertyDescriptors(original),
        ...Object.getOwnPropertyDescriptors(parts),
      }) as GatewayResponse)
    : derive(original, parts)
  const before = valuesOf(response)
  const fields = valuesOf(headers)
  const change = (): string | undefined =>
    differing(before, valuesOf(response)) ?? differing(fields, valuesOf(headers), 'headers.')
  return { response, change }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // Not by identity: there is an Object.prototype for each realm.
  return prototype === null || Object.hasOwn(prototype as object, 'hasOwnProperty')
}

function copyHeaders(headers: ResponseHeaders): ResponseHeaders {
  const copy = Object.create(Object.getPrototypeOf(headers) as object | null) as Record<string, ResponseHeaders[string]>
  for (const [name, value] of Object.entries(headers)) {
    // Not by assignment, which `__proto__` would take for something else.
    const own = Array.isArray(value) ? [...(value as readonly string[])] : value
    Object.defineProperty(copy, name, { value: own, writable: true, enumerable: true, configurable: true })
  }
  return copy
}

/** Own values by name, accessors unread; lines of fields as text. */
function valuesOf(object: object | undefined): Map<PropertyKey, unknown> {
  const values = new Map<PropertyKey, unknown>()
  for (const key of Reflect.ownKeys(object ?? {})) {
    const { value, get } = Object.getOwnPropertyDescriptor(object, key) as PropertyDescriptor
    values.set(key, Array.isArray(value) ? value.join('\n') : (value ?? get))
  }
  return values
}

function differing(
  before: ReadonlyMap<PropertyKey, unknown>,
  after: ReadonlyMap<PropertyKey, unknown>,
  prefix = '',
): string | undefined {
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (!Object.is(before.get(key), after.get(key)) || before.has(key) !== after.has(key)) return prefix + String(key)
  }
  return undefined
}
