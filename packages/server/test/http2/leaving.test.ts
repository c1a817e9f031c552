// Clients of HTTP/2 that leave while much is under way, against a real kirin: what goes wrong in node's sources there takes the process with it.
import { connect } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { END_HEADERS, END_STREAM, FRAME, FrameClient, GET } from '../support/frame-client.ts'
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

describe('a client that leaves in the middle of several responses', () => {
  it('leaves a worker behind that serves the next', async () => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    // A worker that hangs is replaced, and has another process id.
    const { origin } = await startServing(['--workers', '1', '--timeout', '5', 'app.mjs'], { cwd })
    const pid = async (): Promise<string> => (await fetch(`${origin}/pid`)).text()
    const before = await pid()
    for (let i = 0; i < 3; i++) {
      const socket = connect(Number(new URL(origin).port), '127.0.0.1')
      const client = FrameClient.begin(socket, Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff]))
      client.send(FRAME.windowUpdate, 0, 0, Buffer.from([0x7f, 0, 0, 0]))
      const paths = ['/endless', '/endless', '/endless', '/never']
      for (const [at, path] of paths.entries()) {
        client.headers(2 * at + 1, END_HEADERS | END_STREAM, [
          ...GET.filter(([name]) => name !== ':path'),
          [':path', path],
        ])
      }
      await client.frame(({ type, stream }) => type === FRAME.data && stream === 5)
      socket.destroy()
    }
    expect(await pid()).toBe(before)
  })
})
