// A connection's wire over a `net.Socket`.
import type { Socket } from 'node:net'
import { KirinError } from '../exchange/errors.ts'
import { type HandedOver, type Wire, type WriteCallback, writeEach } from '../exchange/wire.ts'
import type { Connection } from '../http1/connection.ts'
import { afterTurn } from './after-turn.ts'
import { type DirectData, type DirectHandle, isPieces, whenWritten, writeDirectly, writeError } from './direct-write.ts'
import { takeBackMemory } from './socket-reads.ts'
import { awaitTurn, hasTurn } from './stream-turns.ts'
import { handOver, holdEnd } from './upgraded-socket.ts'

/** Bytes that may wait to be sent before the engine is asked to make no more: a socket buffer's worth. */
const HIGH_WATER = 64 * 1024

/** Bytes that a connection writes, in one body or several, between two times that it asks whose turn it is. */
const UNASKED = 4 * HIGH_WATER

const CRLF = '\r\n'
const CRLF_BYTES = Buffer.from(CRLF)

/** What is used of `net.Socket` that its types do not have: libuv's count of bytes that the system has not taken. */
interface SocketInternals {
  readonly _handle?: { readonly writeQueueSize?: number } | null
}

export class SocketWire implements Wire {
  /** Whether FIN was asked for; it goes out behind all that waits. */
  isEnding = false
  /** Why the wire has dropped the connection itself. */
  fault: KirinError | undefined
  /** Told, where writes go past the socket, when there may be room again; else the socket's 'drain' tells. */
  onRoom: (() => void) | undefined
  readonly socket: Socket
  private readonly raw: Socket
  private readonly handle: DirectHandle | undefined
  private readonly highWater: number
  private batching = false
  /** What is gathered until the end of the turn to be written together, its size in bytes, and who is told. */
  private gathered: (string | Uint8Array)[] = []
  private gatheredBytes = 0
  private gatheredDone: WriteCallback[] | undefined
  /** Bytes that the system took as they were made since it was last asked whose turn it is. */
  private takenAtOnce = 0
  private awaitsTurn = false
  /** The ticket of the turn that it last waited for. */
  private turn = -1
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
    return this.waiting < this.highWater && !this.awaitsTurn && !this.socket.destroyed
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
    if (this.batching) this.gather(data, done)
    else if (!this.writePast(data, done)) this.writeToSocket(this.asWaiting(data), done)
  }

  writeTogether(pieces: readonly (string | Uint8Array)[], done?: WriteCallback): void {
    const size = sizeOf(pieces)
    if (this.handle === undefined || size < this.highWater || this.gathered.length > 0) {
      this.batch()
      writeEach(this, pieces, done)
      return
    }
    this.writePieces(pieces, done)
    this.countTaken(size)
  }

  batch(): void {
    if (this.batching) return
    this.batching = true
    afterTurn(this.flushNow)
  }

  afterTurn(callback: () => void): void {
    afterTurn(callback)
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
    // A write past the socket is under way: FIN goes out behind it in any case, and asked for now it could not be taken back.
    if (this.underWay === 0) this.socket.end()
  }

  private writeToSocket(data: string | Uint8Array, done?: WriteCallback): void {
    if (typeof data === 'string') this.socket.write(data, 'latin1', done)
    else this.socket.write(data, done)
  }

  /** Strings that follow each other become one: what is gathered is a single string, or pieces some of which are bytes. */
  private gather(data: string | Uint8Array, done: WriteCallback | undefined): void {
    const { gathered } = this
    const last = gathered.length - 1
    if (typeof data === 'string' && typeof gathered[last] === 'string') gathered[last] += data
    else gathered.push(data)
    this.gatheredBytes += data.length
    if (done === undefined) return
    if (this.gatheredDone === undefined) this.gatheredDone = [done]
    else this.gatheredDone.push(done)
  }

  /** Ends the batch, if there is one: writes what was gathered. */
  private flush(): void {
    if (!this.batching) return
    this.batching = false
    const { gathered, gatheredDone, gatheredBytes } = this
    if (gathered.length === 0) return
    this.gathered = []
    this.gatheredDone = undefined
    this.gatheredBytes = 0
    const done = gatheredDone && ((error?: Error | null) => callAll(gatheredDone, error))
    if (!haveSize(gathered, gatheredBytes)) {
      this.dropShortened(done)
      return
    }
    this.writePieces(gathered, done)
    // The system may have taken at once what there was no room for while it was gathered.
    if (gatheredBytes < this.highWater) return
    this.countTaken(gatheredBytes)
    if (this.hasRoom) process.nextTick(this.askForMore)
  }

  /** An application has detached or resized memory that it gave away: sent as it is now, what follows would be taken for the rest of it. */
  private dropShortened(done: WriteCallback | undefined): void {
    const fault = new KirinError('KIRIN_RESPONSE_LENGTH', {
      requirement: 'RES-14',
      message: 'the memory of a chunk was detached or resized in the turn in which it was yielded',
    })
    this.fault = fault
    this.reset()
    if (done !== undefined) process.nextTick(done, fault)
  }

  /**
   * Counts what was written if the system has taken it at once, and leaves others their turn now and then: with a client that reads as fast as an
   * application yields, this would else go on without end.
   */
  private countTaken(bytes: number): void {
    if (this.waiting > 0) return
    this.takenAtOnce += bytes
    if (this.takenAtOnce < UNASKED) return
    this.takenAtOnce = 0
    if (hasTurn(this.turn)) return
    this.awaitsTurn = true
    this.turn = awaitTurn(this.turnTaken)
  }

  private readonly turnTaken = (): void => {
    this.awaitsTurn = false
    this.askForMore()
  }

  private readonly flushNow = (): void => this.flush()

  private readonly askForMore = (): void => {
    if (this.hasRoom) this.onRoom?.()
  }

  private writePieces(pieces: readonly (string | Uint8Array)[], done: WriteCallback | undefined): void {
    const [first] = pieces
    const isOne = pieces.length === 1 && first !== undefined
    if (this.handle !== undefined && this.writePast(isOne ? first : pieces.map(bytesOf), done)) return
    const kept = pieces.map(piece => this.asWaiting(piece))
    this.socket.cork()
    writeEach({ write: (piece, told) => this.writeToSocket(piece, told) }, kept, done)
    this.socket.uncork()
  }

  /**
   * A copy, for what would wait in the socket behind others until it is looked at again: an application that detaches or resizes its memory
   * meanwhile would have fewer bytes go out than their framing tells.
   */
  private asWaiting(piece: string | Uint8Array): string | Uint8Array {
    return typeof piece === 'string' || this.socket.writableLength === 0 ? piece : Buffer.from(piece)
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
      this.underWay = isPieces(data) ? sizeOf(data) : data.length
      whenWritten(result, data, status => this.written(status, done))
    }
    return true
  }

  /** A write past the socket that was under way is over. */
  private written(status: number, done: WriteCallback | undefined): void {
    this.underWay = 0
    this.takenAtOnce = 0
    if (this.socket.destroyed) done?.(null)
    else if (status < 0) this.failed(status, done)
    else {
      done?.(null)
      if (this.isEnding) this.socket.end()
      else if (this.hasRoom) this.onRoom?.()
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
    // to take back, and libuv does not stand a reset there; it comes when nothing waits before it any more.
    const isEnded = this.isEnding && this.waiting === 0
    if (!isEnded && this.socket.remoteFamily !== undefined) this.raw.resetAndDestroy()
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
        const { fault } = wire
        if (fault !== undefined) connection.host.log.error({ err: fault }, 'the application failed: connection reset')
        connection.lost(failure ?? fault)
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

function bytesOf(piece: string | Uint8Array): Uint8Array {
  if (typeof piece !== 'string') return piece
  return piece === CRLF ? CRLF_BYTES : Buffer.from(piece, 'latin1')
}

/** In bytes: strings are latin1. */
function sizeOf(pieces: readonly (string | Uint8Array)[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

/** Whether that is still their size. A string's cannot change, and what is gathered is mostly a single one. */
function haveSize(pieces: readonly (string | Uint8Array)[], size: number): boolean {
  return (pieces.length === 1 && typeof pieces[0] === 'string') || sizeOf(pieces) === size
}

function callAll(callbacks: readonly WriteCallback[], error: Error | null | undefined): void {
  for (const callback of callbacks) callback(error)
}
