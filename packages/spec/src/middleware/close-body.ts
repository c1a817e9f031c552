import type { ResponseBody } from '../response.ts'

/** The part of an iterator that closing needs. */
interface Closable {
  return?(): unknown
}

/**
 * Closes a response body that is not read to its end, as a server does (END-09, END-10): calls `return()` of its iterator
 * once, destroys it if it is a Node stream, and waits for neither. Pass the iterator if one was taken and has not
 * finished (neither said `done` nor thrown); without it the body counts as one that was never iterated.
 *
 * Never throws. What `return()` throws or rejects with is dropped: a response that is thrown away has no one to tell.
 */
export function closeBody(body: ResponseBody, iterator?: Closable): void {
  if (body === null || typeof body !== 'object' || ArrayBuffer.isView(body)) return
  if (iterator !== undefined) returnOf(iterator)
  // A Node stream's own iterator does nothing on `return()` before its first `next()`, and queues behind a `next()` that
  // hangs: only `destroy()` releases the file or socket beneath, and settles that `next()`.
  if (destroyStream(body) || iterator !== undefined) return
  try {
    returnOf(Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : body[Symbol.iterator]())
  } catch {
    // Not iterable, or locked by another reader: nothing here to close.
  }
}

function returnOf(iterator: Closable): void {
  try {
    // A generator's `return()` queues behind a pending `next()`, maybe for ever: nobody waits for it.
    Promise.resolve(iterator.return?.()).catch(ignore)
  } catch {
    // Thrown synchronously: dropped as a rejection is.
  }
}

function destroyStream(body: object): boolean {
  if (!('destroy' in body) || typeof body.destroy !== 'function') return false
  try {
    // A file that fails to open after it was given up would else raise an uncaught 'error'.
    if ('on' in body && typeof body.on === 'function') body.on('error', ignore)
    body.destroy()
  } catch {
    // A stream that cannot be destroyed is as closed as we can make it.
  }
  return true
}

function ignore(): void {}
