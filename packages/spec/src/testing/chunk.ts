import { isUint8Array } from 'node:util/types'

/**
 * The bytes of one piece of a body; a string is encoded as UTF-8 (RES-05).
 *
 * @throws TypeError for anything else.
 */
export function chunkBytes(chunk: unknown): Uint8Array {
  if (typeof chunk === 'string') return Buffer.from(chunk, 'utf8')
  // Not `instanceof`: test runners have realms, each with its own Uint8Array.
  if (isUint8Array(chunk)) return chunk
  throw new TypeError(`a piece of a body must be a string or a Uint8Array, not ${describe(chunk)}`)
}

/** Names the kind of a value for an error message. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  return Object.prototype.toString.call(value).slice(8, -1)
}

/** Whether a value can be iterated, either way. */
export function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value)
}

/** The iterator of a body: the asynchronous one where there are both. */
export function iteratorOf(
  body: AsyncIterable<unknown> | Iterable<unknown>,
): AsyncIterator<unknown> | Iterator<unknown> {
  return Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : body[Symbol.iterator]()
}
