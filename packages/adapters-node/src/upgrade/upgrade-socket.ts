// The socket that an 'upgrade' or 'connect' listener gets. Until the server hands the connection over, what is written to
// it is the head of a response; from then on it is the connection.
import type { AddressInfo, Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { AnyRequestSocket } from '../secure-request-socket.ts'

/** Called when what was written has been taken, or never will be. */
export type Taken = (error?: Error | null) => void

/** Who takes what is written before the connection is handed over. */
export interface UpgradeSocketOwner {
  written(bytes: Buffer, taken: Taken): void
  /** The program has ended its side. */
  ended(taken: Taken): void
  /** The program has destroyed the socket. */
  destroyed(error: Error | null): void
}

/** What a connection may offer beyond a Duplex: what `net.Socket` does, and HTTP/2 streams in part. */
type Connection = Duplex & Partial<Pick<Socket, 'setTimeout' | 'setNoDelay' | 'setKeepAlive' | 'ref' | 'unref'>>

interface Written {
  readonly chunk: Buffer
}

export class UpgradeSocket extends Duplex {
  timeout: number | undefined = undefined
  readonly #facts: AnyRequestSocket
  readonly #owner: UpgradeSocketOwner
  #connection: Connection | undefined
  /** What is to be done with the connection once it is there. */
  #wishes: ((connection: Connection) => void)[] = []

  /** `facts` answers for the connection's ends and its TLS. */
  constructor(facts: AnyRequestSocket, owner: UpgradeSocketOwner) {
    super({ allowHalfOpen: true })
    this.#facts = facts
    this.#owner = owner
    // A client that is lost must not end a process whose program does not listen for it.
    this.on('error', () => {})
  }

  /** Makes this the connection. */
  bind(connection: Connection): void {
    this.#connection = connection
    connection.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) connection.pause()
    })
    connection.on('end', () => this.push(null))
    connection.on('timeout', () => this.emit('timeout'))
    connection.on('error', error => this.destroy(error))
    connection.on('close', () => this.destroy())
    for (const wish of this.#wishes) wish(connection)
    this.#wishes = []
  }

  override _read(): void {
    this.#connection?.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, taken: Taken): void {
    if (this.#connection === undefined) this.#owner.written(chunk, taken)
    else this.#connection.write(chunk, taken)
  }

  override _writev(chunks: readonly Written[], taken: Taken): void {
    const connection = this.#connection
    if (connection === undefined) {
      this.#owner.written(Buffer.concat(chunks.map(({ chunk }) => chunk)), taken)
      return
    }
    connection.cork()
    for (const { chunk } of chunks.slice(0, -1)) connection.write(chunk)
    connection.write((chunks.at(-1) as Written).chunk, taken)
    connection.uncork()
  }

  override _final(taken: Taken): void {
    if (this.#connection === undefined) this.#owner.ended(taken)
    else this.#connection.end(() => taken())
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#facts.detach()
    if (this.#connection === undefined) this.#owner.destroyed(error)
    else this.#connection.destroy(error ?? undefined)
    done(error)
  }

  /** Ends the writing side, and destroys the socket when that is done. */
  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  /** Emits 'timeout' when nothing came or went for so many milliseconds, counted from when the connection is handed over; 0 turns it off. */
  setTimeout(milliseconds: number, callback?: () => void): this {
    this.timeout = milliseconds
    if (callback && milliseconds > 0) this.once('timeout', callback)
    else if (callback) this.removeListener('timeout', callback)
    return this.#wish(connection => connection.setTimeout?.(milliseconds))
  }
  setNoDelay(noDelay?: boolean): this {
    return this.#wish(connection => connection.setNoDelay?.(noDelay))
  }
  setKeepAlive(enable?: boolean, initialDelay?: number): this {
    return this.#wish(connection => connection.setKeepAlive?.(enable, initialDelay))
  }
  ref(): this {
    return this.#wish(connection => connection.ref?.())
  }
  unref(): this {
    return this.#wish(connection => connection.unref?.())
  }

  /** A byte went either way. The connection itself knows. */
  touch(): void {}

  get remoteAddress(): string | undefined {
    return this.#facts.remoteAddress
  }
  get remotePort(): number | undefined {
    return this.#facts.remotePort
  }
  get remoteFamily(): string | undefined {
    return this.#facts.remoteFamily
  }
  get localAddress(): string | undefined {
    return this.#facts.localAddress
  }
  get localPort(): number | undefined {
    return this.#facts.localPort
  }
  get localFamily(): string | undefined {
    return this.#facts.localFamily
  }
  get encrypted(): true | undefined {
    return this.#facts.encrypted
  }
  get servername(): string | false | undefined {
    return this.#facts.servername
  }
  get alpnProtocol(): string | false | undefined {
    return this.#facts.alpnProtocol
  }
  get connecting(): boolean {
    return false
  }
  get pending(): boolean {
    return false
  }
  get readyState(): 'open' | 'readOnly' | 'writeOnly' | 'closed' {
    if (this.readable) return this.writable ? 'open' : 'readOnly'
    return this.writable ? 'writeOnly' : 'closed'
  }
  address(): AddressInfo | Record<string, never> {
    return this.#facts.address()
  }
  /** The version of TLS in use, as `tls.TLSSocket#getProtocol` gives it. */
  getProtocol(): string | null {
    return this.#facts.getProtocol?.() ?? null
  }
  /** The client's certificate, `{}` if it presented none. */
  getPeerCertificate(): object | null {
    return this.#facts.getPeerCertificate?.() ?? {}
  }

  #wish(wish: (connection: Connection) => void): this {
    if (this.#connection === undefined) this.#wishes.push(wish)
    else wish(this.#connection)
    return this
  }
}
