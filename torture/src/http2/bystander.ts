// A well-behaved client of HTTP/2 beside the attackers: every answer that it gets is held against what it must be.
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { connect as connectPlain } from 'node:net'
import type { Random } from '../random.ts'
import { content } from '../soak/content.ts'
import { mayBeCutOff } from '../soak/time-outs.ts'
import type { Target } from './attacker.ts'

/** Requests on one of its connections, all at once. */
const REQUESTS = 8

/** Milliseconds for all of them, on the slowest machine. */
const DEADLINE = 45_000

const ENDLESS = 'waits for ever'

/** What came of a connection. */
export interface StoodBy {
  /** What was wrong. */
  readonly fault: string | undefined
  /** Responses that were as they must be. */
  readonly verified: number
  /** Bytes of their content. */
  readonly bytes: number
}

/** One connection's worth of requests. Never rejects. */
export async function standBy(target: Target, random: Random): Promise<StoodBy> {
  const tally: Tally = { session: sessionTo(target), started: performance.now(), bytes: 0, isEstablished: false }
  const { session } = tally
  session.on('connect', () => {
    tally.isEstablished = true
  })
  session.on('error', (error: Error) => {
    tally.failure = error
  })
  let deadline: NodeJS.Timeout | undefined
  const late = new Promise<string>(resolve => {
    deadline = setTimeout(() => resolve(ENDLESS), DEADLINE)
  })
  const all = Promise.all(
    Array.from({ length: REQUESTS }, () => (random.oneIn(2) ? download(tally, random) : upload(tally, random))),
  )
  const outcomes = await Promise.race([all, late.then(fault => [fault])])
  clearTimeout(deadline)
  // What a session failed with is told behind the end of its streams.
  await new Promise(resolve => setImmediate(resolve))
  const faults = outcomes.filter(one => one !== undefined)
  const isFault = faults[0] === ENDLESS || (faults.length > 0 && !mayBeCutOff(tally))
  const fault = isFault ? `a bystander ${faults[0]}, ${faults.length} in all, ${stateOf(tally)}` : undefined
  session.destroy()
  return { fault, verified: outcomes.length - faults.length, bytes: tally.bytes }
}

/** What may tell why something was wrong. */
function stateOf({ session, started, isEstablished, failure }: Tally): string {
  const { closed, destroyed } = session
  const seconds = Math.round((performance.now() - started) / 1000)
  return JSON.stringify({ seconds, isEstablished, closed, destroyed, failure: failure?.message })
}

function sessionTo({ port, socketPath, isSecure }: Target): ClientHttp2Session {
  if (isSecure) return connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
  return connect('http://soak', {
    createConnection: () => connectPlain({ path: socketPath }).on('error', () => undefined),
  })
}

interface Tally {
  readonly session: ClientHttp2Session
  readonly started: number
  bytes: number
  isEstablished: boolean
  /** What the session failed with. */
  failure?: Error
}

async function download(tally: Tally, random: Random): Promise<string | undefined> {
  const at = random.below(65_521)
  const n = random.skewed(200_000)
  const how = random.pick(['single', 'sync', 'declared', 'stream'])
  const stream = tally.session.request({
    ':path': `/bytes?at=${at}&n=${n}&how=${how}&chunk=${1 + random.skewed(20_000)}`,
  })
  const got = await take(stream)
  tally.bytes += got.length
  return got.equals(content(at, n)) ? undefined : `got ${got.length} bytes that are not the ${n} expected`
}

async function upload(tally: Tally, random: Random): Promise<string | undefined> {
  const at = random.below(65_521)
  const body = content(at, random.skewed(150_000))
  const stream = tally.session.request({ ':method': 'POST', ':path': `/upload?at=${at}` })
  const answer = take(stream)
  stream.end(body)
  const text = (await answer).toString()
  return text === `${body.length} ` ? undefined : `sent ${body.length} bytes and was told ${JSON.stringify(text)}`
}

function take(stream: ClientHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  stream.on('error', () => undefined)
  return new Promise(resolve => {
    stream.on('close', () => resolve(Buffer.concat(chunks)))
  })
}
