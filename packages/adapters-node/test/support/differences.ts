// Where the adapter is meant to differ from node:http, each with its reason. Nothing else may.

import type { Outcome, RequestShape } from './behaviour.ts'
import type { ComparableResponse } from './comparable.ts'

export interface Difference {
  readonly reason: string
  /** What node:http did, turned into what the adapter has to do. */
  readonly expected: (native: Outcome, shape: RequestShape, adapted: Outcome) => Outcome
}

const finishLater: Difference = {
  reason: "'finish' waits for the server's word that the bytes are out; node:http emits it for a write the kernel took",
  expected: native => ({
    ...native,
    record: { ...native.record, res: ['error ERR_STREAM_WRITE_AFTER_END', 'finish', 'close'] },
  }),
}

const major = Number.parseInt(process.versions.node)
/** From Node 22 on a response counts its corks itself; before, it asks its socket. */
const asksSocketForCorks = major < 22
/** From Node 26 on the first write of a turn waits for the end of the turn. */
const holdsFirstWrite = major >= 26

const corked: Difference = {
  reason: 'on Node 20 writableCorked is never zero while there is a socket: how writes are batched is up to the server',
  expected: native =>
    asksSocketForCorks
      ? withNotes(native, { corked: Array.isArray(native.record.notes.corked) ? [1, 1, 1] : 1 })
      : native,
}

const logOf = (...log: readonly string[]): Difference => ({
  reason: finishLater.reason,
  expected: native => withNotes(native, { log }),
})

/** Members that differ before and after: who keeps a connection, and how it batches. */
const innerState: Difference = {
  reason: `_last is false, as keeping the connection is the server's part; ${corked.reason}`,
  expected: native => {
    const notes = Object.entries(native.record.notes).map(([stage, states]) => {
      const { corked: before, ...rest } = states as Record<string, unknown>
      if (holdsFirstWrite && stage === 'written') return [stage, { ...rest, last: false, headerSent: true, corked: 0 }]
      const attached = asksSocketForCorks && (stage === 'fresh' || stage === 'implied' || stage === 'written')
      return [stage, { ...rest, last: false, corked: attached ? 1 : before }]
    })
    return withNotes(native, Object.fromEntries(notes))
  },
}

const differences: Readonly<Record<string, Difference>> = {
  'corked and uncorked': corked,
  'corked and ended': corked,
  'the inner state at each stage': innerState,
  'the order of events': logOf('req end', 'res prefinish', 'req close', 'res finish', 'res close'),
  'informational responses after the head': {
    reason: 'node:http writes them into the middle of the response, which breaks it; here they are dropped',
    expected: (native, { method }) => ({
      ...native,
      responses:
        method === 'HEAD'
          ? native.responses
          : native.responses.slice(0, 1).map(response => ({ ...response, body: 'x', truncated: false })),
    }),
  },
  'hints and then a 102': {
    reason: 'to HTTP/1.0 no informational response may be sent (RFC 9110 §15.2); node:http sends it',
    expected: (native, { version }) =>
      version === '1.0' ? { ...native, responses: native.responses.slice(-1) } : native,
  },
  'a body of 205': {
    reason: 'HEAD gets the head of GET, so that its length of zero is said here, too',
    expected: (native, { method }) =>
      method === 'HEAD'
        ? { ...native, responses: native.responses.map(response => ({ ...response, framing: 'length 0' })) }
        : native,
  },
  'destroyed once it is over': {
    reason: "what nobody read of a request has ended by 'close'; on node:http it is dropped without an 'end'",
    expected: (native, { body }) =>
      body === undefined
        ? native
        : withNotes(
            { ...native, record: { ...native.record, req: ['aborted', 'end', 'close'] } },
            { log: ['res prefinish', 'res finish', 'res close', 'req aborted', 'req end', 'req close'] },
          ),
  },
  'answered at once and listened to by readable': {
    reason: 'what was chunked is read to its end; node:http drops what it parses behind the answer',
    expected: (native, { fields = '' }) =>
      fields.includes('chunked') ? withNotes(native, { read: 'hello world' }) : native,
  },
  'pairs for writeHead': {
    reason: 'a record has one place for a name: its lines stand together',
    expected: native => withHeaders(native, ['x-a: 1', 'x-a: 3', 'x-b: 2']),
  },
  'writeHead with a flat array': {
    reason: 'a record has one place for a name: its lines stand together',
    expected: native => withHeaders(native, ['x-a: 1', 'x-a: 3', 'x-b: 2']),
  },
  'a write after the end': finishLater,
  'an end after the end': finishLater,
  'the fields of a request': {
    reason: 'a request without a body is complete from the start; on node:http only when the handler has returned',
    expected: (native, { body }) =>
      body === undefined ? withBody(native, text => text.replace('[false', '[true')) : native,
  },
  '/headers': {
    reason: 'a header is latin1 on the wire; node:http garbles content-disposition beside a content-length',
    expected: native => ({
      ...native,
      responses: native.responses.map(response => ({
        ...response,
        headers: response.headers.map(line => line.replace(/\xef\xbf\xbd|\xfd/, '\xfc')),
      })),
    }),
  },
  'the trailers': {
    reason: 'the gateway has a record of trailers: lines of one name arrive joined',
    expected: native => withBody(native, text => text.replace('["1","2"]', '["1, 2"]')),
  },
  'the states of a response': {
    reason: 'writableFinished is true once the bytes are out, not as soon as end() has passed them on',
    expected: native => {
      const ended = [...(native.record.notes.ended as unknown[])]
      ended[4] = false
      return { ...native, record: { ...native.record, notes: { ...native.record.notes, ended } } }
    },
  },
}

/** What the adapter has to do where node:http did `native`, given what it did and what it was sent. */
export function expectedOf(
  name: string,
  outcomes: { native: Outcome; adapted: Outcome },
  shape: RequestShape,
): Outcome {
  const { native, adapted } = outcomes
  const outcome = differences[name]?.expected(native, shape, adapted) ?? native
  const responses = outcome.responses.map((response, i) => reframed(response, adapted.responses[i], shape))
  return { ...outcome, responses }
}

// The framing is the server's. A body that was ended in one piece has a known length, also after an explicit writeHead, where
// node:http falls back to chunked framing because it has rendered the head by then; and to HTTP/1.0, where it
// says none. HEAD gets the head of GET, where node:http leaves out that the body would be chunked.
function reframed(
  native: ComparableResponse,
  adapted: ComparableResponse | undefined,
  shape: RequestShape,
): ComparableResponse {
  const framing = adapted?.framing ?? ''
  const whole = framing === `length ${native.body.length}`
  const sameAsGet = shape.method === 'HEAD' && native.framing === 'none' && framing === 'chunked'
  const chunkedOrOld = native.framing === 'chunked' || (native.framing === 'none' && shape.version === '1.0')
  return sameAsGet || (whole && chunkedOrOld) ? { ...native, framing } : native
}

function withNotes(outcome: Outcome, notes: Readonly<Record<string, unknown>>): Outcome {
  return { ...outcome, record: { ...outcome.record, notes: { ...outcome.record.notes, ...notes } } }
}

function withHeaders(outcome: Outcome, headers: readonly string[]): Outcome {
  return { ...outcome, responses: outcome.responses.map(response => ({ ...response, headers })) }
}

function withBody(outcome: Outcome, change: (body: string) => string): Outcome {
  const responses = outcome.responses.map(response => {
    const body = change(response.body)
    return { ...response, body, framing: response.framing.replace(/^length \d+/, `length ${body.length}`) }
  })
  return { ...outcome, responses }
}

/** The behaviours that are meant to differ, each with its reason. */
export const allowedDifferences: ReadonlyMap<string, string> = new Map(
  Object.entries(differences).map(([name, { reason }]) => [name, reason]),
)

/** Behaviours that some versions of Node answer with a broken message, so that there is nothing to compare with. */
export function isBrokenNatively(name: string): boolean {
  // The last chunk is written behind the end of the body.
  return (name === 'corked and ended' || name === 'uncorked without being corked') && (major === 22 || major === 24)
}

/** What may differ whatever the behaviour; of the framing see `reframed`. */
export const generalDifferences: ReadonlyMap<string, string> = new Map([
  [
    'any body that is ended in one piece',
    'it has a Content-Length also after an explicit writeHead, where node:http falls back to chunked framing, and to HTTP/1.0, where that says none',
  ],
  ['any answer to HEAD', 'it has the head of GET, where node:http leaves out that the body would be chunked'],
  ['100 Continue', 'the server sends it at the first read of the body, and only to a client that still waits'],
  [
    'a 204 or a 304',
    'it has no Transfer-Encoding that the handler set, for which node:http closes the connection; a 204 no length',
  ],
  [
    'a client that asks for a close',
    'it gets one also where the handler says another `Connection`, which node:http obeys, so that the connection stays',
  ],
  [
    'what is written, and destroyed before the server has begun to send it',
    'none of it is sent; node:http sends it where a tick lay between',
  ],
  [
    'requests that come together, over several connections',
    'on Kirin their handlers begin one behind the other, and then come the ticks and promise jobs of all of them; on node:http those of the first come before the handler of the second, unless both stand in one read',
  ],
  [
    'an immediate and a timer of no time that a handler asks for before it waits for anything',
    'come in any order on Kirin, where handlers begin at the end of a round of the event loop; on node:http the immediate comes first',
  ],
  [
    'what `AsyncLocalStorage#enterWith` has set',
    'is not there for the next request of a connection on Kirin; on node:http it is, before Node 24',
  ],
  [
    'corked writes',
    "they are handed out as they come, and 'drain' with them; node:http holds them back until `uncork`",
  ],
  [
    'a request that is read on behind an answer which closes the connection',
    "its reader is told 'aborted', ECONNRESET and 'close' when the rest does not come; on node:http it waits for ever",
  ],
  [
    "what a listener of the response ('drain', 'finish'; 'close' where a client was lost while it was sent to), or a callback of `write` or `end`, throws",
    'the server logs it, and cuts off a response that is not all out; on node:http it is an uncaught exception, as what other listeners throw is here, too',
  ],
])
