// A connection within one process: what is written to one end is read from the other.
import { Duplex } from 'node:stream'

class End extends Duplex {
  peer: End | undefined
  #acknowledge: (() => void) | undefined

  /** Takes a chunk from the peer, and says so once this side wants more: that is the back-pressure. */
  deliver(chunk: Uint8Array | null, acknowledge: () => void): void {
    if (this.destroyed) return acknowledge()
    this.#acknowledge = acknowledge
    if (this.push(chunk) || chunk === null) this._read()
  }

  override _read(): void {
    const acknowledge = this.#acknowledge
    this.#acknowledge = undefined
    acknowledge?.()
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, callback: () => void): void {
    if (this.peer === undefined) callback()
    else this.peer.deliver(chunk, callback)
  }

  override _final(callback: () => void): void {
    if (this.peer === undefined) callback()
    else this.peer.deliver(null, callback)
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const { peer } = this
    this.peer = undefined
    this._read()
    callback(error)
    // The other end learns that the connection is gone, as from a reset; of an orderly end it has to learn nothing more, and
    // may not have read all that came before it.
    const isOver = this.readableEnded && this.writableFinished
    if (peer !== undefined && !peer.destroyed && !isOver) peer.destroy()
  }
}

/** Two connected streams. */
export function createDuplexPair(): [Duplex, Duplex] {
  const one = new End()
  const other = new End()
  one.peer = other
  other.peer = one
  return [one, other]
}
