// Requests whose application is called a little later, with those of other connections: what may happen until then.
import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { connect, get, type MemoryClient, type MemoryClientOptions, message } from '../../support/memory-client.ts'

const UPLOAD = message('POST /upload HTTP/1.1', 'host: a', 'transfer-encoding: chunked')

/** A client whose requests wait, and the targets for which the application was called. */
function waiting(options: MemoryClientOptions = {}): { client: MemoryClient; called: string[] } {
  const called: string[] = []
  const application = (request: GatewayRequest): GatewayResponse | Promise<GatewayResponse> => {
    called.push(request.target)
    return request.body === null ? { status: 200, body: request.target } : echo(request)
  }
  return { client: connect(application, { observed: true, waits: true, ...options }), called }
}

async function echo(request: GatewayRequest): Promise<GatewayResponse> {
  let text = ''
  for await (const chunk of request.body ?? []) text += Buffer.from(chunk).toString()
  return { status: 200, body: `${text} ${JSON.stringify(request.trailers)}` }
}

describe('a request that waits for others', () => {
  it('is answered when the application is called', () => {
    const { client, called } = waiting()
    client.send(get('/a'))
    expect([called, client.output]).toEqual([[], ''])
    client.begin()
    expect(called).toEqual(['/a'])
    expect(client.output).toMatch(/^HTTP\/1.1 200 .*\/a$/s)
    expect(client.outcomes).toEqual([undefined])
  })

  it('has its whole body and its trailers by then', async () => {
    const { client } = waiting()
    client.send(UPLOAD, '3\r\nabc\r\n', '2\r\nde\r\n0\r\nx-sum: 5\r\n\r\n').begin()
    await client.settled()
    expect(client.output).toMatch(/abcde \{"x-sum":"5"\}$/)
  })

  it('is answered as the last one where the client closed its side', () => {
    const { client } = waiting()
    client.send(get('/a')).end().begin()
    expect(client.output).toMatch(/\r\nconnection: close\r\n.*\/a$/s)
    expect(client.isClosed).toBe(true)
  })

  it('is answered as the last one where the server stops', () => {
    const { client } = waiting()
    client.send(get('/a')).drain().begin()
    expect(client.output).toMatch(/\r\nconnection: close\r\n.*\/a$/s)
    expect(client.isClosed).toBe(true)
  })

  it('never reaches the application where its client is lost', () => {
    const { client, called } = waiting()
    client.send(get('/a')).lose().begin()
    expect([called, client.outcomes]).toEqual([[], []])
  })

  it('never reaches the application where its body passes the limit', async () => {
    const { client, called } = waiting({ limits: { bodySize: 4 } })
    client.send(`${UPLOAD}5\r\nabcde\r\n0\r\n\r\n`).begin()
    await client.settled()
    expect(client.output).toMatch(/^HTTP\/1.1 413 /)
    expect(client.isClosed).toBe(true)
    expect([called, client.outcomes]).toEqual([[], []])
  })

  it('is refused where its body is malformed and the application reads it', async () => {
    const { client, called } = waiting()
    client.send(`${UPLOAD}x\r\n`).begin()
    await client.settled()
    expect(called).toEqual(['/upload'])
    expect(client.output).toMatch(/^HTTP\/1.1 400 /)
    expect(client.isClosed).toBe(true)
  })

  it('has those behind it held, which then do not wait', () => {
    const { client, called } = waiting()
    client.send(get('/a'), get('/b') + get('/c')).begin()
    expect(called).toEqual(['/a', '/b', '/c'])
    client.send(get('/d'))
    expect(called).toHaveLength(3)
    client.begin()
    expect(called).toHaveLength(4)
  })
})

describe('a request that does not wait', () => {
  it.each([
    ['behind another one in the same read', get('/a') + get('/b'), ['/a', '/b']],
    [
      'with another one behind its body',
      `${message('POST /a HTTP/1.1', 'host: a', 'content-length: 1')}x${get('/b')}`,
      ['/a'],
    ],
    ['that offers to change the protocol', get('/a', 'Connection: Upgrade', 'Upgrade: x'), ['/a']],
  ])('is one %s', (_what, bytes, expected) => {
    const { client, called } = waiting()
    client.send(bytes)
    expect(called).toEqual(expected)
  })
})
