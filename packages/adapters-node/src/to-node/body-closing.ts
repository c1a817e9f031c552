// How a response's body is closed that is not read to its end (NSGI §7.2, END-09).
import { types } from 'node:util'
import type { BodyChunk } from '@nsgi/spec'

type Body = AsyncIterable<BodyChunk> & Iterable<BodyChunk>

/** An iterator of either kind over a body. */
export type Chunks = AsyncIterator<BodyChunk> | Iterator<BodyChunk>

/**
 * Closes a body: its iterator is returned if one was taken, a node stream is destroyed, and of anything else an iterator is
 * taken and returned. What these throw or reject with is dropped, and nothing is waited for (NSGI END-10).
 */
export function closeBody(body: unknown, iterator?: Chunks): void {
  if (typeof body !== 'object' || body === null || types.isUint8Array(body)) return
  if (iterator !== undefined) attempt(() => iterator.return?.())
  if (typeof (body as Partial<NodeJS.ReadableStream & { destroy(): void }>).destroy === 'function') {
    attempt(() => destroy(body as unknown as Destroyable))
  } else if (iterator === undefined) {
    attempt(() => iteratorOf(body as Body)?.return?.())
  }
}

/** The iterator of a body, asynchronous where it has one (NSGI RES-04). */
export function iteratorOf(body: Body): Chunks {
  return body[Symbol.asyncIterator]?.() ?? body[Symbol.iterator]()
}

interface Destroyable {
  destroy(): unknown
  on?(event: 'error', listener: () => void): unknown
}

function destroy(stream: Destroyable): void {
  // A file that is still being opened fails after it was destroyed, and an 'error' that nobody hears ends the process.
  if (typeof stream.on === 'function') stream.on('error', () => {})
  stream.destroy()
}

function attempt(close: () => unknown): void {
  try {
    const closed = close() as PromiseLike<unknown> | undefined
    if (typeof closed?.then === 'function') closed.then(undefined, () => {})
  } catch {
    // It was told; what it makes of that is not the response's outcome.
  }
}
