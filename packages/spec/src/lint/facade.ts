/**
 * A stand-in that answers as `original` does but for `overrides`, and shows the names that `original` shows. Methods are
 * called on the original, which may keep its state in `#private` fields.
 *
 * A proxy, as streams and iterators have classes that others test for; over an empty object, as a proxy must not say
 * anything else than a frozen original.
 */
export function facade<T extends object>(original: T, overrides: ReadonlyMap<PropertyKey, unknown>): T {
  const methods = new Map<unknown, unknown>()
  const methodOf = (value: unknown): unknown => {
    if (typeof value !== 'function') return value
    if (!methods.has(value)) {
      methods.set(value, (...args: unknown[]): unknown => Reflect.apply(value, original, args) as unknown)
    }
    return methods.get(value)
  }
  return new Proxy(Object.create(Object.getPrototypeOf(original) as object | null) as T, {
    get(_target, key) {
      if (overrides.has(key)) return overrides.get(key)
      const value: unknown = Reflect.get(original, key)
      return key === 'constructor' ? value : methodOf(value)
    },
    has: (_target, key) => Reflect.has(original, key),
    set: (_target, key, value) => Reflect.set(original, key, value),
  })
}
