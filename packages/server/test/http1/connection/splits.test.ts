// Where the reads cut a pipeline of requests changes nothing: neither what the application saw nor what was answered.
import { fc, it } from '@fast-check/jest'
import { describe, expect } from '@jest/globals'
import type { Application } from '@nsgi/spec'
import { chunk, connect, message, read } from '../../support/memory-client.ts'

/** How the application treats a request: whether it reads the body, when it answers, and in what form. */
interface Behaviour {
  readonly reads: boolean
  readonly delayed: boolean
  readonly form: 'text' | 'stream' | 'declared' | 'empty' | 'throw'
}

interface Body {
  readonly kind: 'none' | 'fixed' | 'chunked'
  readonly pieces: readonly string[]
  readonly trailers: readonly (readonly [string, string])[]
}

interface Request {
  readonly method: string
  readonly target: string
  readonly http11: boolean
  readonly close: boolean
  readonly fields: readonly (readonly [string, string])[]
  readonly body: Body
  readonly behaviour: Behaviour
}

const value = fc
  .string({ unit: fc.constantFrom('a', 'Z', '0', ' ', '\t', '\xe9', ',', ':', ';'), maxLength: 12 })
  .map(s => s.trim())
const field = fc.tuple(fc.constantFrom('X-A', 'x-a', 'Cookie', 'accept', 'X-Long-Name'), value)
const content = fc.string({
  unit: fc.constantFrom('a', '\r', '\n', '0', '\0', '\xff', 'GET / HTTP/1.1\r\n'),
  minLength: 1,
  maxLength: 40,
})

const body: fc.Arbitrary<Body> = fc.record({
  kind: fc.constantFrom('none', 'fixed', 'chunked'),
  pieces: fc.array(content, { maxLength: 4 }),
  trailers: fc.array(fc.tuple(fc.constantFrom('X-Sum', 'x-t'), value), { maxLength: 2 }),
})

const request: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH'),
  target: fc.string({ unit: fc.constantFrom('a', '/', '%2F', '?', '=', '.'), maxLength: 12 }).map(rest => `/${rest}`),
  http11: fc.boolean(),
  close: fc.nat(9).map(n => n === 0),
  fields: fc.array(field, { maxLength: 4 }),
  body,
  behaviour: fc.record({
    reads: fc.boolean(),
    delayed: fc.boolean(),
    form: fc.constantFrom('text', 'stream', 'declared', 'empty', 'throw'),
  }),
})

/** HTTP/1.0 has no chunked bodies. */
const kindOf = ({ http11, body }: Request): Body['kind'] => (!http11 && body.kind === 'chunked' ? 'fixed' : body.kind)

function bytesOf(request: Request): string {
  const { method, target, http11, close, fields, body } = request
  const lines = [`${method} ${target} HTTP/1.${http11 ? 1 : 0}`, 'Host: example.org']
  for (const [name, text] of fields) lines.push(`${name}: ${text}`)
  lines.push(`Behaviour: ${JSON.stringify(request.behaviour)}`)
  if (close || !http11) lines.push(`Connection: ${close ? 'close' : 'keep-alive'}`)
  const all = body.pieces.join('')
  switch (kindOf(request)) {
    case 'none':
      return message(...lines)
    case 'fixed':
      return message(...lines, `Content-Length: ${all.length}`) + all
    case 'chunked': {
      const trailers = body.trailers.map(([name, text]) => `${name}: ${text}\r\n`).join('')
      return `${message(...lines, 'Transfer-Encoding: chunked') + body.pieces.map(chunk).join('')}0;last\r\n${trailers}\r\n`
    }
  }
}

/** An application that behaves as each request says, and notes all it sees. */
function observer() {
  const seen: unknown[] = []
  const application: Application = request => {
    const { reads, delayed, form } = behaviourOf(request.headers['behaviour'])
    const { method, target, path, query, rawHeaders } = request
    const note: Record<string, unknown> = { method, target, path, query, rawHeaders }
    seen.push(note)
    const answer = (text: string) => {
      switch (form) {
        case 'throw':
          throw new Error('thrown')
        case 'empty':
          return { status: 204 }
        case 'text':
          return { status: 200, body: `[${text}]` }
        case 'declared':
          return { status: 200, headers: { 'content-length': '7' }, body: ['one', '', 'four'] }
        case 'stream':
          return { status: 200, body: pieces(`<${text}>`), trailers: () => ({ 'x-end': target }) }
      }
    }
    if (!reads) return delayed ? Promise.resolve().then(() => answer(target)) : answer(target)
    return (async () => {
      note['body'] = await read(request)
      note['trailers'] = { ...request.trailers }
      return answer(`${(note['body'] as string).length}`)
    })()
  }
  return { application, seen }
}

/** A damaged head may have lost it. */
function behaviourOf(told: string | undefined): Behaviour {
  try {
    return JSON.parse(told ?? '') as Behaviour
  } catch {
    return { reads: true, delayed: false, form: 'text' }
  }
}

async function* pieces(text: string): AsyncGenerator<string> {
  for (const piece of text.match(/[\s\S]{1,3}/g) ?? []) {
    await Promise.resolve()
    yield piece
  }
}

/** Feeds it in those pieces, with or without a breath between them. */
async function run(parts: readonly Buffer[], breath: boolean) {
  const { application, seen } = observer()
  const client = connect(application)
  for (const part of parts) {
    client.send(part)
    if (breath) await new Promise(resolve => setImmediate(resolve))
  }
  await client.settled()
  return { seen, output: client.output, closed: client.isClosed, refusals: client.refusals }
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const offsets = [...new Set(at.map(n => n % bytes.length))].sort((a, b) => a - b)
  return [...offsets, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : offsets[i - 1], end))
}

/** What the application must have seen, by what was sent. */
function expected(requests: readonly Request[]): unknown[] {
  const last = requests.findIndex(endsConnection)
  return (last < 0 ? requests : requests.slice(0, last + 1)).map(request => {
    const { method, target, behaviour, body } = request
    const kind = kindOf(request)
    const trailers = new Map<string, string>()
    for (const [name, text] of kind === 'chunked' ? body.trailers : []) {
      const key = name.toLowerCase()
      trailers.set(key, trailers.has(key) ? `${trailers.get(key)}, ${text}` : text)
    }
    const read = { body: kind === 'none' ? '' : body.pieces.join(''), trailers: Object.fromEntries(trailers) }
    return expect.objectContaining({ method, target, ...(behaviour.reads ? read : {}) })
  })
}

function endsConnection({ close, http11, method, behaviour }: Request): boolean {
  return close || (!http11 && behaviour.form === 'stream' && method !== 'HEAD')
}

describe('a pipeline of requests', () => {
  const offsets = fc.array(fc.nat(), { minLength: 1, maxLength: 30 })
  it.prop([fc.array(request, { minLength: 1, maxLength: 8 }), offsets, fc.boolean()], {
    seed: 19_941_106,
    numRuns: 400,
  })('is answered alike however it is cut, with what was sent having been seen', async (requests, at, breath) => {
    const bytes = Buffer.from(requests.map(bytesOf).join(''), 'latin1')
    const whole = await run([bytes], false)
    expect(whole.refusals).toEqual([])
    expect(whole.seen).toEqual(expected(requests))
    expect(whole.closed).toBe(requests.some(endsConnection))
    const split = await run(cut(bytes, at), breath)
    expect(split).toEqual(whole)
  })

  it.prop([fc.array(request, { minLength: 1, maxLength: 2 })], { seed: 19_941_106, numRuns: 20 })(
    'is answered alike when it comes byte by byte',
    async requests => {
      const bytes = Buffer.from(requests.map(bytesOf).join(''), 'latin1')
      const whole = await run([bytes], false)
      expect(
        await run(
          Array.from(bytes, byte => Buffer.of(byte)),
          false,
        ),
      ).toEqual(whole)
    },
  )

  const damage = fc.record({
    at: fc.nat(),
    drop: fc.nat(3),
    insert: fc.constantFrom('', '\r', '\n', '\0', ' ', ':', '\xff', 'Content-Length: 1\r\n', '\r\n\r\n', '0\r\n'),
  })
  // Whether a request fails before its body proves malformed depends on when the bytes come.
  const decided = request.filter(({ behaviour }) => behaviour.form !== 'throw')
  it.prop([fc.array(decided, { minLength: 1, maxLength: 5 }), damage, offsets], { seed: 19_941_106, numRuns: 400 })(
    'that is damaged somewhere means the same however it is cut, and throws nothing',
    async (requests, { at: where, drop, insert }, at) => {
      const bytes = requests.map(bytesOf).join('')
      const from = where % bytes.length
      const damaged = Buffer.from(bytes.slice(0, from) + insert + bytes.slice(from + drop), 'latin1')
      const outcome = ({ seen, output, closed, refusals }: Awaited<ReturnType<typeof run>>) => ({
        seen,
        closed,
        statuses: output.match(/HTTP\/1\.1 \d{3}/g),
        // One within a body is not noticed when the answer, and with it the connection, was over before.
        refusals: refusals.map(one => one.code).filter(code => code !== 'MALFORMED_BODY'),
      })
      const whole = await run([damaged], false)
      expect(outcome(await run(cut(damaged, at), false))).toEqual(outcome(whole))
    },
  )
})
