// A connection of the engine in which nothing happens by itself: every read, every write that reaches the peer, every
// step of the application and the loss of the client is an event that whoever drives it lets happen.

import type { Beginning } from '@nsgi/server/internal/exchange/exchange'
import { DEFAULT_LIMITS } from '@nsgi/server/internal/exchange/limits'
import type { Rejection } from '@nsgi/server/internal/exchange/rejections'
import { Connection } from '@nsgi/server/internal/http1/connection'
import type { ConnectionHost } from '@nsgi/server/internal/http1/connection-host'
import type { GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { createContext } from '@nsgi/spec/testing'
import { MemoryWire } from '../engine/memory-wire.ts'
import { GatedBody } from './gated-body.ts'
import type { PlannedExchange } from './plan.ts'

/** What may happen next. */
export type WorldEvent = 'read' | 'end' | 'begin' | 'flush one' | 'flush all' | 'gate' | 'lose'

const ENDPOINTS = {
  remote: { address: '192.0.2.1', port: 40_000 },
  local: { address: '192.0.2.2', port: 80 },
}
const CONTEXT = createContext()
const DATE = 'date: Sun, 06 Nov 1994 08:49:37 GMT\r\n'

/** What befalls a response. */
type Note = 'opened' | 'read to its end' | 'closed' | 'signal' | 'finished' | 'finished with an error'

/** In which order the end of a response that was cut off is told (NSGI END-05). */
const ORDER: readonly Note[] = ['signal', 'closed', 'finished with an error']

/** What is wrong with how a response ended, of which everything has happened. */
function faultOf(ending: readonly Note[], returned: boolean): string | undefined {
  const count = (...notes: readonly Note[]): number => ending.filter(note => notes.includes(note)).length
  const finished = count('finished', 'finished with an error')
  if (finished !== (returned ? 1 : 0)) return `finished ${finished} times`
  if (count('read to its end', 'closed') !== count('opened')) return 'its body was not closed once'
  if (count('finished') === 1 && count('signal') > 0) return 'aborted and finished well (END-02)'
  const ranks = ending.filter(note => ORDER.includes(note)).map(note => ORDER.indexOf(note))
  return ranks.some((rank, i) => rank < (ranks[i - 1] ?? 0)) ? 'told in another order' : undefined
}

function isCutOff(ending: readonly Note[]): boolean {
  return ending.includes('finished with an error')
}

/** What the application saw of one exchange, and how that went. */
export interface SeenExchange {
  readonly target: string
  /** The request's body as latin1, as far as it was read; `undefined` if it was not. */
  body: string | undefined
  trailer: string | undefined
  /** Signal, closing of the body, `finished`: in the order in which they came. */
  readonly ending: Note[]
  returned: boolean
}

export class World {
  readonly wire: MemoryWire = new MemoryWire()
  readonly seen: SeenExchange[] = []
  /** What must never be: the first of it. */
  fault: string | undefined
  isLost = false
  private readonly connection: Connection
  private readonly plan: readonly PlannedExchange[]
  private readonly reads: readonly Buffer[]
  private nextRead = 0
  private endTold = false
  /** Requests for which the application is not called yet: a server calls it for several at once. */
  private beginnings: Beginning[] = []
  /** What the application waits for. */
  private gates: (() => void)[] = []
  private pendingReads = 0

  constructor(plan: readonly PlannedExchange[], reads: readonly Buffer[]) {
    this.plan = plan
    this.reads = reads
    const host: ConnectionHost = {
      application: request => this.answer(request),
      context: CONTEXT,
      log: CONTEXT.log,
      limits: DEFAULT_LIMITS,
      isDraining: false,
      cohort: {
        admit: (beginning, withOthers) => (withOthers ? this.beginnings.push(beginning) : beginning.run()),
      },
      dateLine: () => DATE,
      refused: (refused: Rejection) => this.blame(`refused: ${refused.reason}`),
      dropped: why => this.blame(`dropped: ${why.message}`),
    }
    this.connection = new Connection(this.wire, ENDPOINTS, host)
    this.wire.onDrained = () => this.connection.drained()
  }

  /** What may happen now; the loss of the client always may, and is not among it. */
  possible(): WorldEvent[] {
    const events: WorldEvent[] = []
    if (!this.isLost && !this.wire.isPaused) {
      if (this.nextRead < this.reads.length) events.push('read')
      else if (!this.endTold) events.push('end')
    }
    if (this.beginnings.length > 0) events.push('begin')
    if (this.wire.pendingWrites > 0) events.push('flush one', 'flush all')
    if (this.gates.length > 0) events.push('gate')
    return events
  }

  /** Lets that happen; `which` chooses among gates. Resolves when all that follows of itself has followed. */
  async happen(event: WorldEvent, which = 0): Promise<void> {
    try {
      this.carryOut(event, which)
    } catch (error) {
      this.blame(`thrown: ${String((error as Error).stack ?? error)}`)
    }
    await new Promise(resolve => setImmediate(resolve))
  }

  /** Whether the server has closed the connection, and said all it had to say. */
  get isClosed(): boolean {
    return (this.wire.isEnded || this.wire.isReset) && this.wire.pendingWrites === 0
  }

  /** What is still under way, of a world in which nothing more can happen. */
  leftovers(): string | undefined {
    if (this.pendingReads > 0) return `${this.pendingReads} reads of bodies wait`
    for (const [i, { target, ending, returned }] of this.seen.entries()) {
      // The body of the answer to HEAD is closed unread, before anything is lost.
      const isHead = this.plan[i]?.method === 'HEAD'
      const watched = isHead ? ending.filter(note => note !== 'opened' && note !== 'closed') : ending
      const isUntold = this.plan[i]?.usesSignal === true && isCutOff(ending) && !ending.includes('signal')
      const fault = isUntold ? 'cut off without an abort (END-01)' : faultOf(watched, returned)
      if (fault !== undefined) return `${target}: ${fault}: ${ending.join(', ')}`
    }
    return undefined
  }

  private carryOut(event: WorldEvent, which: number): void {
    switch (event) {
      case 'read': {
        const read = this.reads[this.nextRead++] as Buffer
        const lent = Buffer.from(read)
        this.connection.receive(lent, lent.length)
        lent.fill(0xee)
        return
      }
      case 'end':
        this.endTold = true
        this.connection.ended()
        return
      case 'begin':
        this.beginnings.shift()?.run()
        return
      case 'flush one':
        this.wire.flush(1)
        return
      case 'flush all':
        this.wire.flush()
        return
      case 'gate':
        this.gates.splice(which % this.gates.length, 1)[0]?.()
        return
      case 'lose':
        this.isLost = true
        this.wire.drop(new Error('lost'))
        this.connection.lost(new Error('lost'))
    }
  }

  private blame(what: string): void {
    this.fault ??= what
  }

  private gate(): Promise<void> {
    return new Promise(resolve => this.gates.push(resolve))
  }

  private answer(request: GatewayRequest): GatewayResponse | Promise<GatewayResponse> {
    const planned = this.plan[this.seen.length]
    if (planned === undefined || planned.target !== request.target || planned.method !== request.method) {
      this.blame(`saw ${request.method} ${request.target} as number ${this.seen.length}`)
      return { status: 500 }
    }
    const seen: SeenExchange = {
      target: request.target,
      body: undefined,
      trailer: undefined,
      ending: [],
      returned: false,
    }
    this.seen.push(seen)
    if (planned.usesSignal) request.signal.addEventListener('abort', () => seen.ending.push('signal'))
    if (!planned.isDelayed && (planned.reads === 'none' || planned.readsLate)) {
      if (planned.reads !== 'none') void this.read(request, seen)
      return this.respond(planned, seen)
    }
    return this.answerLater(request, seen)
  }

  private async answerLater(request: GatewayRequest, seen: SeenExchange): Promise<GatewayResponse> {
    const planned = this.plan[this.seen.indexOf(seen)] as PlannedExchange
    if (planned.reads !== 'none') {
      const done = this.read(request, seen)
      if (!planned.readsLate) await done
    }
    if (planned.isDelayed) await this.gate()
    return this.respond(planned, seen)
  }

  private async read(request: GatewayRequest, seen: SeenExchange): Promise<void> {
    const { body } = request
    if (body === null) return
    const planned = this.plan[this.seen.indexOf(seen)] as PlannedExchange
    this.pendingReads++
    seen.body = ''
    try {
      for await (const chunk of body) {
        seen.body += Buffer.from(chunk).toString('latin1')
        if (planned.reads === 'first') break
      }
      seen.trailer = request.trailers?.['x-sum']
    } catch {
      // Lost, or left unread when the response was out.
      seen.body = undefined
    }
    this.pendingReads--
  }

  private respond(planned: PlannedExchange, seen: SeenExchange): GatewayResponse {
    if (planned.form === 'throws') throw new Error('thrown')
    seen.returned = true
    return {
      ...this.content(planned, seen),
      finished(error) {
        seen.ending.push(error === undefined ? 'finished' : 'finished with an error')
      },
    }
  }

  private content({ form, chunks }: PlannedExchange, seen: SeenExchange): GatewayResponse {
    const all = chunks.join('')
    switch (form) {
      case 'empty':
        return { status: 204 }
      case 'bytes':
        return { status: 200, body: Buffer.from(all, 'latin1') }
      case 'array':
        return { status: 200, body: chunks.map(chunk => Buffer.from(chunk, 'latin1')) }
      case 'declared':
      case 'stream': {
        const body = new GatedBody(chunks, {
          gate: () => this.gate(),
          note: what => seen.ending.push(what),
          blame: what => this.blame(what),
          hasRoom: () => this.wire.hasRoom,
        })
        const headers: Record<string, string> = form === 'declared' ? { 'content-length': String(all.length) } : {}
        return { status: 200, headers, body }
      }
      default:
        return { status: 200, body: all.replace(/[^\0-\x7f]/g, '?') }
    }
  }
}
