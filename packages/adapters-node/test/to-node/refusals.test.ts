import { EventEmitter, once } from 'node:events'
import { afterEach, describe, expect, it } from '@jest/globals'
import { type Bridge, get, startBridge } from '../support/bridge.ts'
import { parseResponses, RawClient } from '../support/raw-client.ts'

let bridge: Bridge
let called: string[]
afterEach(() => bridge.stop())

/** What a server sends for these bytes until it closes; the targets of the requests that reached the application are in `called`. */
async function answersTo(bytes: string): Promise<string[]> {
  called = []
  bridge = await startBridge(request => {
    called.push(request.target)
    return { status: 200 }
  })
  const client = await RawClient.connect(bridge.port)
  client.send(bytes)
  return parseResponses(await client.toEnd()).map(({ statusLine }) => statusLine.slice('HTTP/1.1 '.length))
}

const http11 = (line: string, ...fields: string[]): string =>
  `${[`${line} HTTP/1.1`, ...fields].map(text => `${text}\r\n`).join('')}\r\n`

describe('a request that is refused', () => {
  it.each([
    ['* with GET', http11('GET *', 'Host: a'), '400 Bad Request'],
    ['a fragment', http11('GET /a#b', 'Host: a'), '400 Bad Request'],
    ['another scheme', http11('GET ftp://a/', 'Host: a'), '400 Bad Request'],
    ['an absolute form without a host', http11('GET http:///b', 'Host: a'), '400 Bad Request'],
    ['no Host', http11('GET /'), '400 Bad Request'],
    ['two Hosts', http11('GET /', 'Host: a', 'Host: a'), '400 Bad Request'],
    ['a Host with a space', http11('GET /', 'Host: a b'), '400 Bad Request'],
    ['a Host with a path', http11('GET /', 'Host: a/b'), '400 Bad Request'],
    ['an unknown coding', http11('POST /', 'Host: a', 'Transfer-Encoding: foo'), '501 Not Implemented'],
    ['a coding before chunked', http11('POST /', 'Host: a', 'Transfer-Encoding: foo, chunked'), '501 Not Implemented'],
    ['chunked twice', http11('POST /', 'Host: a', 'Transfer-Encoding: chunked, chunked'), '400 Bad Request'],
    ['a coding on HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', '400 Bad Request'],
    ['another version', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', '505 HTTP Version Not Supported'],
    ['an expectation', http11('GET /', 'Host: a', 'Expect: wonders'), '417 Expectation Failed'],
    ['one expectation too many', http11('GET /', 'Host: a', 'Expect: 100-continue, x'), '417 Expectation Failed'],
    ['CONNECT to a path', http11('CONNECT /', 'Host: a'), '400 Bad Request'],
    ['CONNECT with content', http11('CONNECT a:1', 'Host: a', 'Content-Length: 9'), '501 Not Implemented'],
    ['CONNECT on HTTP/1.0', 'CONNECT a:1 HTTP/1.0\r\n\r\n', '501 Not Implemented'],
    ['what is no HTTP', 'HELO\r\n\r\n', '400 Bad Request'],
    [
      'two ways of framing',
      http11('POST /', 'Host: a', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
      '400 Bad Request',
    ],
    [
      'a head that is too large',
      http11('GET /', 'Host: a', `X: ${'x'.repeat(20_000)}`),
      '431 Request Header Fields Too Large',
    ],
  ])(
    'for %s is answered once and closes the connection before the application is called',
    async (_what, bytes, status) => {
      const last = http11('GET /behind', 'Host: a')
      expect(await answersTo(bytes + last)).toEqual([status])
      expect(called).toEqual([])
    },
  )

  it.each([
    ['in its head', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', '400 Bad Request'],
    ['by a rule', http11('GET *', 'Host: a'), '400 Bad Request'],
    ['as a CONNECT', http11('CONNECT /', 'Host: a'), '400 Bad Request'],
    ['as an upgrade', http11('GET *', 'Host: a', 'Connection: upgrade', 'Upgrade: a'), '400 Bad Request'],
  ])('%s waits for the answers to those before it', async (_how, bytes, status) => {
    const before = http11('GET /1', 'Host: a') + http11('GET /2', 'Host: a')
    expect(await answersTo(before + bytes)).toEqual(['200 OK', '200 OK', status])
    expect(called).toEqual(['/1', '/2'])
  })

  it('is one whose body is malformed: it rejects, and nothing else is answered', async () => {
    const ends = new EventEmitter()
    bridge = await startBridge(async request => {
      const outcome = (async () => {
        for await (const _chunk of request.body ?? []);
      })()
      await outcome.catch((error: Error) => ends.emit('rejected', error, request.signal.aborted))
      return { status: 200, finished: error => ends.emit('finished', error) }
    })
    const rejected = once(ends, 'rejected')
    const finished = once(ends, 'finished')
    const client = await RawClient.connect(bridge.port)
    client.send(get('/', { method: 'POST', fields: 'Transfer-Encoding: chunked\r\n', body: 'xyz\r\n' }))
    expect(parseResponses(await client.toEnd()).map(({ statusLine }) => statusLine)).toEqual([
      'HTTP/1.1 400 Bad Request',
    ])
    expect(await rejected).toEqual([
      expect.objectContaining({ code: expect.stringContaining('HPE_') as unknown }),
      true,
    ])
    expect(await finished).toEqual([expect.objectContaining({ code: expect.stringContaining('HPE_') as unknown })])
  })

  it('is one whose body was cut short by the end of the connection', async () => {
    const ends = new EventEmitter()
    bridge = await startBridge(async request => {
      try {
        for await (const _chunk of request.body ?? []) ends.emit('chunk')
      } catch {
        ends.emit('rejected')
      }
      return { status: 200 }
    })
    const begun = once(ends, 'chunk')
    const rejected = once(ends, 'rejected')
    const client = await RawClient.connect(bridge.port)
    client.send(get('/', { method: 'POST', fields: 'Content-Length: 9\r\n', body: 'part' }))
    await begun
    client.socket.end()
    expect(await client.toEnd()).toContain('HTTP/1.1 400 Bad Request')
    await rejected
  })
})

describe('a connection', () => {
  it('runs pipelined requests one after the other', async () => {
    const running: string[] = []
    bridge = await startBridge(async request => {
      running.push(`+${request.path}`)
      await new Promise(setImmediate)
      running.push(`-${request.path}`)
      return { status: 200, body: request.path }
    })
    const client = await RawClient.connect(bridge.port)
    client.send(http11('GET /1', 'Host: a') + http11('GET /2', 'Host: a') + get('/3'))
    expect(parseResponses(await client.toEnd()).map(({ body }) => body)).toEqual(['/1', '/2', '/3'])
    expect(running).toEqual(['+/1', '-/1', '+/2', '-/2', '+/3', '-/3'])
  })

  it('answers a client that has ended its side, and does not call it lost', async () => {
    const gate = new EventEmitter()
    let aborted: boolean | undefined
    bridge = await startBridge(async request => {
      if (request.path === '/other') return { status: 200 }
      gate.emit('begun')
      await once(gate, 'answer')
      aborted = request.signal.aborted
      return { status: 200, body: 'still here' }
    })
    const begun = once(gate, 'begun')
    const client = await RawClient.connect(bridge.port)
    client.socket.end(http11('GET /', 'Host: a'))
    await begun
    // The server has seen the end when it has answered a later connection.
    await bridge.ask(get('/other'))
    gate.emit('answer')
    expect(await client.toEnd()).toMatch(/still here$/)
    expect(aborted).toBe(false)
  })
})
