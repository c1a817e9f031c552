// The bytes of a response's head, and of bodies that are one piece.
import { describe, expect, it } from '@jest/globals'
import type { GatewayResponse } from '@nsgi/spec'
import { connectTo, DATE_LINE, get, message } from '../../support/memory-client.ts'

/** What that response puts on the wire, without the date. */
async function sent(response: unknown, request = get()): Promise<string> {
  const { client } = connectTo(response)
  client.send(request)
  await client.settled()
  return client.take()
}

const HEAD = message('HEAD / HTTP/1.1', 'host: a')
const latin1 = (text: string): string => Buffer.from(text).toString('latin1')
const ok = (...lines: readonly string[]): string => message('HTTP/1.1 200 OK', ...lines)

describe('a response', () => {
  it('RES-01: is a value, a promise or a thenable', async () => {
    const response = { status: 200, body: 'x' }
    const thenable = { then: (resolve: (value: unknown) => void) => resolve(response) }
    for (const form of [response, Promise.resolve(response), thenable]) {
      expect(await sent(form)).toBe(`${ok('content-length: 1')}x`)
    }
  })

  it('RES-01: as a value is on the wire in the same turn', () => {
    const { client } = connectTo({ status: 200, body: 'x' })
    client.send(get())
    expect(client.take()).toMatch(/x$/)
  })

  it('RES-01: with a then that is no function is a value', async () => {
    expect(await sent({ status: 200, body: 'x', then: 7 })).toMatch(/x$/)
  })

  it.each([200, 201, 299, 300, 404, 418, 599])('RES-03: may have the status %i', async status => {
    expect(await sent({ status, body: 'x' })).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^\\r]*\\r\\n`))
  })

  it.each<[string, unknown, string]>([
    ['null', null, ''],
    ['nothing', undefined, ''],
    ['a string', 'h\xe9llo \u2603 \u{1F600}', latin1('h\xe9llo \u2603 \u{1F600}')],
    ['an empty string', '', ''],
    ['a large string', '\xe9'.repeat(200_000), latin1('\xe9'.repeat(200_000))],
    ['a large ASCII string', 'x'.repeat(200_000), 'x'.repeat(200_000)],
    ['bytes', Uint8Array.of(0, 255, 10), '\0\xff\n'],
    ['a view of part of a buffer', new Uint8Array(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2), '\x02\x03'],
    ['a Buffer', Buffer.from('abc'), 'abc'],
    ['many bytes', Buffer.alloc(200_000, 7), '\x07'.repeat(200_000)],
    ['a lone surrogate', '\ud800', latin1('\ufffd')],
  ])('RES-04, RES-05, RES-11: with %s for a body has its length', async (_name, body, bytes) => {
    expect(await sent({ status: 200, body })).toBe(ok(`content-length: ${bytes.length}`) + bytes)
  })

  it('RES-08: has the same head bytes whatever the type of the body', async () => {
    const headers = { 'x-latin': '\xe9\xff' }
    const heads = new Set<string>()
    for (const body of ['ab', '\xe9', Buffer.from('ab'), ['ab'], ['\xe9'], [Buffer.from('ab')]]) {
      heads.add(
        (await sent({ status: 200, headers: { ...headers, 'content-length': '2' }, body })).split(
          '\r\n\r\n',
        )[0] as string,
      )
    }
    expect([...heads]).toEqual(['HTTP/1.1 200 OK\r\nx-latin: \xe9\xff\r\ncontent-length: 2'])
  })

  it('RES-09: has one line for each string of an array, in order', async () => {
    const headers = { 'set-cookie': ['a=1', 'b=2'], vary: [], x: [''], undefined: undefined }
    expect(await sent({ status: 200, headers })).toBe(
      ok('set-cookie: a=1', 'set-cookie: b=2', 'x: ', 'content-length: 0'),
    )
  })

  it('RES-10: is not mutated, and may be frozen', async () => {
    const response = Object.freeze({
      status: 200,
      headers: Object.freeze({ 'set-cookie': Object.freeze(['a', 'b']), connection: 'close' }),
      body: 'x',
    })
    expect(await sent(response)).toMatch(/x$/)
    expect(JSON.stringify(response)).toBe(
      '{"status":200,"headers":{"set-cookie":["a","b"],"connection":"close"},"body":"x"}',
    )
  })

  it('RES-21: loses its hop-by-hop fields', async () => {
    const headers = {
      connection: 'keep-alive, x-foo',
      'keep-alive': 'timeout=5',
      'proxy-connection': 'keep-alive',
      te: 'trailers',
      'transfer-encoding': 'gzip',
      upgrade: 'h2c',
      'x-kept': '1',
    }
    expect(await sent({ status: 200, headers, body: 'x' })).toBe(`${ok('x-kept: 1', 'content-length: 1')}x`)
  })

  it('RES-23, RES-24: has a date, unless it brings one, and no server field', async () => {
    const { client } = connectTo({ status: 200 }, { status: 200, headers: { date: 'never' } })
    client.send(get())
    expect(client.output).toContain(DATE_LINE)
    expect(client.output).not.toMatch(/\r\nserver:/i)
    client.take()
    client.send(get())
    expect(client.take()).toBe(ok('date: never', 'content-length: 0'))
  })

  it.each<[string, unknown, string]>([
    ['is sent', 'Fine \xe9', 'Fine \xe9'],
    ['may be empty', '', ''],
    ['with CRLF gives way to the standard one', 'OK\r\nx: 1', 'OK'],
    ['with LF too', 'OK\nx', 'OK'],
    ['with NUL too', '\0', 'OK'],
    ['above 0xFF too', '\u2603', 'OK'],
    ['that is no string too', 7, 'OK'],
  ])('RES-35: its reason %s', async (_name, reason, expected) => {
    expect(await sent({ status: 200, reason })).toBe(message(`HTTP/1.1 200 ${expected}`, 'content-length: 0'))
  })
})

describe('a response without content', () => {
  async function* content() {
    yield 'never'
  }
  const bodies: readonly (readonly [string, () => unknown, string[]])[] = [
    ['a string', () => 'abc', ['content-length: 3']],
    ['bytes', () => Buffer.from('abc'), ['content-length: 3']],
    ['nothing', () => null, []],
    ['an iterable', content, ['transfer-encoding: chunked']],
  ]
  it.each(bodies)('RES-17: to HEAD has the head that GET has, with %s', async (_name, body, lines) => {
    expect(await sent({ status: 200, body: body() }, HEAD)).toBe(ok(...lines))
  })

  it('RES-17: to HEAD keeps the length that was declared', async () => {
    const headers = { 'content-length': '12345' }
    for (const body of [null, '', content(), 'abc']) {
      expect(await sent({ status: 200, headers, body }, HEAD)).toBe(ok('content-length: 12345'))
    }
  })

  it.each(bodies)('RES-18: 204 has neither body nor framing, with %s', async (_name, body) => {
    const headers = { 'content-length': '3', 'transfer-encoding': 'chunked' }
    expect(await sent({ status: 204, headers, body: body() })).toBe(message('HTTP/1.1 204 No Content'))
  })

  it('RES-19: 304 has no body and the length that 200 would have', async () => {
    const status = 304
    const line = 'HTTP/1.1 304 Not Modified'
    expect(await sent({ status })).toBe(message(line))
    expect(await sent({ status, body: 'abc' })).toBe(message(line, 'content-length: 3'))
    expect(await sent({ status, headers: { 'content-length': '7', etag: '"a"' } })).toBe(
      message(line, 'etag: "a"', 'content-length: 7'),
    )
    expect(await sent({ status, body: content() })).toBe(message(line))
  })

  it.each(bodies)('RES-20: 205 has no body and says so, with %s', async (_name, body) => {
    expect(await sent({ status: 205, body: body() })).toBe(message('HTTP/1.1 205 Reset Content', 'content-length: 0'))
  })

  it.each<[string, number, string]>([
    ['RES-17: HEAD', 200, HEAD],
    ['RES-18: 204', 204, get()],
    ['RES-19: 304', 304, get()],
    ['RES-20: 205', 205, get()],
  ])('%s: never iterates the body, but closes it, and finishes', async (_name, status, request) => {
    const events: string[] = []
    const body = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          events.push('next')
          return Promise.resolve({ done: true, value: undefined })
        },
        return: () => {
          events.push('return')
          return Promise.resolve({ done: true, value: undefined })
        },
      }),
    }
    const { client } = connectTo(
      { status, body, finished: () => events.push('finished') },
      { status: 200, body: 'next' },
    )
    client.send(request + get())
    await client.settled()
    expect(events).toEqual(['return', 'finished'])
    expect(client.take()).toMatch(/\r\n\r\nHTTP\/1\.1 200 OK[\s\S]+next$/)
  })
})

describe('inform', () => {
  const informing = (inform: (send: (status: number, headers?: never) => void) => void, request = get()): string => {
    const { client, requests } = connectTo(new Promise<GatewayResponse>(() => undefined))
    client.send(request)
    inform((status, headers) => requests[0]?.inform?.(status, headers))
    return client.take()
  }

  it('RES-31: sends informational heads before the head', () => {
    const output = informing(inform => {
      inform(103, { link: ['</a>; rel=preload', '</b>'] } as never)
      inform(102)
    })
    expect(output).toBe(
      message('HTTP/1.1 103 Early Hints', 'link: </a>; rel=preload', 'link: </b>') + message('HTTP/1.1 102 Processing'),
    )
  })

  it('RES-31: is nothing to HTTP/1.0', () => {
    expect(informing(inform => inform(103), message('GET / HTTP/1.0'))).toBe('')
  })

  it('RES-31: is nothing after the head', async () => {
    const { client, requests } = connectTo({ status: 200, body: ['x'] })
    client.send(get())
    await client.settled()
    client.take()
    requests[0]?.inform?.(103, { link: '</a>' })
    expect(client.take()).toBe('')
  })

  it.each([101, 99, 200, 103.5, Number.NaN])('RES-31: throws for %p', status => {
    expect(() => informing(inform => inform(status))).toThrow(expect.objectContaining({ code: 'KIRIN_INVALID_INFORM' }))
  })

  it('RES-31, RES-07: throws for a field that cannot be sent, and sends nothing', () => {
    const { client, requests } = connectTo(new Promise<GatewayResponse>(() => undefined))
    client.send(get())
    expect(() => requests[0]?.inform?.(103, { link: 'a\r\nx: 1' })).toThrow(
      expect.objectContaining({ requirement: 'RES-07' }),
    )
    expect(client.take()).toBe('')
  })
})
