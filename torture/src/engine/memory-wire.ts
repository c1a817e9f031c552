// A wire without a socket whose every step is taken by whoever drives it: nothing is sent before `flush`.
import { type HandedOver, type Wire, type WriteCallback, writeEach } from '@nsgi/server/internal/exchange/wire'

/** The high-water mark of the socket's wire. */
const HIGH_WATER = 64 * 1024

interface Unsent {
  readonly size: number
  readonly done: WriteCallback | undefined
}

export class MemoryWire implements Wire {
  isPaused = false
  isEnded = false
  isReset = false
  isGone = false
  /** Called when the engine asks to read on. */
  onResume: () => void = () => undefined
  /** Called when what waited was sent, after there was no room. */
  onDrained: () => void = () => undefined
  /** Who is told of the peer's end instead of the connection, while the application may take that over. */
  heldEnd: (() => void) | undefined
  /** What the engine did that no wire allows: the first of it. */
  misuse: string | undefined

  private readonly written: string[] = []
  private unsent: Unsent[] = []
  private waiting = 0
  private needsDrain = false

  get hasRoom(): boolean {
    return this.waiting < HIGH_WATER
  }

  /** Writes whose callbacks are due. */
  get pendingWrites(): number {
    return this.unsent.length
  }

  /** How many writes there were. */
  get writes(): number {
    return this.written.length
  }

  /** All bytes written, as latin1. */
  get output(): string {
    return this.written.join('')
  }

  write(data: string | Uint8Array, done?: WriteCallback): void {
    if (this.isEnded || this.isReset) this.misuse ??= 'written after the end'
    const text = typeof data === 'string' ? data : Buffer.from(data).toString('latin1')
    if (/[^\0-\xff]/.test(text)) this.misuse ??= 'a character above 0xFF written'
    this.written.push(text)
    this.unsent.push({ size: text.length, done })
    this.waiting += text.length
    if (!this.hasRoom) this.needsDrain = true
  }

  writeTogether(pieces: readonly (string | Uint8Array)[], done?: WriteCallback): void {
    writeEach(this, pieces, done)
  }

  batch(): void {
    // Gathering writes changes no byte.
  }

  afterTurn(callback: () => void): void {
    queueMicrotask(() => process.nextTick(callback))
  }

  nextTurn(callback: () => void): void {
    setImmediate(callback)
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
    this.onResume()
  }

  holdEnd(ended: () => void): void {
    this.heldEnd = ended
  }

  /** No application here takes a connection over. */
  handOver(): HandedOver {
    throw new Error('handed over')
  }

  end(): void {
    this.isEnded = true
  }

  reset(): void {
    this.isReset = true
    this.isGone = true
  }

  /** The peer takes the first `count` writes that wait, by default all of them. */
  flush(count: number = this.unsent.length): void {
    for (const { size, done } of this.unsent.splice(0, count)) {
      this.waiting -= size
      done?.()
    }
    if (this.waiting > 0 || !this.needsDrain) return
    this.needsDrain = false
    this.onDrained()
  }

  /** The transport is gone. As of a socket, the write under way is called back without an error, the others with it. */
  drop(error: Error): void {
    const lost = this.unsent
    this.unsent = []
    this.isGone = true
    for (const [index, { done }] of lost.entries()) done?.(index === 0 ? null : error)
  }
}
