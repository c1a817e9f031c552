// Bodies that are iterated: framing, what goes out when, back-pressure, trailers.
import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { describe, expect, it } from '@jest/globals'
import { chunk, connectTo, type Deferred, deferred, get, message } from '../../support/memory-client.ts'

const KIB = 1024
const CHUNKED = message('HTTP/1.1 200 OK', 'transfer-encoding: chunked')
const LAST = '0\r\n\r\n'

function answer(response: object, request = get()) {
  const { client } = connectTo({ status: 200, ...response }, { status: 200, body: 'next' })
  client.send(request)
  return client
}

/** A body that hands out what is put into it. */
class Feed implements AsyncIterable<string> {
  asked = 0
  readonly returned: number[] = []
  private readonly gates: Deferred<IteratorResult<string>>[] = []
  private given = 0

  give(value: string): void {
    this.gate(this.given++).resolve({ done: false, value })
  }

  end(): void {
    this.gate(this.given++).resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator]() {
    return {
      next: () => this.gate(this.asked++).promise,
      return: () => {
        this.returned.push(this.asked)
        return Promise.resolve({ done: true as const, value: undefined })
      },
    }
  }

  private gate(index: number): Deferred<IteratorResult<string>> {
    this.gates[index] ??= deferred<IteratorResult<string>>()
    return this.gates[index]
  }
}

async function* generate(...chunks: readonly (string | Uint8Array)[]) {
  for (const one of chunks) yield await Promise.resolve(one)
}

function* generateNow(...chunks: readonly (string | Uint8Array)[]) {
  yield* chunks
}

const forms: readonly (readonly [string, (...chunks: string[]) => unknown])[] = [
  ['an array', (...chunks) => chunks],
  ['a generator', generateNow],
  ['an async generator', generate],
  ['a Readable', (...chunks) => Readable.from(chunks.map(one => Buffer.from(one)))],
  ['a Readable of strings', (...chunks) => Readable.from(chunks)],
  ['a web ReadableStream', (...chunks) => ReadableStream.from(chunks.map(one => Buffer.from(one)))],
  ['a Set', (...chunks) => new Set(chunks)],
]

describe.each(forms)('a body that is %s', (_name, make) => {
  it('RES-15: is chunked on HTTP/1.1, and the connection goes on', async () => {
    const client = answer({ body: make('one', 't\xe9\u2603') })
    client.send(get())
    await client.settled()
    const second = Buffer.from('t\xe9\u2603').toString('latin1')
    expect(client.take()).toBe(
      CHUNKED + chunk('one') + chunk(second) + LAST + message('HTTP/1.1 200 OK', 'content-length: 4') + 'next',
    )
  })

  it('RES-15: ends with the connection on HTTP/1.0, whatever the client hopes', async () => {
    const client = answer({ body: make('one', 'two') }, message('GET / HTTP/1.0', 'connection: keep-alive'))
    await client.settled()
    expect(client.take()).toBe(`${message('HTTP/1.1 200 OK', 'connection: close')}onetwo`)
    expect(client.wire.calls).toEqual(['end'])
  })

  it('RES-11: has the declared length, and no other framing', async () => {
    const client = answer({ headers: { 'content-length': '6' }, body: make('one', 'two') })
    await client.settled()
    expect(client.take()).toBe(`${message('HTTP/1.1 200 OK', 'content-length: 6')}onetwo`)
    expect(client.isClosed).toBe(false)
  })

  it('RES-16: may be empty', async () => {
    const client = answer({ body: make() })
    await client.settled()
    expect(client.take()).toBe(CHUNKED + LAST)
  })

  it('RES-16: skips empty chunks', async () => {
    const client = answer({ body: make('', 'one', '') })
    await client.settled()
    expect(client.take()).toBe(CHUNKED + chunk('one') + LAST)
  })

  it('END-09: is closed when the client is lost', async () => {
    const body = make('x'.repeat(100 * KIB), 'two', 'three')
    const { client } = connectTo({ status: 200, body })
    client.wire.stall()
    client.send(get())
    await client.settled()
    client.lose()
    await client.settled()
    expect(await isOver(body)).toBe(true)
  })
})

/** Whether nothing more can be had of it; what can be iterated anew has nothing to close. */
async function isOver(body: unknown): Promise<boolean> {
  if (body instanceof Readable) return body.destroyed
  if (body instanceof ReadableStream) return (await body.getReader().read()).done
  if (Array.isArray(body) || body instanceof Set) return true
  return (await (body as AsyncGenerator).next()).done === true
}

describe('the chunks of a body', () => {
  it('RES-25: the head goes out alone once next() is pending', async () => {
    const feed = new Feed()
    const client = answer({ body: feed })
    expect(client.take()).toBe('')
    await client.settled()
    expect(client.take()).toBe(CHUNKED)
  })

  it('RES-25: the head goes out with a first chunk that settles in the same turn', async () => {
    const client = answer({ body: generate('one') })
    await client.settled()
    expect(client.wire.writes).toBe(2)
    expect(client.take()).toBe(CHUNKED + chunk('one') + LAST)
  })

  it('RES-26, RES-27: go out at once, and one next() is outstanding', async () => {
    const feed = new Feed()
    const client = answer({ body: feed })
    await client.settled()
    client.take()
    for (const [index, piece] of ['one', 'two', 'three'].entries()) {
      expect(feed.asked).toBe(index + 1)
      feed.give(piece)
      await client.settled()
      expect(client.take()).toBe(chunk(piece))
    }
    feed.end()
    await client.settled()
    expect(client.take()).toBe(LAST)
    expect(feed.asked).toBe(4)
    expect(feed.returned).toEqual([])
  })

  it.each<[string, (produced: () => void) => unknown]>([
    [
      'an async generator',
      async function* (produced) {
        for (;;) {
          produced()
          yield 'x'.repeat(10 * KIB)
        }
      },
    ],
    [
      'a generator',
      function* (produced) {
        for (;;) {
          produced()
          yield Buffer.alloc(10 * KIB, 'x')
        }
      },
    ],
  ])('RES-28: of %s are not asked for above the high-water mark', async (_name, make) => {
    let produced = 0
    const { client } = connectTo({ status: 200, body: make(() => produced++) })
    client.wire.stall()
    client.send(get())
    await client.settled()
    expect(produced).toBe(7)
    client.wire.unstall()
    client.wire.stall()
    await client.settled()
    expect(produced).toBe(14)
    client.lose()
    await client.settled()
    expect(produced).toBe(14)
  })

  it('RES-13: beyond the declared length are never sent', async () => {
    for (const chunks of [['abc', 'defg'], ['abcdefg'], ['abcdef', 'g']]) {
      const client = answer({ headers: { 'content-length': '6' }, body: generate(...chunks) })
      await client.settled()
      const output = client.take()
      if (chunks.length === 1) expect(output).toMatch(/^HTTP\/1\.1 500 /)
      else expect(output).toBe(message('HTTP/1.1 200 OK', 'content-length: 6') + chunks[0])
      expect(client.isClosed).toBe(chunks.length > 1)
      expect(client.logged[0]?.fields).toMatchObject({ requirement: 'RES-13' })
    }
  })

  it('RES-14: fewer than declared end the connection, and it is reported', async () => {
    let error: unknown
    const client = answer({
      headers: { 'content-length': '6' },
      body: generate('abc'),
      finished: (given?: unknown) => (error = given),
    })
    client.send(get())
    await client.settled()
    expect(client.take()).toBe(`${message('HTTP/1.1 200 OK', 'content-length: 6')}abc`)
    expect(client.wire.calls.at(-1)).toBe('end')
    expect(error).toMatchObject({ code: 'KIRIN_RESPONSE_LENGTH', requirement: 'RES-14' })
    expect(client.logged[0]?.fields).toMatchObject({ requirement: 'RES-14' })
  })

  it('RES-14: none at all where some were declared are answered 500', async () => {
    const client = answer({ headers: { 'content-length': '6' }, body: [] })
    await client.settled()
    expect(client.take()).toMatch(/^HTTP\/1\.1 500 /)
    expect(client.isClosed).toBe(false)
  })

  it('RES-04: an iterable that is both is iterated asynchronously', async () => {
    const body = { [Symbol.asyncIterator]: () => generate('async'), [Symbol.iterator]: () => generateNow('sync') }
    const client = answer({ body })
    await client.settled()
    expect(client.take()).toContain('async')
  })

  it('RES-04: a string or bytes are never iterated', async () => {
    const bytes = Object.assign(Buffer.from('abc'), { [Symbol.asyncIterator]: () => generate('wrong') })
    const client = answer({ body: bytes })
    await client.settled()
    expect(client.take()).toMatch(/content-length: 3\r\n\r\nabc$/)
  })
})

describe('trailers', () => {
  const trailers = () => ({
    'x-sum': '1',
    'x-list': ['a', 'b'],
    'content-length': '9',
    'transfer-encoding': 'x',
    host: 'evil',
    'set-cookie': 'a=b',
    authorization: 'x',
    trailer: 'x',
  })

  it('RES-30: stand behind a chunked body, without forbidden names, and are asked for after it', async () => {
    const feed = new Feed()
    let asked = 0
    const client = answer({
      headers: { trailer: 'x-sum' },
      body: feed,
      trailers: () => {
        asked++
        return trailers()
      },
    })
    feed.give('one')
    await client.settled()
    expect(asked).toBe(0)
    feed.end()
    await client.settled()
    expect(asked).toBe(1)
    const head = message('HTTP/1.1 200 OK', 'trailer: x-sum', 'transfer-encoding: chunked')
    expect(client.take()).toBe(`${head}${chunk('one')}0\r\n${message('x-sum: 1', 'x-list: a', 'x-list: b')}`)
  })

  it.each<[string, object, string]>([
    ['with a declared length', { headers: { 'content-length': '3' }, body: ['one'] }, get()],
    ['on HTTP/1.0', { body: ['one'] }, message('GET / HTTP/1.0')],
    ['to HEAD', { body: ['one'] }, message('HEAD / HTTP/1.1', 'host: a')],
    ['in one piece', { body: 'one' }, get()],
  ])('RES-30: have no place %s', async (_name, response, request) => {
    const client = answer({ ...response, trailers }, request)
    await client.settled()
    expect(client.take()).not.toContain('x-sum')
  })

  it('RES-33: that throw or cannot be sent leave the body without its end', async () => {
    const bad = [
      () => ({ x: 'a\r\nb' }),
      () => 'x',
      () => [['x', 'y']],
      () => new Map([['x', 'y']]),
      () => Promise.resolve({ x: 'y' }),
      () => {
        throw new Error('no trailers')
      },
    ]
    for (const trailers of bad) {
      const client = answer({ body: ['one'], trailers })
      await client.settled()
      expect(client.take()).toBe(CHUNKED + chunk('one'))
      expect(client.wire.calls.at(-1)).toBe('end')
    }
  })
})
