// Responses that are over before the client has sent all of its request (RFC 9113 §8.1): it is told to stop, behind the end of the response.
import { constants } from 'node:http2'
import { afterEach, expect, it } from '@jest/globals'
import type { Application, GatewayResponse } from '@nsgi/spec'
import { DEFAULT_HTTP2_SETTINGS } from '../../src/http2/session-options.ts'
import { END_HEADERS, END_STREAM, FRAME, type Frame, FrameClient, GET } from '../support/frame-client.ts'
import { Gateway } from '../support/gateway.ts'
import { deferred } from '../support/memory-client.ts'

/** Windows as large as can be: how much is sent is for sockets to say. */
const WINDOW = 0x7fffffff

let gateway: Gateway | undefined
let client: FrameClient | undefined
afterEach(async () => {
  client?.socket.destroy()
  await gateway?.close()
  gateway = undefined
})

async function serve(application: Application): Promise<FrameClient> {
  gateway = await Gateway.start(application, { http2: DEFAULT_HTTP2_SETTINGS })
  client = await FrameClient.open(gateway.where.port, {
    behind: Buffer.concat([
      FrameClient.frame(FRAME.settings, 0, 0, Buffer.from([0, 4, ...word(WINDOW)])),
      FrameClient.frame(FRAME.windowUpdate, 0, 0, word(WINDOW - DEFAULT_HTTP2_SETTINGS.initialWindowSize)),
    ]),
  })
  return client
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** A POST whose content does not end. */
function half(path: string): [string, string][] {
  return GET.map(([name, value]) => [name, name === ':method' ? 'POST' : name === ':path' ? path : value])
}

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts
}

it.each<[string, () => GatewayResponse['body']]>([
  ['of one piece', () => 'one'],
  ['of two pieces', () => pieces('one ', 'two')],
  ['without any', () => pieces()],
])('has its trailers, with a body %s', async (_what, body) => {
  const peer = await serve(() => ({ status: 200, body: body(), trailers: () => ({ 'x-sum': '7' }) }))
  peer.headers(1, END_HEADERS, half('/')).send(FRAME.data, 0, 1, Buffer.from('half'))
  const isEnd = ({ stream, flags, type }: Frame): boolean =>
    stream === 1 &&
    (type === FRAME.reset || ((type === FRAME.headers || type === FRAME.data) && (flags & END_STREAM) !== 0))
  const end = await peer.frame(isEnd)
  expect(end).toMatchObject({ type: FRAME.headers, flags: END_HEADERS | END_STREAM })
  expect(await peer.resetOf(1)).toBe(constants.NGHTTP2_NO_ERROR)
})

it('has its end while the connection takes no more, because another response waits for the client', async () => {
  let pulls = 0
  let isOver = false
  const ending = deferred()
  const large = Buffer.alloc(256 * 1024)
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (; !isOver; pulls++) yield large
  }
  async function* late(): AsyncGenerator<string> {
    yield 'first'
    await ending.promise
  }
  const peer = await serve(request => ({ status: 200, body: request.path === '/late' ? late() : endless() }))
  peer.headers(1, END_HEADERS, half('/late'))
  await peer.frame(({ type, stream }) => type === FRAME.data && stream === 1)
  peer.socket.pause()
  peer.headers(3, END_HEADERS | END_STREAM, GET)
  await untilStill(() => pulls)
  expect(pulls).toBeGreaterThan(0)
  ending.resolve()
  await untilStill(() => pulls)
  peer.socket.resume()
  const end = await peer.frame(
    ({ type, stream, flags }) => stream === 1 && (type === FRAME.reset || (flags & END_STREAM) !== 0),
  )
  isOver = true
  expect(end).toMatchObject({ type: FRAME.data, flags: END_STREAM })
  expect(await peer.resetOf(1)).toBe(constants.NGHTTP2_NO_ERROR)
})

/** Waits until a number has not changed for many turns of the event loop. */
async function untilStill(current: () => number): Promise<void> {
  for (let quiet = 0, before = -1; quiet < 100; quiet++) {
    await new Promise(resolve => setImmediate(resolve))
    const now = current()
    if (now !== before || now === 0) quiet = 0
    before = now
  }
}
