import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import type { ResponseBody } from '../../src/index.ts'
import { closeBody } from '../../src/middleware/index.ts'

/** An iterable that counts, with an iterator whose return() does as told. */
function counting(onReturn: () => unknown = () => ({ done: true, value: undefined })) {
  const counts = { iterators: 0, returns: 0 }
  const body: AsyncIterable<string> = {
    [Symbol.asyncIterator]() {
      counts.iterators++
      return {
        next: () => new Promise(() => undefined),
        return: () => {
          counts.returns++
          return onReturn() as Promise<IteratorResult<string>>
        },
      }
    },
  }
  return { body, counts }
}

describe('closeBody', () => {
  it.each([[null], [undefined], ['text'], [new Uint8Array(3)], [['a', 'b']]])('has nothing to do for %p', body => {
    expect(() => closeBody(body as ResponseBody)).not.toThrow()
  })

  it('takes an iterator of a body that was never iterated and calls its return once', () => {
    const { body, counts } = counting()
    closeBody(body)
    expect(counts).toEqual({ iterators: 1, returns: 1 })
  })

  it('calls return once on the iterator given, and takes no second one', () => {
    const { body, counts } = counting()
    closeBody(body, body[Symbol.asyncIterator]())
    expect(counts).toEqual({ iterators: 1, returns: 1 })
  })

  it('runs the finally of a generator that waits at a yield', async () => {
    let closed = false
    async function* pages() {
      try {
        yield 'one'
        yield 'two'
      } finally {
        closed = true
      }
    }
    const body = pages()
    await body.next()
    closeBody(body, body)
    expect(await body.next()).toEqual({ done: true, value: undefined })
    expect(closed).toBe(true)
  })

  it('finishes a generator that never started without running any of it', async () => {
    let ran = false
    async function* pages() {
      try {
        yield 'one'
      } finally {
        ran = true
      }
    }
    const body = pages()
    closeBody(body)
    expect(await body.next()).toEqual({ done: true, value: undefined })
    expect(ran).toBe(false)
  })

  it('closes a synchronous generator as well', () => {
    let closed = false
    function* pages() {
      try {
        yield 'one'
        yield 'two'
      } finally {
        closed = true
      }
    }
    const body = pages()
    body.next()
    closeBody(body, body)
    expect(closed).toBe(true)
  })

  it('does not wait for a return that never settles', () => {
    const { body, counts } = counting(() => new Promise(() => undefined))
    closeBody(body)
    expect(counts.returns).toBe(1)
  })

  it('drops what return throws', () => {
    const { body, counts } = counting(() => {
      throw new Error('from return')
    })
    expect(() => closeBody(body)).not.toThrow()
    expect(counts.returns).toBe(1)
  })

  it('drops what return rejects with', async () => {
    const { body, counts } = counting(() => Promise.reject(new Error('later from return')))
    closeBody(body)
    // Were the rejection unhandled, it would be reported after the microtasks and fail the run.
    await new Promise(resolve => setImmediate(resolve))
    expect(counts.returns).toBe(1)
  })

  it('drops what a body throws that cannot be iterated any more', () => {
    const locked = new ReadableStream()
    locked.getReader()
    expect(() => closeBody(locked as ResponseBody)).not.toThrow()
  })

  it('cancels a web stream', async () => {
    const cancelled = new Promise<void>(resolve => {
      closeBody(new ReadableStream({ cancel: () => resolve() }) as ResponseBody)
    })
    await expect(cancelled).resolves.toBeUndefined()
  })

  it('destroys a Node stream that was never read', async () => {
    const body = createReadStream(fileURLToPath(import.meta.url))
    closeBody(body)
    await once(body, 'close')
    expect(body.destroyed).toBe(true)
    expect(body.bytesRead).toBe(0)
  })

  it('destroys a Node stream whose next is pending, which settles it', async () => {
    const body = new PassThrough()
    const iterator = body[Symbol.asyncIterator]()
    const pending = iterator.next()
    closeBody(body, iterator)
    await expect(pending).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
    expect(body.destroyed).toBe(true)
  })

  it('survives a stream that fails after it was given up', async () => {
    const body = createReadStream('/nonexistent/file')
    closeBody(body)
    await new Promise<void>(resolve => body.once('close', resolve))
    expect(body.destroyed).toBe(true)
  })

  it('survives a stream that fails while it is destroyed', async () => {
    const body = new Readable({ read() {}, destroy: (_error, callback) => callback(new Error('disk on fire')) })
    closeBody(body)
    await new Promise<void>(resolve => body.once('close', resolve))
    expect(body.errored).toMatchObject({ message: 'disk on fire' })
  })

  it('survives a destroy that throws', () => {
    const body = Object.assign(counting().body, {
      destroy() {
        throw new Error('no')
      },
    })
    expect(() => closeBody(body)).not.toThrow()
  })
})
