// What one client of a soak does, decided before it begins, by a seed and its number alone.
import { generateStream } from '../grammar/stream.ts'
import type { Random } from '../random.ts'
import { content } from './content.ts'

/** A request of a client, and what must come back. */
export interface PlannedRequest {
  readonly method: string
  readonly head: string
  readonly body: Buffer
  /** Whether the client waits for 100 Continue before its body. */
  readonly waits: boolean
  readonly expected: ExpectedResponse
}

export interface ExpectedResponse {
  readonly status: number
  readonly body: Buffer
  readonly trailer: string | undefined
  readonly informs: boolean
  /** Whether the body breaks off, and the connection with it. */
  readonly breaks: boolean
  /** Whether it may come before the body of the request was read. */
  readonly leavesBody?: boolean
}

/**
 * How a client behaves. The first four are well-behaved: what they get is verified to the last byte.
 * `in turn`: each request after the answer to the one before. `pipelined`: all at once. `half-close`: all at once, and FIN
 * behind them. `slow reader`: all at once, and nothing read for a while. The others: `abort sending` goes within its
 * requests, `abort reading` within the answers, `silent` says nothing, `noise` sends what a fuzzer made.
 */
export type Manner =
  | 'in turn'
  | 'pipelined'
  | 'half-close'
  | 'slow reader'
  | 'abort sending'
  | 'abort reading'
  | 'silent'
  | 'noise'

/** Clients that are not planned here: of HTTP/2, and those that leave HTTP. */
export type OtherManner = 'http2' | 'websocket' | 'stream'

export interface ClientPlan {
  readonly manner: Manner
  readonly requests: readonly PlannedRequest[]
  /** What `noise` sends. */
  readonly noise: Buffer
  /** In how many pieces bytes are written. */
  readonly pieces: number
  /** Milliseconds between them, and of pauses. */
  readonly pause: number
  /** After how many bytes, sent or received, an abort comes. */
  readonly abortAt: number
  /** How a connection is given up. */
  readonly ending: 'reset' | 'destroy' | 'end'
}

const MANNERS: readonly Manner[] = [
  'in turn',
  'in turn',
  'in turn',
  'pipelined',
  'pipelined',
  'half-close',
  'slow reader',
  'abort sending',
  'abort reading',
  'abort reading',
  'silent',
  'noise',
]

/** The plan of a client. */
export function planClient(random: Random): ClientPlan {
  const manner = random.pick(MANNERS)
  const count = manner === 'silent' || manner === 'noise' ? 0 : 1 + random.skewed(6)
  const requests = Array.from({ length: count }, (_, i) => planRequest(random, i === count - 1))
  // Behind a body that breaks off nothing more is answered.
  const last = requests.findIndex(({ expected }) => expected.breaks)
  const total = requests.reduce((sum, { head, body }) => sum + head.length + body.length, 0)
  return {
    manner,
    requests: last < 0 ? requests : requests.slice(0, last + 1),
    noise: manner === 'noise' ? Buffer.from(generateStream(random, []).bytes, 'latin1') : Buffer.alloc(0),
    pieces: random.oneIn(3) ? 1 + random.below(6) : 1,
    pause: random.oneIn(4) ? random.below(30) : 0,
    abortAt: random.below(manner === 'abort sending' ? total + 1 : 40_000),
    ending: random.pick(['reset', 'reset', 'destroy', 'end']),
  }
}

/** Sizes of bodies in bytes: mostly small, some beyond every buffer on the way. */
function sizeOf(random: Random): number {
  if (random.oneIn(40)) return random.below(1_500_000)
  return random.oneIn(5) ? random.below(150_000) : random.skewed(3000)
}

function planRequest(random: Random, isLast: boolean): PlannedRequest {
  const kind = random.below(20)
  if (kind < 9) return download(random, isLast)
  if (kind < 16) return upload(random, isLast)
  if (kind < 18) return fixed({ target: '/empty', status: 204, text: '' }, isLast)
  if (kind < 19 || !random.oneIn(10)) return fixed({ target: '/nowhere', status: 404, text: 'not found' }, isLast)
  return fixed({ target: '/throw', status: 500, text: '500 Internal Server Error\n' }, isLast)
}

interface FixedAnswer {
  readonly target: string
  readonly status: number
  readonly text: string
}

function fixed({ target, status, text }: FixedAnswer, isLast: boolean): PlannedRequest {
  const expected = { status, body: Buffer.from(text), trailer: undefined, informs: false, breaks: false }
  return { method: 'GET', head: headOf(`GET ${target} HTTP/1.1`, [], isLast), body: NOTHING, waits: false, expected }
}

const NOTHING = Buffer.alloc(0)

function download(random: Random, isLast: boolean): PlannedRequest {
  const at = random.below(65_521)
  const n = sizeOf(random)
  const how = random.pick(['single', 'sync', 'declared', 'stream'])
  const path = random.pick(['/bytes', '/bytes', '/bytes', '/late', '/inform'])
  const method = random.oneIn(10) ? 'HEAD' : 'GET'
  const version = isLast && random.oneIn(8) ? 'HTTP/1.0' : 'HTTP/1.1'
  const breaks = method === 'GET' && version === 'HTTP/1.1' && how === 'stream' && n > 0 && random.oneIn(8)
  const query = [`at=${at}&n=${n}&how=${how}&ms=${random.below(20)}&chunk=${Math.max(random.skewed(70_000), n >> 8)}`]
  if (random.oneIn(3)) query.push('pace')
  if (breaks) query.push('break')
  const expected = {
    status: 200,
    body: method === 'HEAD' ? NOTHING : content(at, n),
    trailer: method === 'GET' && how === 'stream' && version === 'HTTP/1.1' ? String(n) : undefined,
    informs: path === '/inform' && version === 'HTTP/1.1',
    breaks,
  }
  const head = headOf(`${method} ${path}?${query.join('&')} ${version}`, [], isLast || breaks)
  return { method, head, body: NOTHING, waits: false, expected }
}

function upload(random: Random, isLast: boolean): PlannedRequest {
  const at = random.below(65_521)
  const path = random.pick(['/upload', '/upload', '/echo', '/upload?peek', '/ignore'])
  // What nobody reads is thrown away to keep the connection, up to a limit; nobody has begun to when an echo is returned.
  const isRead = path === '/upload' || (path === '/echo' && isLast)
  const n = isRead ? sizeOf(random) : random.below(60_000)
  const isChunked = random.oneIn(2)
  const waits = path === '/upload' && n > 0 && random.oneIn(8)
  const fields = isChunked ? ['Transfer-Encoding: chunked'] : [`Content-Length: ${n}`]
  if (waits) fields.push('Expect: 100-continue')
  const target = `${path}${path.includes('?') ? '&' : '?'}at=${at}${random.oneIn(4) ? '&pace' : ''}`
  const data = content(at, n)
  const sum = isChunked ? 'sum' : ''
  const text = { '/upload': `${n} ${sum}`, '/upload?peek': 'peeked', '/ignore': 'ignored', '/echo': '' }[path] ?? ''
  const expected = {
    status: 200,
    body: path === '/echo' ? data : Buffer.from(text),
    trailer: undefined,
    informs: false,
    breaks: false,
    leavesBody: !isRead,
  }
  const head = headOf(`POST ${target} HTTP/1.1`, fields, isLast)
  return { method: 'POST', head, body: isChunked ? chunked(data, random) : data, waits, expected }
}

function headOf(line: string, fields: readonly string[], isLast: boolean): string {
  const connection = isLast ? ['Connection: close'] : []
  return [line, 'Host: soak', ...fields, ...connection, '', ''].join('\r\n')
}

/** Up to so many chunks a body: each costs the client an allocation or two. */
const CHUNKS = 40

function chunked(data: Buffer, random: Random): Buffer {
  const parts: Buffer[] = []
  const least = Math.ceil(data.length / CHUNKS)
  for (let at = 0; at < data.length; ) {
    const part = data.subarray(at, at + least + random.skewed(2000) + 1)
    parts.push(
      Buffer.from(`${part.length.toString(16)}${random.oneIn(9) ? ';a=b' : ''}\r\n`),
      part,
      Buffer.from('\r\n'),
    )
    at += part.length
  }
  return Buffer.concat([...parts, Buffer.from('0\r\nX-Sum: sum\r\n\r\n')])
}
