// Sends a body that is iterated: one `next()` at a time, each chunk at once, none asked for above the
// high-water mark (NSGI RES-13 to RES-16, RES-25 to RES-28, RES-30).
import { types } from 'node:util'
import type { BodyChunk, GatewayResponse } from '@nsgi/spec'
import { KirinError } from './errors.ts'
import { COPY_LIMIT } from './limits.ts'
import type { Framing, PlannedResponse } from './planned-response.ts'
import { byteSize, destroyIfStream, swallow } from './response-body.ts'
import { describe, invalid } from './response-fields.ts'
import type { ResponseWire, WriteCallback } from './wire.ts'

/** What a pump tells the exchange that it works for. */
export interface PumpOwner {
  readonly wire: ResponseWire
  /** The head goes out now. */
  pumpStarted(): void
  /** The body has ended: the bytes that stand behind it. Throws what the application's `trailers()` throws. */
  pumpTail(response: GatewayResponse, framing: Framing): string
  /** The last byte is handed to the wire now; the result is called when it has reached the transport. */
  pumpEnding(): WriteCallback | undefined
  /** All of the response has been handed to the wire. */
  pumpEnded(): void
  /** The body failed; `pump.isStarted` tells whether the head was sent before. It is the owner's to stop the pump in time. */
  pumpFailed(error: unknown): void
}

type Step = IteratorResult<BodyChunk, unknown>

export class ResponsePump {
  /** Whether the head has been handed to the wire. */
  isStarted = false
  /** Bytes of body handed to the wire, without framing. */
  bytes = 0

  private readonly response: GatewayResponse
  private readonly plan: PlannedResponse
  private readonly wire: ResponseWire
  private readonly owner: PumpOwner
  private iterator: Iterator<BodyChunk> | AsyncIterator<BodyChunk> | undefined
  private awaitsRoom = false
  private stopped = false
  private readonly onStep = (step: Step): void => {
    if (!this.stopped && this.take(step)) this.pull()
  }
  private readonly onError = (error: unknown): void => {
    // What threw is done: it is not returned (NSGI END-09).
    this.iterator = undefined
    if (!this.stopped) this.fail(error)
  }

  constructor(response: GatewayResponse, plan: PlannedResponse, owner: PumpOwner) {
    this.response = response
    this.plan = plan
    this.wire = owner.wire
    this.owner = owner
  }

  start(): void {
    try {
      const body = this.plan.content as AsyncIterable<BodyChunk> & Iterable<BodyChunk>
      this.iterator = this.plan.body === 'async' ? body[Symbol.asyncIterator]() : body[Symbol.iterator]()
    } catch (error) {
      this.fail(error)
      return
    }
    this.pull()
  }

  /** The wire has room again. */
  drained(): void {
    if (!this.awaitsRoom) return
    this.awaitsRoom = false
    this.pull()
  }

  /** Stops for good: the iterator is returned once, if it is not done (NSGI END-09), and not waited for (END-10). */
  stop(): void {
    if (this.stopped) return
    this.stopped = true
    const { iterator } = this
    this.iterator = undefined
    if (iterator === undefined) return
    try {
      try {
        swallow(iterator.return?.())
      } finally {
        // A stream's iterator waits with its return() for a next() that may never come.
        destroyIfStream(this.plan.content)
      }
    } catch {
      // The outcome of the response is decided already.
    }
  }

  private pull(): void {
    while (!this.stopped) {
      if (!this.wire.hasRoom) {
        this.awaitsRoom = true
        return
      }
      let step: Step | Promise<Step>
      try {
        step = (this.iterator as Iterator<BodyChunk> | AsyncIterator<BodyChunk>).next()
        if (typeof (step as PromiseLike<Step>).then === 'function') {
          if (!this.isStarted) this.wire.afterTurn(() => this.begin())
          ;(step as Promise<Step>).then(this.onStep, this.onError)
          return
        }
      } catch (error) {
        this.onError(error)
        return
      }
      if (!this.take(step as Step)) return
    }
  }

  /** Sends one step; whether to go on. */
  private take(step: Step): boolean {
    if (typeof step !== 'object' || step === null) {
      this.fail(invalid('RES-04', `its body's next() gave ${describe(step)}`))
      return false
    }
    let done: boolean | undefined
    let chunk: unknown
    try {
      done = step.done
      if (!done) chunk = step.value
    } catch (error) {
      this.onError(error)
      return false
    }
    // What ran to get here may have dropped the request.
    if (this.stopped) return false
    if (done) {
      this.iterator = undefined
      this.finish()
      return false
    }
    if (typeof chunk !== 'string' && !types.isUint8Array(chunk)) {
      this.fail(invalid('RES-04', `its body yielded ${describe(chunk)}, not a string or a Uint8Array`))
      return false
    }
    return this.send(chunk)
  }

  private send(chunk: BodyChunk): boolean {
    let size: number
    try {
      size = typeof chunk === 'string' ? Buffer.byteLength(chunk) : byteSize(chunk)
    } catch (error) {
      this.fail(error)
      return false
    }
    if (size === 0) return true
    const { framing, length } = this.plan
    if (framing === 'length' && this.bytes + size > length) {
      this.fail(lengthError('RES-13', length, `at least ${this.bytes + size}`))
      return false
    }
    this.bytes += size
    const chunked = framing === 'chunked'
    const before = this.takeHead() + (chunked ? `${size.toString(16)}\r\n` : '')
    const after = chunked ? '\r\n' : ''
    const isLatin = typeof chunk === 'string' && size === chunk.length
    if (isLatin || size <= COPY_LIMIT) this.wire.batch()
    if (isLatin) this.wire.write(before + chunk + after)
    else writeFramed(this.wire, { before, chunk, size, after })
    return true
  }

  /** The head if it was not sent yet, else nothing. */
  private takeHead(): string {
    if (this.isStarted) return ''
    this.isStarted = true
    this.owner.pumpStarted()
    return this.plan.head
  }

  /** Sends the head alone, unless it was sent. */
  private begin(): void {
    if (!this.stopped && !this.isStarted) this.wire.write(this.takeHead())
  }

  private finish(): void {
    const { framing, length } = this.plan
    if (framing === 'length' && this.bytes < length) {
      this.fail(lengthError('RES-14', length, `${this.bytes}`))
      return
    }
    let last: string
    try {
      last = this.owner.pumpTail(this.response, framing)
    } catch (error) {
      this.fail(error)
      return
    }
    if (this.stopped) return
    this.stopped = true
    const done = this.owner.pumpEnding()
    last = this.takeHead() + last
    if (last !== '' || done !== undefined) this.wire.write(last, done)
    this.owner.pumpEnded()
  }

  private fail(error: unknown): void {
    this.owner.pumpFailed(error)
    this.stop()
  }
}

function lengthError(requirement: string, declared: number, found: string): KirinError {
  return new KirinError('KIRIN_RESPONSE_LENGTH', {
    message: `the response body has ${found} bytes, its content-length says ${declared} (${requirement})`,
    requirement,
  })
}

/** Bytes, or text to be sent as UTF-8, between two latin1 strings. */
export interface FramedChunk {
  readonly before: string
  readonly chunk: BodyChunk
  /** The chunk's length in bytes. */
  readonly size: number
  readonly after: string
}

/** Sends a chunk with what stands around it; `done` is called for the last of it. */
export function writeFramed(
  wire: ResponseWire,
  { before, chunk, size, after }: FramedChunk,
  done?: WriteCallback,
): void {
  if (size > COPY_LIMIT) {
    const pieces = [before, typeof chunk === 'string' ? Buffer.from(chunk) : chunk, after]
    wire.writeTogether(before === '' || after === '' ? pieces.filter(piece => piece.length > 0) : pieces, done)
    return
  }
  const joined = Buffer.allocUnsafe(before.length + size + after.length)
  joined.write(before, 0, 'latin1')
  if (typeof chunk === 'string') joined.write(chunk, before.length)
  else joined.set(chunk, before.length)
  joined.write(after, before.length + size, 'latin1')
  wire.write(joined, done)
}
