// What a response is written to, over one stream of HTTP/2.
import type { ServerHttp2Stream } from 'node:http2'
import { type ResponseWire, type WriteCallback, writeEach } from '../exchange/wire.ts'
import { afterTurn } from '../transport/after-turn.ts'

/** Bytes that may wait to be sent before no more is asked for: as over HTTP/1, and the window that a client begins with. */
const HIGH_WATER = 64 * 1024

/** What is written at once: node counts a write as waiting until all of it is out, and a sweep is to see progress. */
const SLICE = 64 * 1024

export class StreamWire implements ResponseWire {
  private readonly stream: ServerHttp2Stream
  /** Writes that have neither reached the transport nor failed. */
  private pending = 0
  private hasFailed = false
  private atEnd: WriteCallback | undefined
  private readonly settled: WriteCallback = error => {
    this.pending--
    if (error) this.hasFailed = true
  }

  constructor(stream: ServerHttp2Stream) {
    this.stream = stream
  }

  get hasRoom(): boolean {
    return this.stream.writableLength < Math.max(HIGH_WATER, this.stream.writableHighWaterMark)
  }

  /** Unlike a socket, a stream tells each write whether it got out; and one that was written to its end is gone by itself. */
  get isGone(): boolean {
    return false
  }

  /** Nothing is sent for nothing: there is no empty frame before the end, but `done` waits for that. */
  write(data: string | Uint8Array, done?: WriteCallback): void {
    if (data.length === 0) this.whenEnded(done)
    else this.writeSlices(typeof data === 'string' ? Buffer.from(data, 'latin1') : data, done)
  }

  writeTogether(pieces: readonly (string | Uint8Array)[], done?: WriteCallback): void {
    writeEach(this, pieces, done)
  }

  batch(): void {
    // The session gathers the frames of a turn.
  }

  afterTurn(callback: () => void): void {
    afterTurn(callback)
  }

  /**
   * The stream has closed in order. Node does not always say 'finish' before: a response without content is closed at once; and
   * what became of the last write may be told a turn later. `then` is called when all is told that will be.
   */
  closedInOrder(then: () => void): void {
    const settle = (): void => {
      // Where something was still to be written the client did not want it any more.
      if (this.pending === 0 && !this.hasFailed && this.stream.writableEnded) this.ended()
      then()
    }
    if (this.pending === 0) settle()
    else setImmediate(settle)
  }

  private whenEnded(done: WriteCallback | undefined): void {
    if (done === undefined) return
    this.atEnd = done
    this.stream.once('finish', () => this.ended())
  }

  private ended(): void {
    const { atEnd } = this
    this.atEnd = undefined
    atEnd?.()
  }

  private writeSlices(bytes: Uint8Array, done: WriteCallback | undefined): void {
    const { stream, settled } = this
    let start = 0
    for (; start + SLICE < bytes.length; start += SLICE) {
      this.pending++
      stream.write(bytes.subarray(start, start + SLICE), settled)
    }
    this.pending++
    const last = start === 0 ? bytes : bytes.subarray(start)
    if (done === undefined) stream.write(last, settled)
    else {
      stream.write(last, error => {
        settled(error)
        done(error)
      })
    }
  }
}
