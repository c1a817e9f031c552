// A connection's wire over a `net.Socket`.
import type { Socket } from 'node:net'
import type { Connection } from '../http1/connection.ts'
import type { Wire, WriteCallback } from '../http1/wire.ts'

/** Bytes that may wait to be sent before the engine is asked to make no more: a socket buffer's worth. */
const HIGH_WATER = 64 * 1024

export class SocketWire implements Wire {
  /** Whether FIN was asked for. */
  isEnding = false
  private readonly socket: Socket
  private batching = false

  constructor(socket: Socket) {
    this.socket = socket
  }

  get hasRoom(): boolean {
    return this.socket.writableLength < HIGH_WATER
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

  end(): void {
    if (this.isEnding) return
    this.isEnding = true
    this.socket.end()
  }

  reset(): void {
    this.isEnding = true
    this.socket.resetAndDestroy()
  }
}

/** Tells the connection what becomes of its socket. */
export function attach(socket: Socket, connection: Connection, onClose: () => void): void {
  let failure: unknown
  socket.on('error', error => {
    failure = error
  })
  socket.on('end', () => connection.ended())
  socket.on('drain', () => connection.drained())
  socket.on('close', () => {
    connection.lost(failure)
    onClose()
  })
}
