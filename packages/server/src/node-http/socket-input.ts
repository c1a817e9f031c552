// How the bytes of a connection come in. Reads of a plain socket land in one buffer of the process, past its readable side, as node's
// server has its parser take them: no memory and no 'data' event for each. A sender that fills that buffer gets one of its own for the
// next read, so that bodies in bulk are not copied. Once somebody else wants to read from the socket, or it is handed over, it is a
// stream like any other again. Other sockets and streams are read by 'data' events.
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { keepViews } from '../http1/parser-input.ts'
import type { InnerSocket } from './node-members.ts'

/** Bytes of one read: node's own figure. */
const READ_SIZE = 64 * 1024

/** How often memory is taken back from one socket, which gets none from then on: node keeps a few bytes for each time as long as the socket lives. */
const TAKEN_BACK_LIMIT = 16

/** One read of any socket of this process lands here: reads do not overlap. */
const shared = keepViews(Buffer.allocUnsafeSlow(READ_SIZE))

/** Where `net.Socket` keeps what its documented `onread` option gives, which a new socket alone may have: buffer, callback, and what gives the next buffer. */
const [bufferMember, callbackMember, nextMember] = membersOfOnread()

/** Whether reads of a socket go past it. */
const isPast: unique symbol = Symbol('kirin.isPast')

type ListenMethod = 'on' | 'addListener' | 'prependListener'
/** How often memory was taken back from a socket. */
const takenBack: unique symbol = Symbol('kirin.takenBack')

/** Methods of a socket's own while its reads go past it: they see that somebody wants to read from it. */
const listening = {
  on: listeningBy('on'),
  addListener: listeningBy('addListener'),
  prependListener: listeningBy('prependListener'),
}

/**
 * Takes `input[0, end)`. The next read takes its memory unless it `isOwn`: then whoever was called may keep it. The result says whether
 * there is a use for such memory in the next read.
 */
export type ReadCallback = (input: Buffer, end: number, isOwn: boolean) => boolean

/** Has a connection's bytes told of: by `onRead` where reads can go past the socket, and nobody reads from it already; by the listener of 'data' else. */
export function readFrom(socket: InnerSocket, onData: (input: Buffer) => void, onRead: ReadCallback): void {
  const goesPast = canGoPast(socket)
  socket.on('data', onData)
  if (!goesPast) return
  const members = socket as unknown as OnreadMembers
  readInto(socket, shared)
  let following: Buffer | undefined
  members[callbackMember as symbol] = (end: number) => {
    const input = members[bufferMember as symbol] as Buffer
    const isOwn = input !== shared
    // Whoever got it keeps it, also where a listener throws.
    if (isOwn) following = shared
    let isThrough = false
    try {
      const isBulk = onRead(input, end, isOwn) && end >= (isOwn ? READ_SIZE / 2 : READ_SIZE)
      if (isBulk && members[takenBack] < TAKEN_BACK_LIMIT) following = Buffer.allocUnsafeSlow(READ_SIZE)
      isThrough = true
    } finally {
      // Node does not ask for the next one then.
      if (isOwn && !isThrough) readInto(socket, shared)
    }
  }
  members[nextMember as symbol] = () => {
    const next = following
    following = undefined
    return next
  }
  members[isPast] = true
  members[takenBack] = 0
  Object.assign(socket, listening)
}

interface OnreadMembers {
  [isPast]?: boolean
  [takenBack]: number
  [member: symbol]: unknown
}

/** Nothing came for a while: takes back the memory that the next read would have had for itself, which costs that read a copy. */
export function takeBackMemory(socket: InnerSocket): void {
  const members = socket as unknown as OnreadMembers
  if (members[isPast] !== true || members[bufferMember as symbol] === shared || !socket._handle) return
  members[takenBack]++
  readInto(socket, shared)
}

/** Has the next read land there. */
function readInto(socket: InnerSocket, buffer: Buffer): void {
  socket._handle?.useUserBuffer?.(buffer)
  ;(socket as unknown as OnreadMembers)[bufferMember as symbol] = buffer
}

function canGoPast(socket: InnerSocket): boolean {
  if (bufferMember === undefined || callbackMember === undefined || nextMember === undefined) return false
  if (!(socket instanceof Socket) || 'encrypted' in socket || typeof socket._handle?.useUserBuffer !== 'function')
    return false
  return socket.listenerCount('data') === 0 && socket.listenerCount('readable') === 0
}

/** Has what a socket reads from now on come out of its readable side. */
export function readAsStream(socket: InnerSocket): void {
  const members = socket as unknown as OnreadMembers
  if (members[isPast] !== true) return
  members[isPast] = false
  // With a buffer of its own `net.Socket` stops reading when it is paused: a stream that is paused still sees its client leave.
  socket.pause = Duplex.prototype.pause as typeof socket.pause
  members[callbackMember as symbol] = (end: number, input: Buffer) => {
    // What was read before may have been kept.
    return socket.push(copyOf(input.subarray(0, end)))
  }
}

/** A copy, in memory that nothing was written to before: `Buffer.from` fills what it is about to write. */
export function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafe(bytes.length)
  copy.set(bytes)
  return copy
}

function listeningBy(name: ListenMethod): (this: InnerSocket, ...given: unknown[]) => InnerSocket {
  return function (event, ...given) {
    if (event === 'data' || event === 'readable') readAsStream(this)
    const listen = Socket.prototype[name] as (this: InnerSocket, ...given: unknown[]) => InnerSocket
    return listen.call(this, event, ...given)
  }
}

function membersOfOnread(): readonly (symbol | undefined)[] {
  const members = Object.getOwnPropertySymbols(new Socket())
  return ['kBuffer', 'kBufferCb', 'kBufferGen'].map(name => members.find(({ description }) => description === name))
}
