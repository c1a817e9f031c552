// What reads of a sender in bulk land in, over real sockets.
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readInto, takeBackMemory } from '../../src/transport/socket-reads.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const { allocUnsafeSlow } = Buffer
const READ_SIZE = 64 * 1024
/** How often memory is given in these rounds, at most. */
const LIMIT = 16
const ROUNDS = 2 * LIMIT

let server: Server
let client: Socket
let socket: Socket
/** What came, in order, and how much of it in memory of its own. */
let received: Buffer[]
let own: number
/** Memory that was made for reads. */
let made: WeakRef<Buffer>[]

beforeEach(async () => {
  received = []
  made = []
  own = 0
  // Watched by hand: jest keeps what a function gives that it watches.
  Buffer.allocUnsafeSlow = size => {
    const buffer = allocUnsafeSlow(size)
    made.push(new WeakRef(buffer))
    return buffer
  }
  server = createServer({ pauseOnConnect: true, allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepting = once(server, 'connection') as Promise<[Socket]>
  client = connect((server.address() as { port: number }).port, '127.0.0.1')
  const [accepted] = await accepting
  socket = readInto(accepted, (input, end, isOwn) => {
    received.push(Buffer.from(input.subarray(0, end)))
    if (isOwn) own++
    return true
  })
})
afterEach(async () => {
  Buffer.allocUnsafeSlow = allocUnsafeSlow
  client.destroy()
  socket.destroy()
  server.close()
  await once(server, 'close')
})

const nextTurn = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 5))
const size = (): number => received.reduce((sum, { length }) => sum + length, 0)
const waitFor = async (bytes: number): Promise<void> => {
  while (size() < bytes) await nextTurn()
}

/** Has 128 KiB come while nothing is read, as far as one can tell, so that each read fills its buffer. */
async function readInBulk(): Promise<void> {
  socket.pause()
  const before = size()
  client.write(Buffer.alloc(2 * READ_SIZE, 'a'))
  while (client.writableLength > 0) await nextTurn()
  await nextTurn()
  socket.resume()
  await waitFor(before + 2 * READ_SIZE)
}

describe('the memory of a sender in bulk', () => {
  it('is taken back when it stops, and what it sends then comes whole', async () => {
    // On a slow machine reads may be small.
    while (own === 0) await readInBulk()
    const before = size()
    takeBackMemory(socket)
    await nextTurn()
    collectGarbage()
    expect(made.filter(memory => memory.deref() !== undefined)).toEqual([])
    own = 0
    client.write('behind')
    await waitFor(before + 6)
    expect([own, String(received.at(-1))]).toEqual([0, 'behind'])
  })

  it('is not given any more where it was taken back too often', async () => {
    let given = 0
    for (let round = 0; round < ROUNDS; round++) {
      await readInBulk()
      if (own > 0) given++
      own = 0
      takeBackMemory(socket)
    }
    expect(given).toBeLessThanOrEqual(LIMIT)
    expect(Buffer.concat(received).equals(Buffer.alloc(ROUNDS * 2 * READ_SIZE, 'a'))).toBe(true)
  })
})
