// What is refused before the application, each with the bytes that provoke it: the status, the end of the
// connection, and that nothing behind it is taken for a request.
import { describe, expect, it } from '@jest/globals'
import { connect, connectTo, get, type MemoryClient, message } from '../../support/memory-client.ts'

const HOST = 'host: example.org'

/** Sends it with a whole request behind it, byte by byte or at once. */
async function refused(
  bytes: string,
  { bytewise = false, limits = {} } = {},
): Promise<{ client: MemoryClient; calls: number }> {
  let calls = 0
  const client = connect(
    () => {
      calls++
      return { status: 200, body: 'served' }
    },
    { limits },
  )
  const all = bytes + get('/behind')
  client.send(...(bytewise ? (all.match(/[\s\S]/g) ?? []) : [all]))
  await client.settled()
  return { client, calls }
}

const cases: readonly (readonly [name: string, bytes: string, status: number, code: string])[] = [
  ['REQ-10: no Host on HTTP/1.1', message('GET / HTTP/1.1'), 400, 'HOST_MISSING'],
  ['REQ-10: two equal Host fields', message('GET / HTTP/1.1', HOST, HOST), 400, 'HOST_REPEATED'],
  ['REQ-10: two Host fields on HTTP/1.0', message('GET / HTTP/1.0', HOST, 'host: b'), 400, 'HOST_REPEATED'],
  ['REQ-10: a Host that is a list', message('GET / HTTP/1.1', 'host: a, b'), 400, 'HOST_INVALID'],
  ['REQ-10: a Host with user information', message('GET / HTTP/1.1', 'host: u@example.org'), 400, 'HOST_INVALID'],
  ['REQ-10: a Host with a path', message('GET / HTTP/1.1', 'host: example.org/x'), 400, 'HOST_INVALID'],
  ['REQ-10: a missing Host beside an absolute-form target', message('GET http://a/ HTTP/1.1'), 400, 'HOST_MISSING'],
  ['REQ-10: a Host that two were joined to', message('GET / HTTP/1.1', 'host: a,b'), 400, 'HOST_INVALID'],
  ['REQ-10: a Host that is a port', message('GET / HTTP/1.1', 'host: :80'), 400, 'HOST_INVALID'],
  [
    'REQ-01: two Content-Types',
    message('GET / HTTP/1.1', HOST, 'content-type: a/b', 'content-type: a/b'),
    400,
    'CONTENT_TYPE_REPEATED',
  ],
  [
    'REQ-01: two Authorizations',
    message('GET / HTTP/1.1', HOST, 'authorization: a', 'authorization: b'),
    400,
    'AUTHORIZATION_REPEATED',
  ],
  ['REQ-07: * with GET', message('GET * HTTP/1.1', HOST), 400, 'TARGET_FORM'],
  ['REQ-08: authority-form with GET', message('GET example.org:80 HTTP/1.1', HOST), 400, ''],
  ['REQ-08: origin-form with CONNECT', message('CONNECT /x HTTP/1.1', HOST), 400, 'TARGET_FORM'],
  ['REQ-09: # in the target', message('GET /a#b HTTP/1.1', HOST), 400, 'TARGET_CHARACTER'],
  ['REQ-09: a space in the target', message('GET /a b HTTP/1.1', HOST), 400, ''],
  ['REQ-09: a control character in the target', message('GET /a\x01b HTTP/1.1', HOST), 400, 'TARGET_CHARACTER'],
  ['REQ-09: two spaces before the target', message('GET  / HTTP/1.1', HOST), 400, 'MALFORMED'],
  ['REQ-11: a space before the colon', message('GET / HTTP/1.1', HOST, 'x : 1'), 400, 'MALFORMED'],
  ['REQ-11: a field without a colon', message('GET / HTTP/1.1', HOST, 'x'), 400, 'MALFORMED'],
  ['REQ-11: an empty field name', message('GET / HTTP/1.1', HOST, ': x'), 400, 'MALFORMED'],
  ['REQ-11: a bare LF at the end of a line', `GET / HTTP/1.1\r\n${HOST}\nx: 1\r\n\r\n`, 400, 'MALFORMED'],
  ['REQ-11: a bare LF at the end of the request line', `GET / HTTP/1.1\n${HOST}\r\n\r\n`, 400, 'MALFORMED'],
  ['REQ-11: a bare CR within a value', message('GET / HTTP/1.1', HOST, 'x: a\rb'), 400, 'MALFORMED'],
  ['REQ-11: a bare LF as the empty line', `GET / HTTP/1.1\r\n${HOST}\r\n\n`, 400, 'MALFORMED'],
  ['REQ-11: NUL within a value', message('GET / HTTP/1.1', HOST, 'x: a\0b'), 400, 'MALFORMED'],
  ['REQ-11: a folded field', message('GET / HTTP/1.1', HOST, 'x: a', ' b'), 400, 'MALFORMED'],
  ['REQ-11: a fold before the first field', message('GET / HTTP/1.1', ` ${HOST}`), 400, 'MALFORMED'],
  [
    'REQ-12: Transfer-Encoding with Content-Length',
    message('POST / HTTP/1.1', HOST, 'transfer-encoding: chunked', 'content-length: 3'),
    400,
    'FRAMING_CONFLICT',
  ],
  [
    'REQ-12: Content-Length with Transfer-Encoding',
    message('POST / HTTP/1.1', HOST, 'content-length: 3', 'transfer-encoding: chunked'),
    400,
    'FRAMING_CONFLICT',
  ],
  ['REQ-13: a Content-Length with a sign', message('POST / HTTP/1.1', HOST, 'content-length: +3'), 400, ''],
  ['REQ-13: a negative Content-Length', message('POST / HTTP/1.1', HOST, 'content-length: -3'), 400, ''],
  ['REQ-13: a hexadecimal Content-Length', message('POST / HTTP/1.1', HOST, 'content-length: 0x3'), 400, ''],
  ['REQ-13: an empty Content-Length', message('POST / HTTP/1.1', HOST, 'content-length:'), 400, ''],
  ['REQ-13: a list of lengths', message('POST / HTTP/1.1', HOST, 'content-length: 3, 3'), 400, ''],
  [
    'REQ-13: two lengths',
    message('POST / HTTP/1.1', HOST, 'content-length: 3', 'content-length: 4'),
    400,
    'LENGTH_INVALID',
  ],
  [
    'REQ-13: a length beyond what can be counted',
    message('POST / HTTP/1.1', HOST, 'content-length: 9007199254740993'),
    413,
    'LENGTH_TOO_LARGE',
  ],
  ['REQ-14: an unknown coding', message('POST / HTTP/1.1', HOST, 'transfer-encoding: gzip'), 501, ''],
  ['REQ-14: a coding before chunked', message('POST / HTTP/1.1', HOST, 'transfer-encoding: gzip, chunked'), 501, ''],
  ['REQ-14: chunked not last', message('POST / HTTP/1.1', HOST, 'transfer-encoding: chunked, gzip'), 400, ''],
  ['REQ-14: chunked twice', message('POST / HTTP/1.1', HOST, 'transfer-encoding: chunked, chunked'), 400, ''],
  ['REQ-14: a tab behind chunked', message('POST / HTTP/1.1', HOST, 'transfer-encoding: chunked\t'), 400, ''],
  ['REQ-14: a byte behind chunked', message('POST / HTTP/1.1', HOST, 'transfer-encoding: chunked\xa0'), 501, ''],
  ['REQ-14: an empty coding', message('POST / HTTP/1.1', HOST, 'transfer-encoding:'), 400, 'CODING_INVALID'],
  ['REQ-14: chunked on HTTP/1.0', message('POST / HTTP/1.0', 'transfer-encoding: chunked'), 400, 'CODING_ON_HTTP10'],
  ['EXP-05: an unknown expectation', message('GET / HTTP/1.1', HOST, 'expect: 200-ok'), 417, 'EXPECTATION'],
  ['REQ-15: HTTP/2.0', message('GET / HTTP/2.0', HOST), 505, 'VERSION'],
  ['REQ-15: the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505, 'VERSION'],
  ['an unknown method', message('BREW / HTTP/1.1', HOST), 501, 'METHOD_UNKNOWN'],
  ['bytes that are not HTTP', '\x16\x03\x01\x02\0\x01', 400, 'MALFORMED'],
]

describe.each([
  ['at once', false],
  ['byte by byte', true],
])('a request that must not reach the application, sent %s', (_how, bytewise) => {
  it.each(cases)('%s', async (_name, bytes, status, code) => {
    const { client, calls } = await refused(bytes, { bytewise })
    expect(calls).toBe(0)
    expect(client.refusals.map(one => one.status)).toEqual([status])
    if (code !== '') expect(client.refusals[0]?.code).toBe(code)
    const received = client.take()
    expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^\\r]+\\r\\n`))
    expect(received).toContain('\r\nconnection: close\r\n')
    expect(received.split('HTTP/1.1').length).toBe(2)
    expect(client.wire.calls.at(-1)).toBe('end')
  })
})

describe('the limits of a head', () => {
  const limits = { requestLine: 40, fieldCount: 3, fieldSize: 20 }
  const line = (length: number): string => message(`GET /${'a'.repeat(length - 14)} HTTP/1.1`, 'host: a')

  it.each([
    ['a request line at the limit', line(40), 0],
    ['a request line over it: 414', line(41), 414],
    ['as many fields as allowed', message('GET / HTTP/1.1', 'host: a', 'b: 1', 'c: 2'), 0],
    ['one field more: 431', message('GET / HTTP/1.1', 'host: a', 'b: 1', 'c: 2', 'd: 3'), 431],
    ['a field line at the limit', message('GET / HTTP/1.1', 'host: a', `b: ${'x'.repeat(17)}`), 0],
    ['a field line over it: 431', message('GET / HTTP/1.1', 'host: a', `b: ${'x'.repeat(18)}`), 431],
    ['a field name over it: 431', message('GET / HTTP/1.1', 'host: a', `${'n'.repeat(30)}: x`), 431],
  ])('%s', async (_name, bytes, status) => {
    for (const bytewise of [false, true]) {
      const { client, calls } = await refused(bytes, { bytewise, limits })
      expect(client.refusals.map(one => one.status)).toEqual(status === 0 ? [] : [status])
      expect(calls).toBe(status === 0 ? 2 : 0)
    }
  })

  it.each([
    ['a request line', `GET /${'a'.repeat(100)}`, 414],
    ['a field', `GET / HTTP/1.1\r\nhost: a\r\nb: ${'x'.repeat(100)}`, 431],
    ['white space before a value', `GET / HTTP/1.1\r\nhost: a\r\nb:${' '.repeat(100)}`, 431],
    ['a method', 'G'.repeat(100), 501],
  ])('are held while %s has no end', async (_name, bytes, status) => {
    const client = connect(() => Promise.reject(new Error('called')), { limits })
    client.send(...(bytes.match(/[\s\S]/g) ?? []))
    await client.settled()
    expect(client.refusals.map(one => one.status)).toEqual([status])
    expect(client.logged).toEqual([])
    expect(client.isClosed).toBe(true)
  })

  it('are gunicorn’s by default: 4094 bytes, 100 fields, 8190 bytes', async () => {
    const fields = Array.from({ length: 99 }, (_, i) => `f${i}: 1`)
    const large = `x: ${'y'.repeat(8187)}`
    const served = await refused(message(`GET /${'a'.repeat(4080)} HTTP/1.1`, 'host: a', large, ...fields.slice(1)))
    expect(served.calls).toBe(2)
    expect((await refused(message(`GET /${'a'.repeat(4081)} HTTP/1.1`, 'host: a'))).client.take()).toMatch(/ 414 /)
    expect((await refused(message('GET / HTTP/1.1', 'host: a', 'x: 1', ...fields))).client.take()).toMatch(/ 431 /)
    expect((await refused(message('GET / HTTP/1.1', 'host: a', `${large}z`))).client.take()).toMatch(/ 431 /)
  })
})

describe('what stands before a request line', () => {
  it.each([
    ['one empty line is ignored', '\r\n', 1],
    ['two are', '\r\n\r\n', 1],
    ['three are refused', '\r\n\r\n\r\n', 0],
    ['a bare LF is refused', '\n', 0],
    ['a bare CR is refused', '\rG', 0],
  ])('%s', async (_name, before, calls) => {
    const { client, requests } = connectTo({ status: 200 })
    client.send(before + get())
    await client.settled()
    expect(requests).toHaveLength(calls)
    expect(client.refusals.map(one => one.status)).toEqual(calls === 0 ? [400] : [])
  })
})

describe('a head that does not arrive', () => {
  it('is answered 400 when the client closes its side within it', async () => {
    const { client, requests } = connectTo({ status: 200 })
    client.send('GET / HT').end()
    await client.settled()
    expect(client.take()).toMatch(/^HTTP\/1\.1 400 /)
    expect(requests).toHaveLength(0)
  })

  it('is answered 408 when the server waits no longer', async () => {
    const { client } = connectTo({ status: 200 })
    client.send('GET / HT')
    client.connection.expire()
    expect(client.take()).toMatch(/^HTTP\/1\.1 408 /)
    expect(client.isClosed).toBe(true)
  })

  it('ends the connection without a word when not a byte of it came', async () => {
    for (const endIt of [
      (client: MemoryClient) => client.end(),
      (client: MemoryClient) => client.connection.expire(),
    ]) {
      const { client } = connectTo({ status: 200 })
      endIt(client)
      await client.settled()
      expect(client.output).toBe('')
      expect(client.wire.calls).toEqual(['end'])
    }
  })
})
