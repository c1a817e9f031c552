// Carries one attack out over a real connection, and says what of its outcome is not as it should be.
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { connect as connectSecure } from 'node:tls'
import { content } from '../soak/content.ts'
import { mayBeCutOff } from '../soak/time-outs.ts'
import type { Attack } from './attack.ts'
import { ACK, END_STREAM, frame, get, PREFACE, SETTING, settings, TYPE, windowUpdate } from './frames.ts'

/** Where the server is, and how it is spoken to. */
export interface Target {
  readonly port: number
  readonly socketPath: string
  readonly isSecure: boolean
}

/** Milliseconds in which anything is over on the slowest machine; the server's own time-outs are longer, so that none of them is the end. */
const DEADLINE = 45_000

/** Bytes of the answer that shows a connection to be of use still. */
const PROOF = 4_000

/** How often an attack begins anew whose handshake took longer than the server allows. */
const ATTEMPTS = 5

/** Runs an attack; the fault, if there was one. Never rejects. */
export async function runAttack(attack: Attack, target: Target, pieces: number): Promise<string | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const started = performance.now()
    const socket = open(target)
    const attacker = new Attacker(socket, attack)
    const isEstablished = !target.isSecure || (await attacker.shake())
    const fault = isEstablished ? await inTime(attacker, pieces) : 'no handshake'
    socket.destroy()
    if (isEstablished || !mayBeCutOff({ started, isEstablished })) return fault
  }
  return `no handshake in ${ATTEMPTS} attempts`
}

async function inTime(attacker: Attacker, pieces: number): Promise<string | undefined> {
  let deadline: NodeJS.Timeout | undefined
  const late = new Promise<string>(resolve => {
    deadline = setTimeout(() => resolve(`hangs: ${attacker.state}`), DEADLINE)
  })
  const fault = await Promise.race([attacker.run(pieces), late])
  clearTimeout(deadline)
  return fault
}

function open({ port, socketPath, isSecure }: Target): Socket {
  if (!isSecure) return connect({ path: socketPath, allowHalfOpen: true })
  return connectSecure({ port, host: '127.0.0.1', ALPNProtocols: ['h2'], rejectUnauthorized: false })
}

class Attacker {
  private readonly socket: Socket
  private readonly attack: Attack
  private received = Buffer.alloc(0)
  private readonly answered = new Set<number>()
  /** Frames of DATA. */
  private answers = 0
  private proof = Buffer.alloc(0)
  private goaway: number | undefined
  private isOver = false
  private isSecured = false
  /** Whether frames are being sent, in pieces: nothing may come between those. */
  private isSending = true
  private acknowledgements = 0
  private changed: () => void = () => undefined

  constructor(socket: Socket, attack: Attack) {
    this.socket = socket
    this.attack = attack
    socket.on('error', () => undefined)
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.isOver = true
        this.changed()
      })
    }
    if (attack.isDeaf !== true) this.listen()
  }

  get state(): string {
    const answered = [...this.answered].slice(-5).join(' ')
    return `answered ${answered}, GOAWAY ${this.goaway}, ${this.proof.length} bytes of proof, ${this.isOver ? 'over' : 'open'}`
  }

  /** Whether the handshake came to its end. */
  async shake(): Promise<boolean> {
    this.socket.once('secureConnect', () => {
      this.isSecured = true
      this.changed()
    })
    while (!this.isSecured && !this.isOver) await this.change()
    return this.isSecured
  }

  /** Attacks, looks what comes of it, and leaves; the fault, if there was one. */
  async run(pieces: number): Promise<string | undefined> {
    const { attack } = this
    const first =
      attack.isWhole === true ? [] : [PREFACE, settings([SETTING.window, 1_000_000]), windowUpdate(0, 10_000_000)]
    await this.send(Buffer.concat([...first, attack.bytes]), pieces)
    this.isSending = false
    this.acknowledge(0)
    if (attack.leaves !== undefined) {
      if (attack.leaves === 'at data') while (!this.isOver && this.answers === 0) await this.change()
      else await wait(attack.leaves)
      return undefined
    }
    if (attack.isDeaf === true) this.listen()
    const fault = await this.outcome()
    // A client that leaves is let go, whatever it has done; and all that it left under way with it.
    this.socket.end()
    while (!this.isOver) await this.change()
    return fault
  }

  private async outcome(): Promise<string | undefined> {
    const { outcome, last } = this.attack
    if (outcome === 'either') return undefined
    if (outcome === 'connection') {
      while (!this.isOver) await this.change()
      return undefined
    }
    const wanted = outcome === 'stream' ? [1] : [last]
    while (!wanted.every(stream => this.answered.has(stream)) && !this.isOver) await this.change()
    if (this.isOver) return `the connection ended (${this.state}), which only the stream should have`
    const next = last + 2
    this.socket.write(get(next, `/bytes?at=7&n=${PROOF}&how=stream&chunk=700`))
    while (!this.answered.has(next) && !this.isOver) await this.change()
    return this.proof.equals(content(7, PROOF)) ? undefined : `the request behind it was not served: ${this.state}`
  }

  private listen(): void {
    this.socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk])
      while (this.take());
      this.changed()
    })
  }

  /** Takes one frame; whether there was one. */
  private take(): boolean {
    const { received } = this
    if (received.length < 9) return false
    const end = 9 + received.readUIntBE(0, 3)
    if (received.length < end) return false
    const [type, flags] = [received.readUInt8(3), received.readUInt8(4)]
    const stream = received.readUInt32BE(5)
    const payload = received.subarray(9, end)
    this.received = received.subarray(end)
    if (type === TYPE.settings && (flags & ACK) === 0) this.acknowledge()
    if (type === TYPE.data) this.answers++
    if (type === TYPE.goaway) this.goaway = payload.readUInt32BE(4)
    if (type === TYPE.data && stream > this.attack.last) this.proof = Buffer.concat([this.proof, payload])
    const isEnd = (type === TYPE.data || type === TYPE.headers) && (flags & END_STREAM) !== 0
    if (isEnd || type === TYPE.reset) this.answered.add(stream)
    return true
  }

  private acknowledge(more = 1): void {
    this.acknowledgements += more
    if (this.isSending) return
    for (; this.acknowledgements > 0; this.acknowledgements--) {
      this.socket.write(frame({ type: TYPE.settings, flags: ACK }))
    }
  }

  private async send(bytes: Buffer, pieces: number): Promise<void> {
    const size = Math.max(1, Math.ceil(bytes.length / pieces))
    for (let at = 0; at < bytes.length && !this.isOver; at += size) {
      this.socket.write(bytes.subarray(at, at + size))
      if (pieces > 1) await new Promise(resolve => setImmediate(resolve))
    }
  }

  private change(): Promise<void> {
    return new Promise(resolve => {
      this.changed = resolve
    })
  }
}
