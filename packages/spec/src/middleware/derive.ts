import type { GatewayRequest } from '../request.ts'
import type { GatewayResponse } from '../response.ts'

/** What a derived request may say differently: members of the interface, symbols and dotted names (REQ-26). */
export type RequestOverrides = OverridesOf<GatewayRequest>

/** What a derived response may say differently. */
export type ResponseOverrides = OverridesOf<GatewayResponse>

/** Members of `T` with other values, and additions under symbols or dotted names (`session.id`). */
export type OverridesOf<T> = Partial<T> & {
  readonly [name: `${string}.${string}`]: unknown
  readonly [key: symbol]: unknown
}

/** Maps every name of `O` that the interface reserves (no dot, not a member of `T`) to `never`. */
type OnlyAllowed<O, T> = { readonly [K in Exclude<keyof O, keyof T | symbol | `${string}.${string}`>]: never }

/**
 * A request (or response) that answers as `original` does but for `overrides`; `original` is not touched (MID-02,
 * MID-07). An override may be an accessor, and then is computed when it is read.
 *
 * It is made with `Object.create`, so an accessor of the server's request runs with `this` being the derived object
 * (REQ-25). For a server that means: find state by ordinary property lookup (`this[state]`, inherited), never in a `#private`
 * field; and keep what was computed lazily in that shared state, never on `this`, or a derived request would make a
 * second `signal` and read the body twice.
 *
 *     next(derive(request, { path: '/', 'session.id': id }))
 */
export function derive<const O extends RequestOverrides>(
  original: GatewayRequest,
  overrides: O & OnlyAllowed<O, GatewayRequest>,
): GatewayRequest & O
export function derive<const O extends ResponseOverrides>(
  original: GatewayResponse,
  overrides: O & OnlyAllowed<O, GatewayResponse>,
): GatewayResponse & O
export function derive(original: object, overrides: object): object {
  // Not assignment: that would meet the original's accessor, which has no setter, and throw.
  return Object.create(original, Object.getOwnPropertyDescriptors(overrides)) as object
}
