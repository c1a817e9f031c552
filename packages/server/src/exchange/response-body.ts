// The kinds of response body, in the order in which the interface tests them (NSGI RES-04).
import { types } from 'node:util'
import type { BodyChunk, ResponseBody } from '@nsgi/spec'
import { describe, invalid } from './response-fields.ts'

/** `async` and `sync` are iterables. */
export type BodyKind = 'none' | 'text' | 'bytes' | 'async' | 'sync'

/** A body's kind; `length` in bytes where it is known at once, else -1; whether it was there to measure. */
export interface ClassifiedBody {
  readonly kind: BodyKind
  readonly length: number
  readonly declared: boolean
}

const NONE: ClassifiedBody = { kind: 'none', length: 0, declared: false }
const ASYNC: ClassifiedBody = { kind: 'async', length: -1, declared: false }
const SYNC: ClassifiedBody = { kind: 'sync', length: -1, declared: false }

/** Tells the kind of a body. Throws `KIRIN_INVALID_RESPONSE` if it is none of them. */
export function bodyKind(body: ResponseBody): ClassifiedBody {
  if (body === null || body === undefined) return NONE
  if (typeof body === 'string') return { kind: 'text', length: Buffer.byteLength(body), declared: true }
  if (types.isUint8Array(body)) return { kind: 'bytes', length: byteSize(body), declared: true }
  if (typeof body === 'object') {
    if (typeof (body as AsyncIterable<BodyChunk>)[Symbol.asyncIterator] === 'function') return ASYNC
    if (typeof (body as Iterable<BodyChunk>)[Symbol.iterator] === 'function') return SYNC
  }
  throw invalid('RES-04', `body is ${describe(body)}, not null, a string, a Uint8Array or an iterable of those`)
}

/** What tells the size of an array whatever a class derived from it says. */
const { get: sizeOf } = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  'byteLength',
) as unknown as { get(this: Uint8Array): number }

/** The size of an array in bytes. Throws `KIRIN_INVALID_RESPONSE` for one that says another: what is written would not be what was announced. */
export function byteSize(bytes: Uint8Array): number {
  const size = sizeOf.call(bytes)
  if (bytes.byteLength === size && bytes.length === size) return size
  throw invalid('RES-04', `its body has bytes of a class that says another length than the ${size} that it has`)
}

/**
 * Closes a body that nobody will iterate: a stream is destroyed, an iterable that can be returned is. A
 * generator that never started has nothing to run. Errors are the body's own affair.
 */
export function closeBody(body: unknown): void {
  if (typeof body !== 'object' || body === null || types.isUint8Array(body)) return
  try {
    const closable = body as { return?: unknown }
    if (destroyIfStream(body)) return
    if (typeof closable.return === 'function') swallow((closable as { return(): unknown }).return())
    else if (!Array.isArray(body)) returnUnstarted(body as Iterable<unknown> & AsyncIterable<unknown>)
  } catch {
    // It was told; what it makes of that is not the response's outcome.
  }
}

interface DestroyableStream {
  destroy?(): unknown
  on?(event: 'error', listener: () => void): unknown
}

/** Destroys what is a node stream by its shape; whether it was one. */
export function destroyIfStream(body: unknown): boolean {
  const stream = body as DestroyableStream
  if (typeof stream.destroy !== 'function') return false
  // A file that is still being opened fails after it was destroyed, and an 'error' that nobody hears ends the process.
  if (typeof stream.on === 'function') stream.on('error', () => undefined)
  stream.destroy()
  return true
}

/** Closes the body of a response that is discarded, whatever that response is. */
export function closeBodyOf(response: unknown): void {
  try {
    closeBody((response as { readonly body?: unknown } | null | undefined)?.body)
  } catch {
    // An accessor that throws has nothing to close.
  }
}

function returnUnstarted(body: Iterable<unknown> & AsyncIterable<unknown>): void {
  const iterator = body[Symbol.asyncIterator]?.() ?? body[Symbol.iterator]?.()
  if (iterator !== undefined) swallow(iterator.return?.())
}

/** Keeps a promise that nobody waits for from becoming an unhandled rejection. */
export function swallow(result: unknown): void {
  const then: unknown = (result as PromiseLike<unknown> | undefined)?.then
  if (typeof then === 'function') {
    ;(result as PromiseLike<unknown>).then(undefined, () => undefined)
  }
}
