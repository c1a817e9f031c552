import { describe, expect, it } from '@jest/globals'
import { ResponseBody } from '../src/response-body.ts'

const none = (): void => {}

/** A body, and how often it was pulled while it had nothing to give. */
function bodyOf() {
  const counts = { pulls: 0 }
  const body = new ResponseBody(() => counts.pulls++)
  return { body, counts }
}

const chunk = (value: string): IteratorResult<string> => ({ done: false, value })
const end = { done: true, value: undefined }

describe('the body of a streamed response', () => {
  it('gives chunks in order, those pushed before a pull and those that it waits for', async () => {
    const { body } = bodyOf()
    const long = 'b'.repeat(10_000)
    body.push('a', null)
    body.push(long, null)
    expect([await body.next(), await body.next()]).toEqual([chunk('a'), chunk(long)])
    const waiting = body.next()
    body.push('c', null)
    expect(await waiting).toEqual(chunk('c'))
    body.end()
    expect([await body.next(), await body.next()]).toEqual([end, end])
  })

  it('counts what was pushed until the next pull acknowledges it', async () => {
    const { body } = bodyOf()
    body.push('abc', null)
    body.push(Buffer.from('de'), null)
    expect(body.pending).toBe(5)
    await body.next()
    expect(body.pending).toBe(5)
    await body.next()
    expect(body.pending).toBe(2)
    body.end()
    await body.next()
    expect(body.pending).toBe(0)
  })

  it('tells of a pull only when it has nothing left to give', async () => {
    const { body, counts } = bodyOf()
    body.push('a', null)
    await body.next()
    expect(counts.pulls).toBe(0)
    const waiting = body.next()
    expect(counts.pulls).toBe(1)
    body.end()
    await waiting
    await body.next()
    expect(counts.pulls).toBe(1)
  })

  it('runs callbacks in order, an empty chunk between them being no chunk', async () => {
    const { body } = bodyOf()
    const order: string[] = []
    body.push('a', () => order.push('a'))
    body.push('', () => order.push('empty'))
    body.push(Buffer.from('b'), () => order.push('b'))
    expect(await body.next()).toEqual(chunk('a'))
    expect(order).toEqual([])
    expect(await body.next()).toEqual({ done: false, value: Buffer.from('b') })
    expect(order).toEqual(['a', 'empty'])
    body.end()
    await body.next()
    expect(order).toEqual(['a', 'empty', 'b'])
  })

  it('gives small chunks of a kind that wait in one, and runs their callbacks in order when that is out', async () => {
    const { body } = bodyOf()
    const order: string[] = []
    for (const text of ['a', '', 'ä', 'c']) body.push(text, () => order.push(text))
    for (const text of ['d', 'e']) body.push(Buffer.from(text), () => order.push(text))
    body.end()
    expect(await body.next()).toEqual(chunk('aäc'))
    expect(order).toEqual([])
    expect(await body.next()).toEqual({ done: false, value: Buffer.from('de') })
    expect(order).toEqual(['a', '', 'ä', 'c'])
    expect(await body.next()).toEqual(end)
    expect(order).toEqual(['a', '', 'ä', 'c', 'd', 'e'])
    expect(body.pending).toBe(0)
  })

  it('makes no character of halves that were written apart', async () => {
    const { body } = bodyOf()
    const [high, low] = ['\ud83d', '\ude00']
    for (const text of ['x', high, low, 'y']) body.push(text, null)
    body.end()
    expect([await body.next(), await body.next(), await body.next()]).toEqual([
      chunk(`x${high}`),
      chunk(`${low}y`),
      end,
    ])
  })

  it('has a chunk to itself when it is not small', async () => {
    const { body } = bodyOf()
    const parts = ['a'.repeat(3000), 'b'.repeat(3000), 'c', 'd'.repeat(5000), 'e']
    for (const text of parts) body.push(text, null)
    body.end()
    const seen: unknown[] = []
    for await (const value of body) seen.push(value)
    expect(seen).toEqual([parts[0], `${parts[1]}c`, parts[3], 'e'])
  })

  it('calls back later for an empty chunk while a pull waits, and lets it wait on', async () => {
    const { body } = bodyOf()
    const waiting = body.next()
    await new Promise<void>(resolve => body.push('', () => resolve()))
    body.push('x', null)
    expect(await waiting).toEqual(chunk('x'))
  })

  it('keeps the order of what the callback of an empty chunk pushes, and loses none of it', async () => {
    const { body } = bodyOf()
    const order: string[] = []
    body.push('', () => {
      for (const text of ['b', '', 'c']) body.push(text, () => order.push(text))
      body.push('d', null)
      body.end()
    })
    expect(await body.next()).toEqual(chunk('bcd'))
    expect(await body.next()).toEqual(end)
    expect(order).toEqual(['b', '', 'c'])
    expect(body.pending).toBe(0)
  })

  it.each([
    ['a long one', 'a'.repeat(5000)],
    ['one of the other type', Buffer.from('a')],
  ])('does so behind %s, too', async (_what, before) => {
    const { body } = bodyOf()
    body.push(before, null)
    body.push('', () => {
      body.push('b', null)
      body.push(Buffer.from('c'), null)
    })
    expect(await body.next()).toEqual({ done: false, value: before })
    expect(await body.next()).toEqual(chunk('b'))
    expect(await body.next()).toEqual({ done: false, value: Buffer.from('c') })
  })

  it('lets a pull wait on behind callbacks that push nothing, and answers it if they fail the body', async () => {
    const { body } = bodyOf()
    body.push('', none)
    const waiting = body.next()
    body.push('a', null)
    expect(await waiting).toEqual(chunk('a'))
    body.push('', () => body.fail(new Error('by a callback')))
    await expect(body.next()).rejects.toThrow('by a callback')
  })

  it('tells of a pull also when only empty chunks are left: there is room', async () => {
    const { body, counts } = bodyOf()
    body.push('a', null)
    body.push(Buffer.alloc(0), none)
    body.push('', none)
    await body.next()
    void body.next()
    expect(counts.pulls).toBe(1)
  })

  it('fails at the pull after a failure, whatever is still queued, and keeps its first reason', async () => {
    const { body } = bodyOf()
    body.push('never sent', null)
    body.fail(new Error('first'))
    body.fail(new Error('second'))
    await expect(body.next()).rejects.toThrow('first')
  })

  it('fails a pull that waits', async () => {
    const { body } = bodyOf()
    const waiting = body.next()
    body.fail(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
  })

  it('rejects a pull, and throws nothing at it, when the callback of an empty chunk throws', async () => {
    const { body } = bodyOf()
    body.push('', () => {
      throw new Error('in the callback')
    })
    body.push('never sent', null)
    const pull = body.next()
    await expect(pull).rejects.toThrow('in the callback')
    await expect(body.next()).rejects.toThrow('in the callback')
  })

  it('fails when a callback throws', async () => {
    const { body } = bodyOf()
    body.push('a', () => {
      throw new Error('in the callback')
    })
    await body.next()
    await expect(body.next()).rejects.toThrow('in the callback')
  })

  it('ends when it is left, also for a pull that waits', async () => {
    const { body } = bodyOf()
    const waiting = body.next()
    expect(await body.return()).toEqual(end)
    expect(await waiting).toEqual(end)
  })

  it('gives the error to every callback that is left, and forgets the chunks', async () => {
    const { body } = bodyOf()
    const told: unknown[] = []
    for (const name of ['a', 'b', 'c']) body.push(name, error => told.push([name, error]))
    await body.next()
    const error = new Error('lost')
    body.settle(error)
    expect(told).toEqual(['a', 'b', 'c'].map(name => [name, error]))
    expect(body.pending).toBe(0)
  })

  it('takes a long queue from the front without keeping it', async () => {
    const { body } = bodyOf()
    const parts = Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? String(i) : Buffer.from(String(i))))
    for (const part of parts) body.push(part, none)
    body.end()
    const seen: unknown[] = []
    for await (const value of body) seen.push(value)
    expect(seen).toEqual(parts)
  })
})
