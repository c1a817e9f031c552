// Clients of HTTP/2 that leave while much is under way, against a real kirin: what goes wrong in node's sources there takes the process with it.
import { connect } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { END_HEADERS, END_STREAM, FRAME, FrameClient, GET, literals } from '../support/frame-client.ts'
import { applicationDirectory, startServing } from '../support/kirin-process.ts'

const APPLICATION = `
async function* endless() {
  for (;;) {
    yield Buffer.alloc(16_384)
    await new Promise(resolve => setImmediate(resolve))
  }
}

export default function application({ path }) {
  if (path === '/never') return new Promise(() => undefined)
  return { status: 200, body: path === '/pid' ? String(process.pid) : endless() }
}
`

/** A kirin with one worker, and how to ask for the process id of that: one that hangs or dies is replaced. */
async function serve(): Promise<{ port: number; pid: () => Promise<string> }> {
  const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
  const { origin } = await startServing(['--workers', '1', '--timeout', '5', 'app.mjs'], { cwd })
  return { port: Number(new URL(origin).port), pid: async () => (await fetch(`${origin}/pid`)).text() }
}

const fieldsOf = (path: string): (readonly [string, string])[] => [
  ...GET.filter(([name]) => name !== ':path'),
  [':path', path],
]
const request = (stream: number): Buffer =>
  FrameClient.frame(FRAME.headers, END_HEADERS | END_STREAM, stream, literals(fieldsOf('/never')))
const MALFORMED = FrameClient.frame(FRAME.ping, 0, 0, Buffer.alloc(3))

describe('a client that breaks the protocol while its connection ends', () => {
  it.each([
    [
      'behind its goodbye and another request',
      [FrameClient.frame(FRAME.goaway, 0, 0, Buffer.alloc(8)), request(1), MALFORMED],
    ],
    [
      'behind more resets than it may send',
      [
        ...Array.from({ length: 300 }, (_, i) => [
          request(2 * i + 1),
          FrameClient.frame(FRAME.reset, 0, 2 * i + 1, Buffer.of(0, 0, 0, 8)),
        ]).flat(),
        MALFORMED,
      ],
    ],
  ])('%s does not take the worker with it', async (_what, frames) => {
    const { port, pid } = await serve()
    const before = await pid()
    const client = await FrameClient.open(port, { behind: Buffer.concat(frames) })
    await client.end()
    client.socket.destroy()
    expect(await pid()).toBe(before)
  })
})

describe('a client that leaves in the middle of several responses', () => {
  it('leaves a worker behind that serves the next', async () => {
    const { port, pid } = await serve()
    const before = await pid()
    for (let i = 0; i < 3; i++) {
      const socket = connect(port, '127.0.0.1')
      const client = FrameClient.begin(socket, Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff]))
      client.send(FRAME.windowUpdate, 0, 0, Buffer.from([0x7f, 0, 0, 0]))
      const paths = ['/endless', '/endless', '/endless', '/never']
      for (const [at, path] of paths.entries()) {
        client.headers(2 * at + 1, END_HEADERS | END_STREAM, fieldsOf(path))
      }
      await client.frame(({ type, stream }) => type === FRAME.data && stream === 5)
      socket.destroy()
    }
    expect(await pid()).toBe(before)
  })
})
