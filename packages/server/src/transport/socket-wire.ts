// A connection's wire over a `net.Socket`.
import type { Socket } from 'node:net'
import type { HandedOver, Wire, WriteCallback } from '../exchange/wire.ts'
import type { Connection } from '../http1/connection.ts'
import { handOver, holdEnd } from './upgraded-socket.ts'

/** Bytes that may wait to be sent before the engine is asked to make no more: a socket buffer's worth. */
const HIGH_WATER = 64 * 1024

/** What is used of `net.Socket` that its types do not have: libuv's count of bytes that the system has not taken. */
interface SocketInternals {
  readonly _handle?: { readonly writeQueueSize?: number } | null
}

export class SocketWire implements Wire {
  /** Whether FIN was asked for. */
  isEnding = false
  private readonly socket: Socket
  private readonly raw: Socket
  private readonly highWater: number
  private batching = false
  private endHold: (() => void) | undefined

  /** `raw` is the TCP socket below, where `socket` is one of TLS. */
  constructor(socket: Socket, raw: Socket = socket) {
    this.socket = socket
    this.raw = raw
    // Below its own mark a socket does not tell of 'drain'; an application may have set node's default for all.
    this.highWater = Math.max(HIGH_WATER, socket.writableHighWaterMark)
  }

  get hasRoom(): boolean {
    return this.socket.writableLength < this.highWater
  }

  get isGone(): boolean {
    return this.socket.destroyed
  }

  /**
   * Bytes that the system has not taken yet. A write under way counts whole until it is done, and once more for what is
   * left of it, where node tells (as its own socket time-outs use it).
   */
  get backlog(): number {
    const { writableLength } = this.socket
    if (writableLength === 0) return 0
    return writableLength + ((this.socket as unknown as SocketInternals)._handle?.writeQueueSize ?? 0)
  }

  /** Grows with what the system takes, whatever is written meanwhile: how a sweep sees that the peer reads. */
  get taken(): number {
    return this.socket.bytesWritten - this.backlog
  }

  write(data: string | Uint8Array, done?: WriteCallback): void {
    if (typeof data === 'string') this.socket.write(data, 'latin1', done)
    else this.socket.write(data, done)
  }

  batch(): void {
    if (this.batching) return
    this.batching = true
    this.socket.cork()
    this.afterTurn(() => {
      this.batching = false
      this.socket.uncork()
    })
  }

  afterTurn(callback: () => void): void {
    queueMicrotask(() => process.nextTick(callback))
  }

  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  holdEnd(ended: () => void): void {
    this.endHold ??= holdEnd(this.socket, ended)
  }

  handOver(received: Uint8Array | undefined): HandedOver {
    // The head must not wait for the end of the turn: the application may destroy the socket within it.
    if (this.batching) this.socket.uncork()
    const handed = handOver(this.socket, received)
    this.releaseEnd()
    return handed
  }

  end(): void {
    if (this.isEnding) return
    this.isEnding = true
    this.releaseEnd()
    this.socket.end()
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
export function attach(socket: Socket, connection: Connection, onClose: () => void): () => void {
  let failure: unknown
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
    for (const [event, listener] of listeners) socket.removeListener(event, listener)
  }
}
