// Writes past `net.Socket`, over real sockets: what reaches the peer, and what is told of it.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  callingOf,
  type DirectHandle,
  directHandleOf,
  type SeenCalls,
  type UnderWay,
  watchCalls,
  whenWritten,
  writeDirectly,
  writeError,
} from '../../src/transport/direct-write.ts'
import { RawClient } from '../support/raw-client.ts'

const MIB = 1024 * 1024

let folder: string
let server: Server
let client: RawClient
let socket: Socket
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kirin-direct-'))
  server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
})
afterEach(async () => {
  client?.socket.destroy()
  socket?.destroy()
  server.close()
  await rm(folder, { recursive: true })
})

/** An accepted socket whose client reads nothing yet, and its handle. */
async function accepted(kind: 'tcp' | 'unix' = 'tcp'): Promise<DirectHandle> {
  const path = join(folder, 'socket')
  server.listen(kind === 'tcp' ? { port: 0, host: '127.0.0.1' } : { path })
  await once(server, 'listening')
  const accepting = once(server, 'connection')
  const { port } = (kind === 'tcp' ? server.address() : {}) as { port?: number }
  client = await RawClient.openPaused(port === undefined ? { path } : { port, host: '127.0.0.1' })
  ;[socket] = (await accepting) as [Socket]
  socket.on('error', () => undefined)
  return directHandleOf(socket) as DirectHandle
}

/** A write that the system cannot take at once, as nobody reads. */
function fill(handle: DirectHandle, data: string | Uint8Array | readonly Uint8Array[]): Promise<number> {
  const result = writeDirectly(handle, data)
  expect(typeof result).toBe('object')
  return new Promise(resolve => whenWritten(result as UnderWay, data, resolve))
}

/** What a client has received when the connection ends. */
async function received(): Promise<Buffer> {
  client.read()
  return Buffer.from(await client.rest(), 'latin1')
}

/** Bytes that tell where they stand. */
const pattern = (size: number): Buffer =>
  Buffer.alloc(size, Buffer.from(Uint8Array.from({ length: 251 }, (_, at) => at)))

describe.each(['tcp', 'unix'] as const)('a direct write to a socket of %s', kind => {
  it('hands over what the system takes at once, and nothing is under way', async () => {
    const handle = await accepted(kind)
    expect(writeDirectly(handle, 'caf\xe9 ')).toBe(0)
    expect(writeDirectly(handle, Buffer.from([1, 2]))).toBe(0)
    expect(writeDirectly(handle, [Buffer.from([3]), new Uint8Array([4, 5])])).toBe(0)
    expect(handle.writeQueueSize).toBe(0)
    expect(socket.bytesWritten).toBe(10)
    socket.end()
    expect(await received()).toEqual(Buffer.from('caf\xe9 \x01\x02\x03\x04\x05', 'latin1'))
  })

  it.each([
    ['a string', (bytes: Buffer) => bytes.toString('latin1')],
    ['bytes', (bytes: Buffer) => bytes],
    ['pieces', (bytes: Buffer) => [bytes.subarray(0, 5), bytes.subarray(5, MIB), bytes.subarray(MIB)]],
  ])('goes on with %s that the system does not take at once, before what the socket writes', async (_name, dataOf) => {
    const handle = await accepted(kind)
    const bytes = pattern(16 * MIB)
    let isDone = false
    const written = fill(handle, dataOf(bytes)).then(status => {
      isDone = true
      return status
    })
    expect(handle.writeQueueSize).toBeGreaterThan(0)
    // The request that is in use must not be used again.
    const second = writeDirectly(handle, 'then')
    expect(typeof second).toBe('object')
    whenWritten(second as UnderWay, 'then', () => undefined)
    socket.end(' the socket')
    await new Promise(resolve => setImmediate(resolve))
    expect(isDone).toBe(false)
    const all = await received()
    expect(await written).toBe(0)
    expect(all.equals(Buffer.concat([bytes, Buffer.from('then the socket')]))).toBe(true)
    expect(socket.bytesWritten).toBe(all.length)
  })

  it('is told of when the socket is destroyed under it', async () => {
    const handle = await accepted(kind)
    const written = fill(handle, Buffer.alloc(16 * MIB))
    socket.destroy()
    expect(await written).toBeLessThan(0)
  })

  it('is told of when the peer is gone under it', async () => {
    const handle = await accepted(kind)
    const written = fill(handle, Buffer.alloc(16 * MIB))
    client.socket.destroy()
    expect(await written).toBeLessThan(0)
  })
})

describe('a direct write', () => {
  it('is refused by a connection that was reset, with the errno that the socket would tell', async () => {
    const handle = await accepted()
    const closed = new Promise(resolve => socket.on('close', resolve))
    client.socket.resetAndDestroy()
    // The socket does not read: only writing tells of the reset.
    let result: unknown = 0
    while (result === 0) {
      await new Promise(resolve => setImmediate(resolve))
      result = writeDirectly(handle, 'x')
    }
    expect(result).toBeLessThan(0)
    const failed = once(socket, 'error')
    socket.write('x')
    const [error] = (await failed) as [NodeJS.ErrnoException]
    await closed
    expect({ ...writeError(error.errno ?? 0), message: writeError(error.errno ?? 0).message }).toEqual({
      ...error,
      message: error.message,
    })
  })

  it('is refused by a socket that is closed', async () => {
    const handle = await accepted()
    socket.destroy()
    expect(writeDirectly(handle, 'x')).toBeLessThan(0)
    await once(socket, 'close')
    expect(writeDirectly(handle, 'x')).toBeLessThan(0)
  })

  it('wants a handle that has the methods', async () => {
    await accepted()
    socket.destroy()
    expect(directHandleOf(socket)).toBeUndefined()
    const lacking = { _handle: { writeQueueSize: 0, writeLatin1String: () => 0 } }
    expect(directHandleOf(lacking as unknown as Socket)).toBeUndefined()
  })
})

describe('the way in which node calls its handles', () => {
  it('is one of those that are known', () => {
    expect(callingOf(watchCalls())).toEqual(expect.objectContaining({ by: expect.stringMatching(/^(given|made)$/) }))
  })

  it.each<[string, (seen: SeenCalls) => SeenCalls]>([
    ['strings are not passed on', seen => ({ ...seen, text: [seen.text[0], Buffer.from('x')] })],
    ['bytes are not passed on', seen => ({ ...seen, bytes: [seen.bytes[0], Buffer.from('x')] })],
    ['pieces are not told to be bytes', seen => ({ ...seen, pieces: seen.pieces.slice(0, 2) })],
    ['pieces are objects', seen => ({ ...seen, pieces: [seen.pieces[0], [{}, {}], true] })],
    ['nothing is called', () => ({ text: [], bytes: [], pieces: [] })],
    [
      'requests are plain objects',
      ({ text, bytes, pieces }) => ({
        text: [{}, text[1]],
        bytes: [{}, bytes[1]],
        pieces: [{}, pieces[1], pieces[2]],
      }),
    ],
  ])('is unknown where %s', (_name, change) => {
    expect(callingOf(change(watchCalls()))).toBeUndefined()
  })
})
