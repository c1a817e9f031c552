// Limits on the body of a request: before the application where the length is known, in its place where it is not.
import { describe, expect, it } from '@jest/globals'
import type { GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { connect, deferred, get, type MemoryClient, message, post } from '../../support/memory-client.ts'

const LIMIT = 10
const limits = { bodySize: LIMIT }
const chunkedHead = message('POST / HTTP/1.1', 'host: example.org', 'transfer-encoding: chunked')
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

/** A client of an application that reads the body and answers with its length, or with the code of what it threw. */
function measuring(): { client: MemoryClient; requests: GatewayRequest[] } {
  const requests: GatewayRequest[] = []
  const client = connect(
    async request => {
      requests.push(request)
      let size = 0
      for await (const piece of request.body ?? []) size += piece.length
      return { status: 200, body: `${size}` }
    },
    { limits },
  )
  return { client, requests }
}

describe('a body of known length', () => {
  it('passes at the limit', async () => {
    const { client } = measuring()
    await client.send(post('x'.repeat(LIMIT))).settled()
    expect(client.take()).toMatch(/ 200 [^]*\r\n\r\n10$/)
    expect(client.isClosed).toBe(false)
  })

  it.each([
    ['', []],
    [', without 100 Continue', ['expect: 100-continue']],
  ])('is refused with 413 over it, before the application%s', async (_how, fields) => {
    const { client, requests } = measuring()
    await client.send(post('x'.repeat(LIMIT + 1), ...fields) + get('/behind')).settled()
    expect(client.take()).toMatch(/^HTTP\/1\.1 413 (?!.*HTTP)/s)
    expect(requests).toHaveLength(0)
    expect(client.refusals.map(({ code }) => code)).toEqual(['BODY_TOO_LARGE'])
    expect(client.isClosed).toBe(true)
  })

  it('may have any length without a limit', async () => {
    const client = connect(() => ({ status: 200 }))
    await client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 9007199254740991')).settled()
    expect(client.take()).toMatch(/ 200 /)
  })
})

describe('a chunked body', () => {
  it('passes at the limit, its framing not counted', async () => {
    const { client } = measuring()
    const body = `${chunk('12345')}5;extension=${'e'.repeat(100)}\r\n67890\r\n0\r\ntrailer: ${'t'.repeat(100)}\r\n\r\n`
    await client.send(chunkedHead + body).settled()
    expect(client.take()).toMatch(/ 200 [^]*\r\n\r\n10$/)
  })

  it.each([
    ['at once', (text: string) => [text]],
    ['byte by byte', (text: string) => Array.from(text)],
  ])('is answered 413 when it grows over it, sent %s', async (_how, cut) => {
    const { client, requests } = measuring()
    await client.send(...cut(chunkedHead + chunk('12345').repeat(4)), `0\r\n\r\n${get('/behind')}`).settled()
    expect(client.take()).toMatch(/^HTTP\/1\.1 413 (?!.*HTTP)/s)
    expect(client.take()).toBe('')
    expect(requests).toHaveLength(1)
    expect(client.refusals.map(({ code }) => code)).toEqual(['BODY_TOO_LARGE'])
    expect(client.logged).toEqual([])
    expect(client.isClosed).toBe(true)
  })

  it('rejects the read, aborts the signal, and closes what the application answers all the same', async () => {
    const events: string[] = []
    const client = connect(
      async request => {
        request.signal.addEventListener('abort', () => events.push(`signal ${request.signal.reason.code}`))
        try {
          for await (const piece of request.body ?? []) events.push(`${piece.length}`)
        } catch (error) {
          events.push(`body ${(error as { code: string }).code}`)
        }
        return {
          status: 200,
          body: {
            [Symbol.iterator]: (): Iterator<string> => ({
              next: () => ({ done: false, value: 'never' }),
              return: () => {
                events.push('return')
                return { done: true, value: undefined }
              },
            }),
          },
          finished: (error?: unknown): void => {
            events.push(`finished ${(error as { code: string }).code}`)
          },
        }
      },
      { limits, observed: true },
    )
    await client.send(chunkedHead + chunk('12345'), chunk('67890'), chunk('x')).settled()
    expect(events).toEqual([
      'signal KIRIN_BODY_TOO_LARGE',
      '5',
      '5',
      'body KIRIN_BODY_TOO_LARGE',
      'return',
      'finished KIRIN_BODY_TOO_LARGE',
    ])
    expect(client.take()).toMatch(/^HTTP\/1\.1 413 (?!.*HTTP)/s)
    expect(client.outcomes).toEqual([expect.objectContaining({ code: 'KIRIN_BODY_TOO_LARGE' })])
  })

  it('is answered 413 even while the application looks at something else', async () => {
    const gate = deferred<GatewayResponse>()
    const client = connect(() => gate.promise, { limits })
    await client.send(chunkedHead + chunk('x'.repeat(11))).settled()
    expect(client.take()).toMatch(/^HTTP\/1\.1 413 /)
    gate.resolve({ status: 200 })
    await client.settled()
    expect(client.take()).toBe('')
  })

  it('rejects and ends the connection with the response where that has begun', async () => {
    const read = deferred<unknown>()
    const goOn = deferred()
    const client = connect(
      request => ({
        status: 200,
        body: (async function* () {
          yield 'begun'
          await (async () => {
            for await (const piece of request.body ?? []) void piece
          })().catch(read.resolve)
          await goOn.promise
          yield 'ended'
        })(),
      }),
      { limits },
    )
    await client.send(chunkedHead).settled()
    expect(client.take()).toMatch(/begun/)
    client.send(chunk('x'.repeat(11)))
    expect(await read.promise).toMatchObject({ code: 'KIRIN_BODY_TOO_LARGE' })
    goOn.resolve()
    await client.settled()
    expect(client.take()).toMatch(/ended\r\n0\r\n\r\n$/)
    expect(client.isClosed).toBe(true)
  })
})

describe('a body that takes too long', () => {
  it('is answered 408 where the application waits for it', async () => {
    const { client } = measuring()
    await client.send(post('0123456789').slice(0, -4)).settled()
    expect(client.connection.awaited).toBe('bytes')
    client.connection.expire()
    await client.settled()
    expect(client.take()).toMatch(/^HTTP\/1\.1 408 /)
    expect(client.refusals.map(({ code }) => code)).toEqual(['BODY_TIMEOUT'])
    expect(client.logged).toEqual([])
    expect(client.isClosed).toBe(true)
  })

  it('rejects with KIRIN_BODY_TIMEOUT, what has come before it', async () => {
    const seen: unknown[] = []
    const client = connect(
      async request => {
        try {
          for await (const piece of request.body ?? []) seen.push(piece.length)
        } catch (error) {
          seen.push((error as { code: string }).code)
        }
        return { status: 200 }
      },
      { limits },
    )
    await client.send(post('0123456789').slice(0, -4)).settled()
    client.connection.expire()
    await client.settled()
    expect(seen).toEqual([6, 'KIRIN_BODY_TIMEOUT'])
  })

  it('waits for nothing of a client that waits for 100 Continue', async () => {
    const client = connect(() => new Promise(() => undefined))
    await client.send(post('', 'expect: 100-continue').replace('length: 0', 'length: 9')).settled()
    expect(client.connection.awaited).toBe('nothing')
  })

  it('waits for the application while that leaves it unread, and answers 408 in the end', async () => {
    const client = connect(() => new Promise(() => undefined))
    await client.send(message('POST / HTTP/1.1', 'host: a', 'content-length: 99999999'), Buffer.alloc(65_536)).settled()
    expect(client.connection.awaited).toBe('read')
    expect(client.connection.unread).toBe(65_536)
    client.connection.expire()
    expect(client.take()).toMatch(/^HTTP\/1\.1 408 /)
    expect(client.refusals.map(({ code }) => code)).toEqual(['BODY_UNREAD'])
  })

  it('is read on behind its end though the application left it unread: there the loss of the client shows', async () => {
    const client = connect(() => new Promise(() => undefined))
    await client.send(post('x'.repeat(70_000))).settled()
    expect(client.connection.state).toBe('waiting')
    expect(client.wire.isPaused).toBe(false)
  })
})
