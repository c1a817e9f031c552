// One connection of Kirin's engine without a socket, fed with given reads, and a note of all that came of it.

import { DEFAULT_LIMITS, type RequestLimits } from '@nsgi/server/internal/exchange/limits'
import type { Rejection } from '@nsgi/server/internal/exchange/rejections'
import { Connection } from '@nsgi/server/internal/http1/connection'
import type { ConnectionHost } from '@nsgi/server/internal/http1/connection-host'
import type { Application, Context, GatewayRequest, GatewayResponse, Logger } from '@nsgi/spec'
import { createContext } from '@nsgi/spec/testing'
import type { Observation, SeenRequest } from '../observation.ts'
import { MemoryWire } from './memory-wire.ts'

/** A request as it is being seen. */
interface Seeing extends SeenRequest {
  body: string
  whole: boolean
}

const ENDPOINTS = {
  remote: { address: '192.0.2.1', port: 40_000 },
  local: { address: '192.0.2.2', port: 80 },
}
const CONTEXT = createContext()
const DATE = 'date: Sun, 06 Nov 1994 08:49:37 GMT\r\n'

export class MemorySession implements ConnectionHost {
  readonly limits: RequestLimits
  readonly context: Context = CONTEXT
  readonly log: Logger = CONTEXT.log
  readonly isDraining = false
  readonly application: Application = request => this.answer(request)
  /** What must never be: the first of it. */
  fault: string | undefined

  private readonly wire = new MemoryWire()
  private readonly connection: Connection
  private readonly reads: readonly Buffer[]
  private nextRead = 0
  private endTold = false
  private lastTurn = ''
  private closedEarly = false
  private isOver = false
  private readonly seen: Seeing[] = []
  private refusal: Rejection | undefined
  private returned = 0
  private finished = 0
  private reading = 0

  /** @param reads what comes in, a read each; behind it the peer closes its side */
  constructor(reads: readonly Buffer[], limits: RequestLimits = DEFAULT_LIMITS) {
    this.reads = reads
    this.limits = limits
    this.connection = new Connection(this.wire, ENDPOINTS, this)
    this.wire.onDrained = () => this.connection.drained()
  }

  /** Whether nothing more can happen: all was read, answered and closed, and nobody waits for anything. */
  get isSettled(): boolean {
    return this.isOver && this.reading === 0
  }

  /** All that was answered, as latin1. */
  get output(): string {
    return this.wire.output
  }

  dateLine(): string {
    return DATE
  }

  refused(refused: Rejection): void {
    if (this.refusal !== undefined) this.fault ??= `refused twice: ${this.refusal.code}, ${refused.code}`
    this.refusal = refused
  }

  dropped(why: Error): void {
    this.fault ??= `dropped: ${why.message}`
  }

  /** One turn of an event loop: reads what may be read, sends what waits, closes when both sides have. */
  turn(): void {
    try {
      this.deliver()
      this.wire.flush()
      if (this.isOver || !(this.wire.isEnded || this.wire.isReset) || !this.endTold) return
      this.isOver = true
      this.wire.drop(new Error('closed'))
      this.connection.lost(undefined)
    } catch (error) {
      this.fault ??= `thrown: ${String((error as Error).stack ?? error)}`
      this.isOver = true
    }
  }

  /** Where it stands, for a session that does not settle. */
  describe(): string {
    const { connection, wire, nextRead, reads, endTold, reading } = this
    return `state ${connection.state}, read ${nextRead} of ${reads.length}, end told: ${endTold}, paused: ${wire.isPaused}, unsent: ${wire.pendingWrites}, bodies being read: ${reading}`
  }

  /** What the application saw, and how it ended. Of a settled session. */
  observation(): Observation {
    const { refusal } = this
    const end = refusal !== undefined ? 'refused' : this.closedEarly ? 'closed' : 'ended'
    return { requests: this.seen, end, reason: refusal?.code ?? '' }
  }

  /** What must hold of any settled session, whatever came in; the first thing that does not. */
  brokenPromise(): string | undefined {
    if (this.fault !== undefined) return this.fault
    if (this.wire.misuse !== undefined) return this.wire.misuse
    if (this.returned !== this.seen.length) return `${this.seen.length} calls, ${this.returned} responses`
    if (this.finished !== this.returned) return `${this.returned} responses, finished ${this.finished} times`
    return this.brokenOutput()
  }

  private brokenOutput(): string | undefined {
    const finals = [...this.output.matchAll(STATUS_LINE)].map(match => match[1]).filter(status => status !== '100')
    const wrong = this.seen.findIndex(({ method }, index) => finals[index] !== String(statusFor(method)))
    if (wrong >= 0) return `answer ${wrong} has status ${finals[wrong]}`
    const extra = finals.length - this.seen.length
    const answered = extra === 0 || (extra === 1 && finals.at(-1) === String(this.refusal?.status))
    return answered ? undefined : `${this.seen.length} requests, answered ${finals.join(' ')}`
  }

  private deliver(): void {
    while (!this.wire.isPaused) {
      const read = this.reads[this.nextRead]
      if (read === undefined) {
        if (this.isQuiet()) this.tellEnd()
        return
      }
      this.nextRead++
      // The memory is the reader's again afterwards: whoever kept a view of it sees rubbish.
      const lent = Buffer.from(read)
      this.connection.receive(lent, lent.length)
      lent.fill(0xee)
    }
  }

  /**
   * Whether nothing has happened since the last turn. The end of the peer's side is told only then, so that what Kirin
   * closes by itself can be told from what it closes because the peer has.
   */
  private isQuiet(): boolean {
    const { seen, wire, nextRead, reading } = this
    const now = `${seen.length} ${wire.writes} ${nextRead} ${reading} ${seen.at(-1)?.body.length}`
    const isQuiet = now === this.lastTurn
    this.lastTurn = now
    return isQuiet
  }

  private tellEnd(): void {
    if (this.endTold) return
    this.endTold = true
    this.closedEarly = this.wire.isEnded || this.wire.isReset
    if (this.wire.heldEnd === undefined) this.connection.ended()
    else this.wire.heldEnd()
  }

  private answer(request: GatewayRequest): GatewayResponse | Promise<GatewayResponse> {
    const { method, target, body } = request
    const seen: Seeing = { method, target, body: '', whole: body === null }
    this.seen.push(seen)
    return body === null ? this.response(seen) : this.read(body, seen)
  }

  private async read(body: AsyncIterable<Uint8Array>, seen: Seeing): Promise<GatewayResponse> {
    this.reading++
    try {
      for await (const chunk of body) {
        if (chunk.length === 0) this.fault ??= 'an empty chunk'
        seen.body += (chunk as Buffer).toString('latin1')
      }
      seen.whole = true
    } catch {
      // Broken off or malformed: the response goes out all the same.
    }
    this.reading--
    return this.response(seen)
  }

  private response({ method }: SeenRequest): GatewayResponse {
    this.returned++
    let calls = 0
    return {
      status: statusFor(method),
      body: 'ok',
      finished: () => {
        if (++calls > 1) this.fault ??= 'finished twice'
        this.finished++
      },
    }
  }
}

/** A 2xx to CONNECT would ask for a tunnel. */
function statusFor(method: string): number {
  return method === 'CONNECT' ? 405 : 200
}

const STATUS_LINE = /HTTP\/1\.1 (\d{3}) /g
