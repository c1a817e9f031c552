// Reads without an allocation each: `net.Socket`'s documented `onread` option takes a buffer of ours, but
// only when a socket is made, and `net.Server` makes its sockets without it. So a second socket is made
// over the accepted handle, by the undocumented `handle` option. Where that does not work any more, 'data'
// events serve as well, at some 0.5 µs a read. A sender that fills the shared buffer gets one of its own for the next read, which
// may be kept: what comes in bulk is not copied. It is taken back from one that stops in the middle. A socket whose connection is handed
// over becomes an ordinary stream: the same object, which has all that was written to it before, and whose reads from then on go to its readable side.
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { keepViews } from '../http1/parser-input.ts'

/**
 * Takes `input[0, end)`. Its memory is used again afterwards unless it `isOwn`: then whoever was called may keep it. The result says
 * whether there is a use for such memory in the next read.
 */
export type ReadCallback = (input: Buffer, end: number, isOwn: boolean) => boolean

/** Bytes of one read: node's own figure. */
const READ_SIZE = 64 * 1024

/**
 * How often memory is taken back from one socket, which from then on reads into the shared buffer for good: node keeps a few bytes for each time as
 * long as the socket lives, and what stops so often is in no hurry.
 */
const TAKEN_BACK_LIMIT = 16

/** One read of any socket of this process lands here: reads do not overlap. */
const shared: Buffer = keepViews(Buffer.allocUnsafeSlow(READ_SIZE))

/** Whether reads go to the readable side, for a socket that reads into the shared buffer. */
const isStream: unique symbol = Symbol('kirin.isStream')
/** What listens to 'data', for one that does not. */
const listener: unique symbol = Symbol('kirin.dataListener')

/** Where the reads of a socket land that was made over a handle. */
const places: unique symbol = Symbol('kirin.places')

/** Where `net.Socket` keeps the memory that it was given to read into. */
const bufferMember = Object.getOwnPropertySymbols(new Socket()).find(({ description }) => description === 'kBuffer')

interface ReadSocket extends Socket {
  [isStream]?: boolean
  [places]?: Reads
  [listener]?: (chunk: Buffer) => unknown
}

/** What is used of `net.Socket` that its types do not have. */
interface SocketInternals {
  _handle: { reading?: boolean; onread?: unknown; useUserBuffer?(buffer: Buffer): void } | null
  _server?: unknown
  server?: unknown
}

/**
 * The socket to use for an accepted one, which must be paused: the same, or one made over its handle. `onRead` gets what was put
 * back into it, and every read; the first call comes after this one has returned.
 */
export function readInto(accepted: Socket, onRead: ReadCallback): Socket {
  const socket = rebuilt(accepted, onRead)
  if (socket !== undefined) return socket
  readEvents(accepted, onRead)
  return accepted
}

/** Has `onRead` get every read of a socket of any kind, TLS for one. */
export function readEvents(socket: Socket, onRead: ReadCallback): void {
  const onData = (chunk: Buffer): boolean => onRead(chunk, chunk.length, true)
  socket.on('data', onData)
  ;(socket as ReadSocket)[listener] = onData
  socket.resume()
}

/** Makes a stream of a socket that is read by one of these functions: what it reads from now on is for whoever reads from it. */
export function readAsStream(socket: Socket): void {
  const read = socket as ReadSocket
  if (read[listener] === undefined) {
    read[isStream] = true
    // With a buffer of its own `net.Socket` stops reading when it is paused: a stream that is paused still sees its peer leave.
    read.pause = Duplex.prototype.pause as typeof read.pause
  } else {
    read.removeListener('data', read[listener])
  }
  // Neither flowing nor paused, as new: the first 'data' listener sets it going. node:http does the same.
  ;(socket as { readableFlowing: boolean | null }).readableFlowing = null
}

/**
 * Nothing came over that socket for a while: takes back the memory that the next read of a sender in bulk would have had for itself, which
 * costs that read a copy. Without effect on all other sockets.
 */
export function takeBackMemory(socket: Socket): void {
  const { [places]: reads, [isStream]: streams } = socket as ReadSocket
  const handle = (socket as unknown as SocketInternals)._handle
  if (reads === undefined || streams || bufferMember === undefined || !handle || !reads.takeBack()) return
  handle.useUserBuffer?.(shared)
  ;(socket as unknown as Record<symbol, Buffer>)[bufferMember] = shared
}

function rebuilt(accepted: Socket, onRead: ReadCallback): Socket | undefined {
  const old = accepted as unknown as SocketInternals
  const handle = old._handle
  if (typeof handle?.useUserBuffer !== 'function') return undefined
  const putBack = accepted.readableLength > 0 ? (accepted.read() as Buffer) : undefined
  const server = old._server
  const reads = new Reads(onRead)
  const socket: ReadSocket = new Socket({
    allowHalfOpen: true,
    handle,
    onread: {
      buffer: () => reads.next(),
      callback(length: number) {
        if (socket[isStream]) return socket.push(reads.copied(length))
        reads.take(length)
        return true
      },
    },
  } as unknown as ConstructorParameters<typeof Socket>[0])
  socket[isStream] = false
  socket[places] = reads
  // The server counts its connections by this member: the one that lives must have it, the husk must not.
  const fresh = socket as unknown as SocketInternals
  fresh._server = server
  fresh.server = server
  old._handle = null
  old._server = null
  accepted.removeAllListeners()
  // Before any read of the system's can come.
  if (putBack !== undefined) process.nextTick(() => socket.destroyed || onRead(putBack, putBack.length, true))
  return socket
}

/** Where the reads of one socket land. */
class Reads {
  private readonly onRead: ReadCallback
  private buffer: Buffer = shared
  /** Where the next one lands, if not in the same. */
  private following: Buffer | undefined = shared
  private takenBack = 0

  constructor(onRead: ReadCallback) {
    this.onRead = onRead
  }

  /** What node is to read into from now on; nothing for the same as before. */
  next(): Buffer | undefined {
    const { following } = this
    if (following === undefined) return undefined
    this.following = undefined
    return (this.buffer = following)
  }

  /** A read has landed. */
  take(length: number): void {
    const isOwn = this.buffer !== shared
    const isBulk = this.onRead(this.buffer, length, isOwn) && length >= (isOwn ? READ_SIZE / 2 : READ_SIZE)
    if (isBulk && this.takenBack < TAKEN_BACK_LIMIT) this.following = Buffer.allocUnsafeSlow(READ_SIZE)
    else if (isOwn) this.following = shared
  }

  /** Has the next read land in the shared buffer; whether it would not have. */
  takeBack(): boolean {
    if (this.buffer === shared) return false
    this.buffer = shared
    this.takenBack++
    return true
  }

  copied(length: number): Buffer {
    return Buffer.from(this.buffer.subarray(0, length))
  }
}
