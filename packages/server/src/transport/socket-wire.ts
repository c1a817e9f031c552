// A connection's wire over a `net.Socket`.
import type { Socket } from 'node:net'
import type { HandedOver, Wire, WriteCallback } from '../exchange/wire.ts'
import type { Connection } from '../http1/connection.ts'
import { type DirectData, type DirectHandle, isPieces, whenWritten, writeDirectly, writeError } from './direct-write.ts'
import { takeBackMemory } from './socket-reads.ts'
import { handOver, holdEnd } from './upgraded-socket.ts'

/** Bytes that may wait to be sent before the engine is asked to make no more: a socket buffer's worth. */
const HIGH_WATER = 64 * 1024

/**
 * Bytes of a body that one connection is given before everybody else has a turn, while the system takes them as fast as they are made. A turn for each
 * chunk of 64 KiB cost a tenth of a stream; some milliseconds of an application that compresses are as much as others should wait.
 */
const A_TURN = 4 * HIGH_WATER

/** What is used of `net.Socket` that its types do not have: libuv's count of bytes that the system has not taken. */
interface SocketInternals {
  readonly _handle?: { readonly writeQueueSize?: number } | null
}

export class SocketWire implements Wire {
  /** Whether FIN was asked for. */
  isEnding = false
  /** Told, where writes go past the socket, when there may be room again; else the socket's 'drain' tells. */
  onRoom: (() => void) | undefined
  readonly socket: Socket
  private readonly raw: Socket
  private readonly handle: DirectHandle | undefined
  private readonly highWater: number
  private batching = false
  /** What is gathered until the end of the turn to be written past the socket, its size in bytes, and who is told. */
  private gathered: (string | Uint8Array)[] = []
  private gatheredBytes = 0
  private gatheredDone: WriteCallback[] = []
  /** Bytes that the system took at once since others had a turn. */
  private takenAtOnce = 0
  /** Bytes of a write past the socket that is under way. */
  private underWay = 0
  private endHold: (() => void) | undefined

  /**
   * `raw` is the TCP socket below, where `socket` is one of TLS. With a `handle`, which is the socket's, writes go straight to it whenever
   * nothing waits before them: nobody but the wire may write to such a socket before it is handed over.
   */
  constructor(socket: Socket, raw: Socket = socket, handle?: DirectHandle) {
    this.socket = socket
    this.raw = raw
    this.handle = handle
    // Below its own mark a socket does not tell of 'drain'; an application may have set node's default for all.
    this.highWater = Math.max(HIGH_WATER, socket.writableHighWaterMark)
  }

  get hasRoom(): boolean {
    // What is written to a socket that is destroyed counts nowhere: a body that is there at once would be taken for ever.
    return this.waiting < this.highWater && !this.socket.destroyed
  }

  get isGone(): boolean {
    return this.socket.destroyed
  }

  /** Bytes that were written and not taken by the system; a write that is under way counts whole until it is done. */
  private get waiting(): number {
    return this.socket.writableLength + this.underWay + this.gatheredBytes
  }

  /**
   * Bytes that the system has not taken yet. A write under way counts whole until it is done, and once more for what is
   * left of it, where node tells (as its own socket time-outs use it).
   */
  get backlog(): number {
    const { waiting } = this
    if (waiting === 0) return 0
    return waiting + ((this.socket as unknown as SocketInternals)._handle?.writeQueueSize ?? 0)
  }

  /** Grows with what the system takes, whatever is written meanwhile: how a sweep sees that the peer reads. */
  get taken(): number {
    return this.socket.bytesWritten - this.backlog
  }

  write(data: string | Uint8Array, done?: WriteCallback): void {
    if (this.handle === undefined) this.writeToSocket(data, done)
    else if (this.batching) this.gather(data, done)
    else if (!this.writePast(data, done)) this.writeToSocket(data, done)
  }

  batch(): void {
    if (this.batching) return
    this.batching = true
    if (this.handle === undefined) this.socket.cork()
    this.afterTurn(() => this.flush())
  }

  afterTurn(callback: () => void): void {
    queueMicrotask(() => process.nextTick(callback))
  }

  nextTurn(callback: () => void): void {
    setImmediate(callback)
  }

  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  /** Nothing came for a while. */
  takeBackMemory(): void {
    takeBackMemory(this.socket)
  }

  holdEnd(ended: () => void): void {
    this.endHold ??= holdEnd(this.socket, ended)
  }

  handOver(received: Uint8Array | undefined): HandedOver {
    // The head must not wait for the end of the turn: the application may destroy the socket within it.
    this.flush()
    const handed = handOver(this.socket, received)
    this.releaseEnd()
    return handed
  }

  end(): void {
    if (this.isEnding) return
    this.flush()
    this.isEnding = true
    this.releaseEnd()
    this.socket.end()
  }

  private writeToSocket(data: string | Uint8Array, done?: WriteCallback): void {
    if (typeof data === 'string') this.socket.write(data, 'latin1', done)
    else this.socket.write(data, done)
  }

  private gather(data: string | Uint8Array, done: WriteCallback | undefined): void {
    this.gathered.push(data)
    this.gatheredBytes += data.length
    if (done !== undefined) this.gatheredDone.push(done)
  }

  /** Ends the batch, if there is one: writes what was gathered. */
  private flush(): void {
    if (!this.batching) return
    this.batching = false
    if (this.handle === undefined) {
      this.socket.uncork()
      return
    }
    const { gathered, gatheredDone, gatheredBytes } = this
    if (gathered.length === 0) return
    this.gathered = []
    this.gatheredDone = []
    this.gatheredBytes = 0
    const [first] = gathered
    const data = gathered.length === 1 && first !== undefined ? first : joined(gathered)
    const done = gatheredDone.length === 0 ? undefined : (error?: Error | null) => callAll(gatheredDone, error)
    if (!this.writePast(data, done)) this.writePieces(data, done)
    // The system may have taken at once what there was no room for while it was gathered.
    else if (gatheredBytes >= this.highWater && this.hasRoom) this.makeMore(gatheredBytes)
  }

  /**
   * Asks for more behind what was taken at once. Others have their turn now and then: with a client that reads as fast as an application
   * yields, this would else go on without end.
   */
  private makeMore(taken: number): void {
    this.takenAtOnce += taken
    if (this.takenAtOnce < A_TURN) process.nextTick(this.askForMore)
    else {
      this.takenAtOnce = 0
      setImmediate(this.askForMore)
    }
  }

  private readonly askForMore = (): void => {
    if (this.hasRoom) this.onRoom?.()
  }

  private writePieces(data: DirectData, done: WriteCallback | undefined): void {
    if (!isPieces(data)) {
      this.writeToSocket(data, done)
      return
    }
    this.socket.cork()
    for (const piece of data.slice(0, -1)) this.writeToSocket(piece)
    this.writeToSocket(data.at(-1) ?? '', done)
    this.socket.uncork()
  }

  /** Writes straight to the handle; false if something waits before it, so that the socket must. */
  private writePast(data: DirectData, done: WriteCallback | undefined): boolean {
    const { socket, handle } = this
    if (handle === undefined || this.underWay > 0 || this.isEnding || socket.destroyed || socket.writableLength > 0) {
      return false
    }
    const result = writeDirectly(handle, data)
    if (result === 0) {
      if (done !== undefined) process.nextTick(done)
    } else if (typeof result === 'number') this.failed(result, done)
    else {
      this.underWay = sizeOf(data)
      whenWritten(result, data, status => this.written(status, done))
    }
    return true
  }

  /** A write past the socket that was under way is over. */
  private written(status: number, done: WriteCallback | undefined): void {
    this.underWay = 0
    if (this.socket.destroyed) done?.(null)
    else if (status < 0) this.failed(status, done)
    else {
      done?.(null)
      if (this.hasRoom) this.onRoom?.()
    }
  }

  private failed(status: number, done: WriteCallback | undefined): void {
    const error = writeError(status)
    if (done !== undefined) process.nextTick(done, error)
    this.socket.destroy(error)
  }

  /** Lets a FIN that was kept through, and every later one. */
  private releaseEnd(): void {
    const { endHold } = this
    this.endHold = undefined
    endHold?.()
  }

  reset(): void {
    // Only TCP has a reset, and node throws for anything else; `remoteFamily` is TCP's. Behind a FIN there is nothing
    // to take back, and libuv does not stand a reset there.
    if (!this.isEnding && this.socket.remoteFamily !== undefined) this.raw.resetAndDestroy()
    this.socket.destroy()
    this.isEnding = true
  }
}

/** Tells the connection what becomes of its socket; the result ends that. */
export function attach(wire: SocketWire, connection: Connection, onClose: () => void): () => void {
  const { socket } = wire
  let failure: unknown
  wire.onRoom = () => connection.drained()
  const listeners: readonly [string, (...args: unknown[]) => void][] = [
    ['error', error => (failure = error)],
    ['end', () => connection.ended()],
    ['drain', () => connection.drained()],
    [
      'close',
      () => {
        connection.lost(failure)
        onClose()
      },
    ],
  ]
  for (const [event, listener] of listeners) socket.on(event, listener)
  return () => {
    wire.onRoom = undefined
    for (const [event, listener] of listeners) socket.removeListener(event, listener)
  }
}

/** Pieces as one string, where all are strings, else as bytes each. */
function joined(pieces: readonly (string | Uint8Array)[]): string | readonly Uint8Array[] {
  if (pieces.every(piece => typeof piece === 'string')) return pieces.join('')
  return pieces.map(piece => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece))
}

/** In bytes. */
function sizeOf(data: DirectData): number {
  return isPieces(data) ? data.reduce((sum, { length }) => sum + length, 0) : data.length
}

function callAll(callbacks: readonly WriteCallback[], error: Error | null | undefined): void {
  for (const callback of callbacks) callback(error)
}
