// A wire without a socket: keeps what the engine writes, and notes what it asks of the transport.
import { Duplex } from 'node:stream'
import { type HandedOver, type Wire, type WriteCallback, writeEach } from '../../src/exchange/wire.ts'

/** The same figure as a socket's wire has. */
const HIGH_WATER = 64 * 1024

interface Unsent {
  readonly size: number
  readonly done: WriteCallback | undefined
}

/**
 * What it is told happens as on a socket: write callbacks come a turn later, `drained` when everything that
 * waited is sent. While `stalled`, the peer takes nothing. Nothing may be written after `end` or `reset`: it throws.
 */
export class MemoryWire implements Wire {
  /** `pause`, `resume`, `end`, `reset`, `hold`, `hand over`, in order. */
  readonly calls: string[] = []
  isPaused = false
  isEnded = false
  isReset = false
  isGone = false
  /** What was handed over; a test says by `isWhole` how it ended. */
  handed: { stream: Duplex; bytes: number; isWhole: boolean } | undefined
  /** How many writes there were, empty ones included. */
  writes = 0
  /** Called when the engine has made room to read on. */
  onResume: () => void = () => undefined
  /** Called when everything has been sent after there was no room. */
  onDrained: () => void = () => undefined

  private readonly sent: Buffer[] = []
  private unsent: Unsent[] = []
  private waiting = 0
  private needsDrain = false
  private isStalled = false
  private flushDue = false

  get hasRoom(): boolean {
    return this.waiting < HIGH_WATER
  }

  /** Bytes that the peer has not taken. */
  get backlog(): number {
    return this.waiting
  }

  /** All bytes written so far. */
  get bytes(): Buffer {
    return Buffer.concat(this.sent)
  }

  write(data: string | Uint8Array, done?: WriteCallback): void {
    if (this.isEnded || this.isReset) throw new Error('written after the end')
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data)
    if (typeof data === 'string' && bytes.toString('latin1') !== data) throw new Error('a character above 0xFF')
    this.writes++
    this.sent.push(bytes)
    this.unsent.push({ size: bytes.length, done })
    this.waiting += bytes.length
    if (!this.hasRoom) this.needsDrain = true
    this.flushSoon()
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
    this.calls.push('pause')
  }

  resume(): void {
    this.isPaused = false
    this.calls.push('resume')
    this.onResume()
  }

  holdEnd(): void {
    this.calls.push('hold')
  }

  handOver(received: Uint8Array | undefined): HandedOver {
    this.calls.push('hand over')
    const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() })
    if (received !== undefined) stream.push(received)
    this.handed = { stream, bytes: 0, isWhole: false }
    this.isPaused = false
    this.onResume()
    return this.handed
  }

  end(): void {
    if (this.isEnded) return
    this.isEnded = true
    this.calls.push('end')
  }

  reset(): void {
    this.isReset = true
    this.isGone = true
    this.calls.push('reset')
  }

  /** From now on the peer takes nothing. */
  stall(): void {
    this.isStalled = true
  }

  /** The peer takes everything again, and what comes. */
  unstall(): void {
    this.isStalled = false
    this.flush()
  }

  /** What was not sent never will be: its callbacks get the error, but for the first, as of a socket. */
  fail(error: Error): void {
    const lost = this.unsent
    this.unsent = []
    this.isGone = true
    for (const [index, { done }] of lost.entries()) done?.(index === 0 ? null : error)
  }

  private flushSoon(): void {
    if (this.flushDue || this.isStalled) return
    this.flushDue = true
    process.nextTick(() => this.flush())
  }

  private flush(): void {
    this.flushDue = false
    if (this.isStalled) return
    const taken = this.unsent
    this.unsent = []
    for (const { size, done } of taken) {
      this.waiting -= size
      done?.()
    }
    if (this.waiting > 0 || !this.needsDrain) return
    this.needsDrain = false
    this.onDrained()
  }
}
