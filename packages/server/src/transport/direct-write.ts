// Writes straight to the handle of a socket, past `net.Socket`'s Writable: its buffer, its callbacks and the request object that it
// makes for each write cost a third of what the processor does for a small answer outside of the kernel.
//
// The one file that uses the writing methods of node's stream handles, which node does not document. How they are called is learned at
// the start by watching `net.Socket` itself call them once, on a stand-in; called otherwise than in one of the two ways that are known here,
// there is no direct writing, and sockets write as ever (docs/decisions/0018).
import { Socket } from 'node:net'
import { getSystemErrorName } from 'node:util'

/** What a write is given or gives while it is under way. */
interface WriteRequest {
  /** -1 while no write goes on with it. */
  getAsyncId(): number
  /** Called once, in a later turn, with 0 or a negative errno. */
  oncomplete?: (status: number) => void
  /** Keeps the memory that is being written. */
  buffer?: unknown
  /** From Node 26 on: what the write came to, where that was known before anybody could listen. */
  readonly writeStatus?: number | null
}

type WriteRequestConstructor = new () => WriteRequest

/** A node handle, as far as it is used here. What the calls give differs: see `Calling`. */
export interface DirectHandle {
  /** Bytes that the system has not taken yet. */
  readonly writeQueueSize: number
  writeLatin1String(request: WriteRequest | null, text: string): unknown
  writeBuffer(request: WriteRequest | null, bytes: Uint8Array): unknown
  writev(request: WriteRequest | null, chunks: readonly Uint8Array[], allBytes: true): unknown
}

/** What can be written with one call: characters up to 0xFF, bytes, or several pieces of those. */
export type DirectData = string | Uint8Array | readonly Uint8Array[]

/** Told of a write that was under way: 0 when the system has taken all of it, a negative errno when it never will. */
export type Completed = (status: number) => void

/**
 * How node calls its handles. `given` (20 to 24): with a request object, which is in use from then on if the write is not done when
 * the call is; the result is 0 or a negative errno. `made` (26): with null; the result is that, or the request of a write that goes on.
 */
export type Calling = { readonly by: 'given'; readonly Request: WriteRequestConstructor } | { readonly by: 'made' }

/** What `net.Socket` calls a handle with when it writes a string, a buffer, and two buffers together. */
export interface SeenCalls {
  readonly text: readonly unknown[]
  readonly bytes: readonly unknown[]
  readonly pieces: readonly unknown[]
}

const TEXT = '\xff'
const BYTES = Buffer.of(0)

/** Has `net.Socket` write to a stand-in for a handle; throws where it does not do with that. */
export function watchCalls(): SeenCalls {
  return {
    text: watchCall(socket => socket.write(TEXT, 'latin1')),
    bytes: watchCall(socket => socket.write(BYTES)),
    pieces: watchCall(socket => {
      socket.cork()
      socket.write(BYTES)
      socket.write(BYTES)
      socket.uncork()
    }),
  }
}

// A socket for each call: whether node takes one for done, it looks up where a stand-in cannot tell it.
function watchCall(write: (socket: Socket) => void): readonly unknown[] {
  let call: unknown[] = []
  const take = (...given: unknown[]): number => {
    call = given
    return 0
  }
  const standIn = {
    writeLatin1String: take,
    writeBuffer: take,
    writev: take,
    readStart: () => 0,
    readStop: () => 0,
    close: () => undefined,
    getAsyncId: () => 0,
  }
  const socket = new Socket({ handle: standIn, readable: false } as ConstructorParameters<typeof Socket>[0])
  socket.on('error', () => undefined)
  write(socket)
  socket.destroy()
  return call
}

/** The way of calling that was seen; `undefined` if it is none of those that are known. */
export function callingOf({ text, bytes, pieces }: SeenCalls): Calling | undefined {
  const [chunks, allBytes] = [pieces[1], pieces[2]]
  if (text[1] !== TEXT || bytes[1] !== BYTES || !Array.isArray(chunks) || allBytes !== true) return undefined
  if (chunks.length !== 2 || chunks[0] !== BYTES) return undefined
  const requests = [text[0], bytes[0], pieces[0]]
  if (requests.every(request => request === null)) return { by: 'made' }
  const Request = (requests[0] as object | undefined)?.constructor as WriteRequestConstructor | undefined
  const areTheirs = requests.every(request => (request as object | undefined)?.constructor === Request)
  if (Request === undefined || !areTheirs) return undefined
  const request = new Request()
  return typeof request.getAsyncId === 'function' && request.getAsyncId() === -1 ? { by: 'given', Request } : undefined
}

function learnCalling(): Calling | undefined {
  try {
    return callingOf(watchCalls())
  } catch {
    return undefined
  }
}

const calling = learnCalling()

/** The request for the next write; only one that goes on uses it up. */
let spare: WriteRequest | null = calling?.by === 'given' ? new calling.Request() : null

/** The handle of a socket of TCP or of a UNIX socket, for `writeDirectly`; `undefined` where this Node cannot be written to so. */
export function directHandleOf(socket: Socket): DirectHandle | undefined {
  const handle = (socket as unknown as { readonly _handle?: Partial<DirectHandle> | null })._handle
  if (calling === undefined || typeof handle?.writeQueueSize !== 'number') return undefined
  const { writeLatin1String, writeBuffer, writev } = handle
  return [writeLatin1String, writeBuffer, writev].every(method => typeof method === 'function')
    ? (handle as DirectHandle)
    : undefined
}

/**
 * Writes: 0 when the system has taken all of it, a negative errno when it takes no more; else the rest of it is under way, for
 * `whenWritten`. What is written to the handle meanwhile waits behind it.
 */
export function writeDirectly(handle: DirectHandle, data: DirectData): number | UnderWay {
  const result = call(handle, data)
  if (typeof result !== 'number') {
    // A handle that is closed gives nothing; a request that is not in use and tells of no end never was.
    const request = result as WriteRequest | undefined
    const goesOn = request?.getAsyncId() !== -1 || typeof request.writeStatus === 'number'
    return request !== undefined && goesOn ? request : BROKEN
  }
  // The request is in use, or not: whether bytes wait would not tell, as they may have gone by the end of the call.
  if (result !== 0 || spare === null || spare.getAsyncId() === -1) return result
  const request = spare
  spare = calling?.by === 'given' ? new calling.Request() : null
  return request
}

/** A write that goes on. */
export type UnderWay = WriteRequest

/** Has `completed` told, in a later turn, of a write that is under way. Its data must not change until then. */
export function whenWritten(request: UnderWay, data: DirectData, completed: Completed): void {
  const { writeStatus } = request
  if (typeof writeStatus === 'number') {
    setImmediate(completed, writeStatus)
    return
  }
  request.oncomplete = completed
  request.buffer = data
}

function call(handle: DirectHandle, data: DirectData): unknown {
  if (typeof data === 'string') return handle.writeLatin1String(spare, data)
  return isPieces(data) ? handle.writev(spare, data, true) : handle.writeBuffer(spare, data)
}

/** Whether it is several pieces. */
export function isPieces(data: DirectData): data is readonly Uint8Array[] {
  return Array.isArray(data)
}

/** EPIPE on Linux: what is closed cannot be written to. */
const BROKEN = -32

/** The error that `net.Socket` would have made of a negative errno. */
export function writeError(status: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(status)
  return Object.assign(new Error(`write ${code}`), { errno: status, code, syscall: 'write' })
}
