import { beforeEach, describe, expect, it } from '@jest/globals'
import type { GatewayRequest } from '../../src/index.ts'
import { collect, createRequest } from '../../src/testing/index.ts'
import { but, giving, type Watched } from './support/watched.ts'

/** An application that reads what it gets. */
function reading(): Watched {
  return giving(async ({ body }: GatewayRequest) => ({ status: 200, body: await collect(body) }))
}

/** A request with a body that the test makes, and what its trailers are. */
function withBody(body: object, trailers: () => unknown = () => undefined): GatewayRequest {
  return but(createRequest({ body: 'tea' }), {
    body,
    get trailers() {
      return trailers()
    },
  })
}

/** A body that keeps the contract but for what its steps are. */
function bodyOf(steps: () => AsyncIterator<unknown>): AsyncIterable<unknown> {
  let isUsed = false
  return {
    [Symbol.asyncIterator]() {
      if (isUsed) throw new TypeError('used')
      isUsed = true
      return steps()
    },
  }
}

const empty = Object.freeze(Object.create(null) as object)

describe('a body that keeps the contract', () => {
  it('arrives as it was sent, and nothing is found', async () => {
    const watched = reading()
    const request = createRequest({ body: ['tea', ' and ', 'cake'], trailers: { digest: 'x' } })
    expect((await watched.respond(request)).body).toEqual(Buffer.from('tea and cake'))
    expect(await watched.settled()).toEqual([])
  })

  it('may be left early, and fails as it would without lint', async () => {
    const failing = giving(async ({ body }: GatewayRequest) => {
      for await (const _chunk of body ?? []) break
      return { status: 413 }
    })
    expect((await failing.respond(createRequest({ body: ['a', 'b'] }))).status).toBe(413)
    const cut = createRequest({ body: ['a'], headers: { 'content-length': '2' } })
    await expect(reading().respond(cut)).rejects.toMatchObject({ code: 'NSGI_BODY_TRUNCATED' })
    expect(failing.found).toEqual([])
  })

  it('may be asked on after it failed or was left, which tells nothing', async () => {
    const watched = giving(async ({ body }: GatewayRequest) => {
      const iterator = body?.[Symbol.asyncIterator]()
      await iterator?.return?.()
      return { status: 200, body: String((await iterator?.next())?.done) }
    })
    expect((await watched.respond(createRequest({ body: ['a', 'b'] }))).body).toBe('true')
    const failing = giving(async ({ body }: GatewayRequest) => {
      const iterator = body?.[Symbol.asyncIterator]()
      const steps = [await iterator?.next(), await iterator?.next().catch(() => 'failed'), await iterator?.next()]
      return { status: 200, body: JSON.stringify(steps.slice(1)) }
    })
    const cut = createRequest({ body: ['a'], headers: { 'content-length': '2' } })
    expect((await failing.respond(cut)).body).toBe('["failed",{"done":true}]')
    expect([await watched.settled(), await failing.settled()]).toEqual([[], []])
  })

  it('throws at a second iteration, as it would without lint', async () => {
    const watched = giving(async ({ body }: GatewayRequest) => {
      await collect(body)
      return { status: 200, body: await collect(body) }
    })
    await expect(watched.respond(createRequest({ body: 'tea' }))).rejects.toMatchObject({ code: 'NSGI_BODY_USED' })
    expect(watched.found).toEqual([])
  })

  it('goes to the application itself, where there is none to watch', async () => {
    const request = createRequest()
    let given: unknown
    const watched = giving(inner => {
      given = inner
      return { status: 200 }
    })
    await watched.respond(request)
    expect(given).toBe(request)
  })
})

describe('a body that breaks the contract', () => {
  let isEnded: boolean
  beforeEach(() => {
    isEnded = false
  })
  const ended = (): unknown => (isEnded ? empty : undefined)
  async function* yielding(...chunks: unknown[]) {
    yield* chunks
    isEnded = true
  }

  it('BOD-02: yields text', async () => {
    const watched = giving(async ({ body }: GatewayRequest) => {
      for await (const _chunk of body ?? []);
      return { status: 200 }
    })
    await watched.respond(
      withBody(
        bodyOf(() => yielding('tea')),
        ended,
      ),
    )
    expect(await watched.settled()).toEqual(['server BOD-02'])
  })

  it('BOD-02: yields an empty chunk', async () => {
    const watched = reading()
    await watched.respond(
      withBody(
        bodyOf(() => yielding(new Uint8Array())),
        ended,
      ),
    )
    expect(await watched.settled()).toEqual(['server BOD-02'])
  })

  it('BOD-04: can be iterated again', async () => {
    const watched = reading()
    await watched.respond(withBody({ [Symbol.asyncIterator]: () => yielding(new Uint8Array(1)) }, ended))
    expect(await watched.settled()).toEqual(['server BOD-04'])
  })

  it('BOD-06: yields the same memory again', async () => {
    const memory = new Uint8Array(8)
    const watched = reading()
    await watched.respond(
      withBody(
        bodyOf(() => yielding(memory.subarray(0, 4), memory.subarray(3))),
        ended,
      ),
    )
    expect(await watched.settled()).toEqual(['server BOD-06'])
  })

  it('BOD-10: has its trailers before the last chunk', async () => {
    const watched = reading()
    let reads = 0
    async function* chunks() {
      yield new Uint8Array(1)
      reads = 1000
      yield new Uint8Array(2)
      yield new Uint8Array(3)
    }
    await watched.respond(withBody(bodyOf(chunks), () => (reads >= 1000 ? empty : undefined)))
    expect(await watched.settled()).toEqual(['server BOD-10'])
  })

  it('BOD-10: has no trailers after its end', async () => {
    const watched = reading()
    await watched.respond(withBody(bodyOf(() => yielding(new Uint8Array(1)))))
    expect(await watched.settled()).toEqual(['server BOD-10'])
  })

  it('BOD-10: gets its trailers into the headers', async () => {
    const watched = reading()
    const request = createRequest({ body: 'tea' })
    const headers = Object.assign(Object.create(null) as Record<string, string>, request.headers)
    const trailers = Object.assign(Object.create(null) as object, { digest: 'x' })
    async function* chunks() {
      yield new Uint8Array(1)
      headers['digest'] = 'x'
      isEnded = true
    }
    await watched.respond(
      but(
        withBody(bodyOf(chunks), () => (isEnded ? trailers : undefined)),
        { headers },
      ),
    )
    expect(await watched.settled()).toEqual(['server BOD-10'])
  })

  it('REQ-19: has trailers with a prototype', async () => {
    const watched = reading()
    await watched.respond(
      withBody(
        bodyOf(() => yielding(new Uint8Array(1))),
        () => (isEnded ? {} : undefined),
      ),
    )
    expect(await watched.settled()).toEqual(['server REQ-19'])
  })
})
