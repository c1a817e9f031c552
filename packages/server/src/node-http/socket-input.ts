// How the bytes of a connection come in. Reads of a plain socket land in one buffer of the process, past its readable side, as node's
// server has its parser take them: no memory and no 'data' event for each. Once somebody else wants to read from the socket, or it
// is handed over, it is a stream like any other again. Other sockets and streams are read by 'data' events.
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { InnerSocket } from './node-members.ts'

/** One read of any socket of this process lands here: reads do not overlap. */
const shared = Buffer.allocUnsafeSlow(64 * 1024)

/** Where `net.Socket` keeps the buffer of its documented `onread` option, which can be given to a new socket only, and its callback. */
const [bufferMember, callbackMember] = membersOfOnread()

/** Whether reads of a socket go past it. */
const isPast: unique symbol = Symbol('kirin.isPast')

type ListenMethod = 'on' | 'addListener' | 'prependListener'
/** Methods of a socket's own while its reads go past it: they see that somebody wants to read from it. */
const listening = {
  on: listeningBy('on'),
  addListener: listeningBy('addListener'),
  prependListener: listeningBy('prependListener'),
}

/** Takes `input[0, end)`, which is memory that the next read takes. */
export type SharedReadCallback = (input: Buffer, end: number) => void

/** Has a connection's bytes told of: by `onShared` where reads can be shared, and nobody reads from it already; by the listener of 'data' else. */
export function readFrom(socket: InnerSocket, onData: (input: Buffer) => void, onShared: SharedReadCallback): void {
  const shares = canShare(socket)
  socket.on('data', onData)
  if (!shares) return
  socket._handle?.useUserBuffer?.(shared)
  const members = socket as unknown as Record<symbol, unknown>
  members[bufferMember as symbol] = shared
  members[callbackMember as symbol] = (end: number) => onShared(shared, end)
  members[isPast] = true
  Object.assign(socket, listening)
}

function canShare(socket: InnerSocket): boolean {
  if (bufferMember === undefined || callbackMember === undefined) return false
  if (!(socket instanceof Socket) || 'encrypted' in socket || typeof socket._handle?.useUserBuffer !== 'function')
    return false
  return socket.listenerCount('data') === 0 && socket.listenerCount('readable') === 0
}

/** Has what a socket reads from now on come out of its readable side. */
export function readAsStream(socket: InnerSocket): void {
  const members = socket as unknown as Record<symbol, unknown>
  if (members[isPast] !== true) return
  members[isPast] = false
  // With a buffer of its own `net.Socket` stops reading when it is paused: a stream that is paused still sees its client leave.
  socket.pause = Duplex.prototype.pause as typeof socket.pause
  members[callbackMember as symbol] = (end: number) => socket.push(copyOf(shared.subarray(0, end)))
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
  return ['kBuffer', 'kBufferCb'].map(name => members.find(({ description }) => description === name))
}
