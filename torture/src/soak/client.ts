// Carries out the plan of one client of a soak over a real socket, and holds what it got against what it expects.
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { connect as connectSecure } from 'node:tls'
import type { ClientPlan, Manner, OtherManner, PlannedRequest } from './plan.ts'
import { type ReadResponse, ResponseReader } from './response-reader.ts'
import { mayBeCutOff } from './time-outs.ts'

/** Milliseconds in which any plan is over, on the slowest machine; after that the connection hangs. */
const DEADLINE = 60_000

/** What became of a client. */
export interface ClientOutcome {
  readonly manner: Manner | OtherManner
  /** Responses that were verified to the last byte. */
  readonly verified: number
  readonly bytes: number
  /** What was wrong. */
  readonly fault: string | undefined
}

const POLITE: ReadonlySet<Manner> = new Set(['in turn', 'pipelined', 'half-close', 'slow reader'])

/** Where a client connects to. */
export interface Route {
  readonly port: number
  /** The loopback address that it comes from. */
  readonly from: string
  readonly isSecure?: boolean
}

/** Runs a client against 127.0.0.1. Never rejects. */
export async function runClient(plan: ClientPlan, { port, from, isSecure = false }: Route): Promise<ClientOutcome> {
  const raw = connect({ port, host: '127.0.0.1', localAddress: from, allowHalfOpen: true, noDelay: true })
  raw.on('error', () => undefined)
  const secured = { socket: raw, rejectUnauthorized: false, allowHalfOpen: true }
  const socket = isSecure ? connectSecure(secured) : raw
  const client = new Client(socket, plan, raw)
  const started = performance.now()
  let isEstablished = !isSecure
  socket.once('secureConnect', () => {
    isEstablished = true
  })
  const deadline = setTimeout(() => client.giveUp('hangs'), DEADLINE)
  let fault: string | undefined
  try {
    await client.run()
  } catch (error) {
    fault = (error as Error).message
  }
  clearTimeout(deadline)
  socket.destroy()
  raw.destroy()
  const isPolite = POLITE.has(plan.manner)
  const isUnread = plan.requests.some(({ body, expected }) => body.length > 0 && expected.leavesBody)
  if (mayBeCutOff({ started, isEstablished, isUnread })) fault = undefined
  fault = client.faultBeforeEnd ?? (isPolite ? fault : undefined)
  return { manner: plan.manner, verified: isPolite ? client.verified : 0, bytes: socket.bytesRead, fault }
}

class Client {
  verified = 0
  faultBeforeEnd: string | undefined
  private readonly socket: Socket
  private readonly raw: Socket
  private readonly plan: ClientPlan
  private readonly reader: ResponseReader
  private error: Error | undefined
  private isEnded = false
  private isClosed = false
  private received = 0
  private changed: () => void = () => undefined

  /** `raw` is the socket below, which alone can be reset. */
  constructor(socket: Socket, plan: ClientPlan, raw: Socket) {
    this.socket = socket
    this.raw = raw
    this.plan = plan
    this.reader = new ResponseReader(plan.requests.map(({ method }) => method))
    socket.on('error', error => {
      this.error = error
    })
    socket.on('end', () => {
      this.isEnded = true
      this.changed()
    })
    socket.on('close', () => {
      this.isClosed = true
      this.changed()
    })
    if (plan.manner !== 'slow reader') this.read()
  }

  /** Does what the plan says. Rejects with what was not as expected. */
  async run(): Promise<void> {
    switch (this.plan.manner) {
      case 'in turn':
        await this.inTurn()
        break
      case 'pipelined':
      case 'half-close':
      case 'slow reader':
        await this.atOnce()
        break
      case 'abort sending':
      case 'silent':
        await this.abortSending()
        return
      case 'abort reading':
        await this.abortReading()
        return
      case 'noise':
        await this.send(this.plan.noise)
        this.socket.end()
        await this.until(() => this.isOver)
        return
    }
    await this.lastWords()
  }

  giveUp(why: string): void {
    this.faultBeforeEnd = `${why}: ${this.verified} of ${this.plan.requests.length} answers, ${this.received} bytes`
    this.socket.destroy()
    // Of a socket that has closed already nothing more is heard.
    this.changed()
  }

  private read(): void {
    this.socket.on('data', (chunk: Buffer) => {
      this.received += chunk.length
      if (POLITE.has(this.plan.manner)) this.parse(chunk)
      this.changed()
    })
  }

  private parse(chunk: Buffer): void {
    try {
      this.reader.push(chunk)
    } catch (error) {
      this.faultBeforeEnd ??= `response ${this.verified}: ${(error as Error).message}`
      this.socket.destroy()
    }
  }

  private async inTurn(): Promise<void> {
    for (const [i, request] of this.plan.requests.entries()) {
      await this.send(Buffer.from(request.head, 'latin1'))
      if (request.waits) await this.until(() => this.reader.informational.includes(100))
      await this.send(request.body)
      if (request.expected.breaks) return
      await this.until(() => this.reader.responses.length > i || this.isOver)
      // The end of the connection may be the end of the answer.
      if (this.isOver && this.reader.responses.length === i) this.reader.end()
      this.verifyNew()
      if (this.verified <= i) throw new Error(`no answer to request ${i}`)
    }
  }

  private async atOnce(): Promise<void> {
    await this.send(Buffer.concat(this.plan.requests.flatMap(one => [Buffer.from(one.head, 'latin1'), one.body])))
    if (this.plan.manner === 'half-close') this.socket.end()
    if (this.plan.manner !== 'slow reader') return
    await wait(10 + this.plan.pause * 4)
    this.read()
  }

  /** All is sent; what must come is the rest of the answers, and the end of the connection. */
  private async lastWords(): Promise<void> {
    await this.until(() => this.isOver)
    this.verifyNew()
    const { requests } = this.plan
    const breaks = requests.at(-1)?.expected.breaks === true
    if (this.error !== undefined) throw new Error(`lost: ${this.error.message}`)
    try {
      this.reader.end()
      this.verifyNew()
    } catch (error) {
      if (!breaks) throw error
    }
    const answered = breaks ? requests.length - 1 : requests.length
    if (this.verified !== answered) throw new Error(`${this.verified} answers, not ${answered}`)
    this.socket.end()
    await this.until(() => this.isClosed)
  }

  private async abortSending(): Promise<void> {
    const all = Buffer.concat(this.plan.requests.flatMap(one => [Buffer.from(one.head, 'latin1'), one.body]))
    await this.send(all.subarray(0, this.plan.abortAt))
    await wait(this.plan.pause)
    await this.leave()
  }

  private async abortReading(): Promise<void> {
    await this.send(Buffer.concat(this.plan.requests.flatMap(one => [Buffer.from(one.head, 'latin1'), one.body])))
    await this.until(() => this.received >= this.plan.abortAt || this.isOver)
    await this.leave()
  }

  /** Gives the connection up; after FIN the server must end it. */
  private async leave(): Promise<void> {
    if (this.plan.ending === 'reset') this.raw.resetAndDestroy()
    else if (this.plan.ending === 'destroy') this.socket.destroy()
    else {
      this.socket.end()
      await this.until(() => this.isOver)
      this.socket.destroy()
    }
    await this.until(() => this.isClosed)
  }

  private get isOver(): boolean {
    return this.isEnded || this.isClosed
  }

  /** Writes in the pieces and with the pauses of the plan; what cannot be written any more is dropped. */
  private async send(bytes: Buffer): Promise<void> {
    const { pieces, pause } = this.plan
    const size = Math.max(1, Math.ceil(bytes.length / pieces))
    for (let at = 0; at < bytes.length && !this.isClosed; at += size) {
      const more = this.socket.write(bytes.subarray(at, at + size))
      if (pieces > 1) await (pause > 0 ? wait(pause) : new Promise(resolve => setImmediate(resolve)))
      else if (!more && this.plan.manner === 'in turn') {
        this.socket.once('drain', () => this.changed())
        await this.until(() => !this.socket.writableNeedDrain || this.isOver)
      }
    }
  }

  private verifyNew(): void {
    const { responses } = this.reader
    for (; this.verified < responses.length; this.verified++) {
      const request = this.plan.requests[this.verified] as PlannedRequest
      const wrong = mismatch(request, responses[this.verified] as ReadResponse)
      if (wrong !== undefined) throw new Error(`answer ${this.verified} to ${request.head.split('\r\n')[0]}: ${wrong}`)
    }
  }

  private async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.faultBeforeEnd !== undefined) throw new Error(this.faultBeforeEnd)
      await new Promise<void>(resolve => {
        this.changed = resolve
      })
    }
  }
}

/** What of a response is not as expected. */
function mismatch({ expected, waits }: PlannedRequest, response: ReadResponse): string | undefined {
  const { status, body, trailers, informational } = response
  if (status !== expected.status) return `status ${status}, not ${expected.status}`
  if (!body.equals(expected.body)) return `${body.length} bytes that are not the ${expected.body.length} expected`
  if (trailers.get('x-length') !== expected.trailer) return `trailer ${trailers.get('x-length')}`
  const told = informational.filter(one => one !== 100)
  if (expected.informs !== (told.length === 1 && told[0] === 103)) return `told ${informational.join(' ')} before`
  const continues = informational.length - told.length
  return continues > 1 || (continues === 1 && !waits) ? `${continues} times 100 Continue` : undefined
}
