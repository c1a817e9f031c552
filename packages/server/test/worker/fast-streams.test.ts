// Streams without an end, whose clients read faster than they are made: nobody is shut out by them.
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { applicationDirectory, startServing } from '../support/kirin-process.ts'
import { get } from '../support/memory-client.ts'

/** Each chunk takes the server many times as long as it takes a client to read it, so that no write ever waits. */
const APPLICATION = `
import { createHash } from 'node:crypto'
const chunk = Buffer.alloc(64 * 1024, 'x')
const dear = () => {
  for (let time = 0; time < 8; time++) createHash('sha512').update(chunk).digest()
  return chunk
}
async function* endless() {
  for (;;) yield dear()
}
function* atOnce() {
  for (;;) yield dear()
}
export default ({ path }) => ({ status: 200, body: path === '/async' ? endless() : path === '/sync' ? atOnce() : 'small' })
`
const MIB = 1024 * 1024

const readers: Socket[] = []
afterEach(() => {
  for (const reader of readers.splice(0)) reader.destroy()
})

/** Reads the answer to a request for ever; the result tells how many bytes have come, and `more` waits for so many more. */
function readOn(port: number, target: string): { more(bytes: number): Promise<void> } {
  const socket = connect(port, '127.0.0.1')
  readers.push(socket)
  socket.write(get(target))
  let wanted = Number.POSITIVE_INFINITY
  let came = 0
  let reached: (() => void) | undefined
  socket.on('data', ({ length }: Buffer) => {
    came += length
    if (came >= wanted) reached?.()
  })
  return {
    more(bytes) {
      wanted = came + bytes
      return new Promise(resolve => (reached = resolve))
    },
  }
}

describe('streams that never wait for their clients', () => {
  it.each(['/async', '/sync'])('leave others their turn, and each other: %s', async target => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    const { origin } = await startServing(['--workers', '1', 'app.mjs'], { cwd })
    const streams = Array.from({ length: 3 }, () => readOn(Number(new URL(origin).port), target))
    await Promise.all(streams.map(stream => stream.more(2 * MIB)))
    for (let count = 0; count < 10; count++) {
      const response = await fetch(origin)
      expect(await response.text()).toBe('small')
    }
    await Promise.all(streams.map(stream => stream.more(2 * MIB)))
  })
})
