// A wire that writes past its socket: what waits, who is told, and that the order stays.
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { directHandleOf } from '../../src/transport/direct-write.ts'
import { SocketWire } from '../../src/transport/socket-wire.ts'
import { RawClient } from '../support/raw-client.ts'

const KIB = 1024
/** More than the buffers of both sides hold. */
const LARGE = 16 * KIB * KIB

let server: Server
let client: RawClient
let socket: Socket
let wire: SocketWire
let rooms: number
beforeEach(async () => {
  server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepting = once(server, 'connection')
  const { port } = server.address() as { port: number }
  client = await RawClient.openPaused({ port, host: '127.0.0.1' })
  ;[socket] = (await accepting) as [Socket]
  wire = new SocketWire(socket, socket, directHandleOf(socket))
  rooms = 0
  wire.onRoom = () => rooms++
})
afterEach(async () => {
  client.socket.destroy()
  socket.destroy()
  server.close()
  await once(server, 'close')
})

/** What the client has received when the connection ends. */
function received(): Promise<string> {
  client.read()
  return client.rest()
}

/** The end of this turn of the loop, and of the next. */
const turn = (): Promise<void> => new Promise(resolve => setImmediate(() => setImmediate(resolve)))

describe('a chunk that waits behind others', () => {
  const detach = (chunk: Uint8Array): unknown => structuredClone(chunk, { transfer: [chunk.buffer as ArrayBuffer] })

  it.each<[string, (socket: Socket) => SocketWire, (wire: SocketWire, chunk: Uint8Array) => void]>([
    [
      'over a handle',
      socket => new SocketWire(socket, socket, directHandleOf(socket)),
      (wire, chunk) => wire.write(chunk),
    ],
    ['without one', socket => new SocketWire(socket), (wire, chunk) => wire.write(chunk)],
    [
      'without one, in a batch',
      socket => new SocketWire(socket),
      (wire, chunk) => wire.writeTogether(['<', chunk, '>']),
    ],
  ])(
    'has the size that it had when it was written, whatever becomes of its memory (%s)',
    async (_name, make, write) => {
      const other = make(socket)
      other.write(Buffer.alloc(LARGE, 'x'))
      for (const letter of ['a', 'b', 'c']) {
        const chunk = new Uint8Array(new ArrayBuffer(9000)).fill(letter.charCodeAt(0))
        write(other, chunk)
        await turn()
        if (letter !== 'a') detach(chunk)
      }
      other.end()
      const text = await received()
      expect(text.replaceAll(/[<>]/g, '').slice(LARGE)).toBe('a'.repeat(9000) + 'b'.repeat(9000) + 'c'.repeat(9000))
    },
  )
})

describe('a wire over a handle', () => {
  it('tells in a later tick that the system has taken a write', async () => {
    const told: unknown[] = []
    wire.write('x', error => told.push(error))
    expect(told).toEqual([])
    await turn()
    expect(told).toEqual([undefined])
    expect(wire.hasRoom).toBe(true)
    expect(wire.backlog).toBe(0)
    expect(wire.taken).toBe(1)
  })

  it('has no room while a large write is under way, and tells once of both its end and room', async () => {
    const told: unknown[] = []
    wire.write(Buffer.alloc(LARGE), error => told.push(error))
    await turn()
    expect(told).toEqual([])
    expect(wire.hasRoom).toBe(false)
    expect(wire.backlog).toBeGreaterThan(0)
    const before = wire.taken
    const roomy = new Promise<void>(resolve => {
      wire.onRoom = () => {
        rooms++
        resolve()
      }
    })
    client.read()
    await roomy
    expect(told).toEqual([null])
    expect(rooms).toBe(1)
    expect(wire.backlog).toBe(0)
    expect(wire.taken).toBeGreaterThan(before)
    expect(wire.taken).toBe(LARGE)
  })

  it('keeps the order of what is written before, behind and after a write that is under way', async () => {
    const large = 'l'.repeat(LARGE)
    const told: string[] = []
    wire.write('first', () => told.push('first'))
    wire.write(large, () => told.push('large'))
    wire.write('behind', () => told.push('behind'))
    wire.batch()
    wire.write('gathered', () => told.push('gathered'))
    wire.write(Buffer.from('bytes'), () => told.push('bytes'))
    await turn()
    expect(told).toEqual(['first'])
    wire.write('last', () => told.push('last'))
    wire.end()
    expect(await received()).toBe(`first${large}behindgatheredbyteslast`)
    expect(told).toEqual(['first', 'large', 'behind', 'gathered', 'bytes', 'last'])
  })

  it('writes what was gathered at the end of the turn, as one', async () => {
    const told: string[] = []
    wire.batch()
    wire.write('one ', () => told.push('one'))
    wire.write(Buffer.from('two '), () => told.push('two'))
    wire.write('thr\xe9e')
    expect(socket.bytesWritten).toBe(0)
    await turn()
    expect(socket.bytesWritten).toBe(13)
    expect(told).toEqual(['one', 'two'])
    wire.end()
    expect(await received()).toBe('one two thr\xe9e')
  })

  it('tells of room three times at most before others have had a turn, however much the system takes at once', async () => {
    wire.onRoom = () => {
      rooms++
      wire.batch()
      wire.write('x'.repeat(64 * KIB))
    }
    wire.onRoom()
    await new Promise(resolve => setImmediate(resolve))
    expect(rooms).toBe(4)
    while (rooms < 12) await new Promise(resolve => setImmediate(resolve))
  })

  it('writes large pieces together, at once, and says after 256 KiB that there is no room until others have had a turn', async () => {
    const told: number[] = []
    for (let count = 1; count <= 4; count++) {
      expect(wire.hasRoom).toBe(true)
      wire.batch()
      wire.writeTogether(['<', Buffer.alloc(64 * KIB, 'x'), '>'], () => told.push(count))
      expect(wire.taken).toBe(count * (64 * KIB + 2))
    }
    expect(wire.hasRoom).toBe(false)
    expect(told).toEqual([])
    const roomy = new Promise<void>(resolve => (wire.onRoom = resolve))
    await roomy
    expect(wire.hasRoom).toBe(true)
    expect(told).toEqual([1, 2, 3, 4])
    wire.end()
    expect(await received()).toBe(`<${'x'.repeat(64 * KIB)}>`.repeat(4))
  })

  it('writes pieces behind what was gathered, and behind a write that is under way', async () => {
    const told: string[] = []
    const large = Buffer.alloc(64 * KIB, 'x')
    wire.batch()
    wire.write('before ')
    wire.writeTogether(['<', large, '>'], () => told.push('gathered'))
    wire.writeTogether([' sm', Buffer.from('al'), 'l '], () => told.push('small'))
    await turn()
    expect(told).toEqual(['gathered', 'small'])
    wire.write(Buffer.alloc(LARGE, 'y'), () => told.push('under way'))
    wire.writeTogether([' <', large, '>'], () => told.push('behind'))
    wire.end()
    const x = 'x'.repeat(64 * KIB)
    expect(await received()).toBe(`before <${x}> small ${'y'.repeat(LARGE)} <${x}>`)
    expect(told).toEqual(['gathered', 'small', 'under way', 'behind'])
  })

  it('tells of room when the system takes at once what there was no room for while it was gathered', async () => {
    wire.batch()
    wire.write(Buffer.alloc(64 * KIB))
    expect(wire.hasRoom).toBe(false)
    await turn()
    expect(wire.hasRoom).toBe(true)
    expect(rooms).toBe(1)
  })

  it('sends what was gathered before FIN, and before a connection is handed over', async () => {
    wire.batch()
    wire.write('head ')
    const { stream, bytes } = wire.handOver(undefined)
    expect(bytes).toBe(0)
    expect(socket.bytesWritten).toBe(5)
    stream.end('of the application')
    expect(await received()).toBe('head of the application')
  })

  it('lets a write of the application wait behind a head that is under way', async () => {
    const large = 'h'.repeat(LARGE)
    wire.write(large)
    const handed = wire.handOver(undefined)
    handed.stream.end('mine')
    expect(await received()).toBe(`${large}mine`)
    expect(handed.bytes).toBe(4)
  })

  it('destroys the socket when a write fails, and tells whoever waits for it with the same error', async () => {
    const failed = new Promise<NodeJS.ErrnoException>(resolve => socket.on('error', resolve))
    client.socket.resetAndDestroy()
    const told: unknown[] = []
    while (!wire.isGone) {
      wire.write('x', error => error && told.push(error))
      await turn()
    }
    const error = await failed
    expect(['EPIPE', 'ECONNRESET']).toContain(error.code)
    expect(error.syscall).toBe('write')
    await turn()
    expect(told).toEqual([error])
  })

  it('destroys the socket when the peer goes while a write is under way', async () => {
    const failed = new Promise<NodeJS.ErrnoException>(resolve => socket.on('error', resolve))
    const told: unknown[] = []
    wire.write(Buffer.alloc(LARGE), error => told.push(error))
    client.socket.resetAndDestroy()
    expect(['EPIPE', 'ECONNRESET']).toContain((await failed).code)
    await turn()
    expect(told).toEqual([await failed])
    expect(wire.hasRoom).toBe(false)
    expect(rooms).toBe(0)
  })

  it('has no room once the socket is destroyed, and tells whoever wrote', async () => {
    const told = new Promise(resolve => {
      wire.write(Buffer.alloc(LARGE), resolve)
    })
    socket.destroy()
    expect(wire.hasRoom).toBe(false)
    expect(wire.isGone).toBe(true)
    await told
    expect(rooms).toBe(0)
  })

  it('drops what is under way when it resets the connection', async () => {
    const told: unknown[] = []
    wire.write(Buffer.alloc(LARGE), error => told.push(error))
    wire.reset()
    expect((await received()).length).toBeLessThan(LARGE)
    expect(told).toHaveLength(1)
  })

  it('asks for FIN behind what is under way, so that the connection can still be reset', async () => {
    const results = noteResets()
    wire.write(Buffer.alloc(LARGE))
    wire.end()
    wire.reset()
    expect(socket.destroyed).toBe(true)
    expect(results).toEqual([0])
  })

  it('only closes a connection behind whose FIN nothing waits', async () => {
    const results = noteResets()
    wire.end()
    wire.reset()
    expect(socket.destroyed).toBe(true)
    expect(results).toEqual([])
  })

  /** What the system says of each reset from now on: 0, or a negative errno. A client on libuv takes one behind data for an end. */
  function noteResets(): number[] {
    const results: number[] = []
    const { _handle: handle } = socket as unknown as { _handle: { reset(done: () => void): number } }
    const reset = handle.reset.bind(handle)
    handle.reset = done => {
      const result = reset(done)
      results.push(result)
      return result
    }
    return results
  }
})
