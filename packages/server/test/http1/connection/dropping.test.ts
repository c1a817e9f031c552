// An application that drops its client instead of answering it (docs/decisions/0020).
import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { serveWithJournal } from '../../support/journal.ts'
import { connect, deferred, get, post } from '../../support/memory-client.ts'

const drop = (request: GatewayRequest): void => (request as unknown as { 'nsgi.drop'(): void })['nsgi.drop']()

describe('nsgi.drop of a request', () => {
  it.each([
    ['at once', Promise.resolve(), true],
    ['later', new Promise<void>(resolve => setImmediate(resolve)), false],
  ])('%s ends the connection without an answer; the response that comes is discarded: END-05', async (...how) => {
    const [, gate, isSync] = how
    const { client, journal } = serveWithJournal(journal => {
      const answer = (request: GatewayRequest): GatewayResponse => {
        drop(request)
        return { status: 200, body: 'late', finished: journal.finished() }
      }
      return request => (isSync ? answer(request) : gate.then(() => answer(request)))
    }, true)
    await client.send(get()).settled()
    expect(client.output).toBe('')
    expect(client.isClosed).toBe(true)
    expect(client.logged).toEqual([])
    expect(journal.events).toEqual(['signal', 'finished with an error'])
    expect(journal.errors).toEqual([expect.objectContaining({ code: 'KIRIN_DROPPED' })])
    expect(client.outcomes).toEqual(journal.errors)
  })

  it.each<[string, (request: GatewayRequest) => Partial<GatewayResponse>]>([
    [
      'a member of the response',
      request => ({
        get body() {
          return (drop(request), 'late')
        },
      }),
    ],
    ['the iterator', request => ({ body: { [Symbol.iterator]: () => (drop(request), ['late'][Symbol.iterator]()) } })],
    [
      'a step',
      request => ({ body: { [Symbol.iterator]: () => ({ next: () => (drop(request), { value: 'late' }) }) } }),
    ],
    [
      'a member of a step',
      request => ({
        body: {
          [Symbol.iterator]: () => ({
            next: () => ({
              get value() {
                return (drop(request), 'late')
              },
            }),
          }),
        },
      }),
    ],
    ['trailers', request => ({ body: [], trailers: () => (drop(request), { 'x-late': 'late' }) })],
  ])('holds also where %s drops while the server asks for it', async (_name, make) => {
    const { client, journal } = serveWithJournal(
      journal => request =>
        Object.defineProperties(
          { status: 200, finished: journal.finished() },
          Object.getOwnPropertyDescriptors(make(request)),
        ) as GatewayResponse,
      true,
    )
    await client.send(get()).settled()
    expect(client.output).toBe('')
    expect(client.isClosed).toBe(true)
    expect(journal.errors).toEqual([expect.objectContaining({ code: 'KIRIN_DROPPED' })])
    expect(client.outcomes).toEqual(journal.errors)
  })

  it('works through a request that was derived, and fails the body that is being read', async () => {
    const failures: unknown[] = []
    const client = connect(async request => {
      const iterator = request.body?.[Symbol.asyncIterator]()
      await iterator?.next()
      setImmediate(drop, Object.create(request))
      await iterator?.next().catch(error => failures.push(error))
      return { status: 200 }
    })
    await client.send(post('ten bytes!').slice(0, -5)).settled()
    expect(client.output).toBe('')
    expect(client.isClosed).toBe(true)
    expect(failures).toEqual([expect.objectContaining({ code: 'KIRIN_BODY_TRUNCATED' })])
  })

  it('leaves the answers before it, and nothing of what was pipelined behind it is taken', async () => {
    const seen: string[] = []
    const client = connect(request => {
      seen.push(request.target)
      if (request.target === '/drop') drop(request)
      return { status: 204 }
    })
    await client.send(get('/first') + get('/drop') + get('/behind')).settled()
    expect(client.take()).toBe('HTTP/1.1 204 No Content\r\n\r\n')
    expect(seen).toEqual(['/first', '/drop'])
    expect(client.isClosed).toBe(true)
  })

  it('does nothing once a response has begun, or is over', async () => {
    const requests: GatewayRequest[] = []
    const more = deferred()
    const client = connect(request => {
      requests.push(request)
      return { status: 200, body: body() }
    })
    async function* body(): AsyncGenerator<string> {
      yield 'a'
      await more.promise
      yield 'b'
    }
    await client.send(get()).settled()
    drop(requests[0] as GatewayRequest)
    more.resolve()
    await client.settled()
    drop(requests[0] as GatewayRequest)
    expect(client.take()).toMatch(/\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n$/)
    expect(client.isClosed).toBe(false)
  })
})
