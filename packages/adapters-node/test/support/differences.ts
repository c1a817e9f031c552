// Where the adapter is meant to differ from node:http, each with its reason. Nothing else may.

import type { Outcome, RequestShape } from './behaviour.ts'
import type { ComparableResponse } from './comparable.ts'

interface Difference {
  readonly reason: string
  /** What node:http did, turned into what the adapter has to do. */
  readonly expected: (native: Outcome, shape: RequestShape) => Outcome
}

const finishLater: Difference = {
  reason: "'finish' waits for the server's word that the bytes are out; node:http emits it for a write the kernel took",
  expected: native => ({
    ...native,
    record: { ...native.record, res: ['error ERR_STREAM_WRITE_AFTER_END', 'finish', 'close'] },
  }),
}

const differences: Readonly<Record<string, Difference>> = {
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
  const outcome = differences[name]?.expected(native, shape) ?? native
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
