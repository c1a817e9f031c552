import { once } from 'node:events'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { fail } from '../../failure.ts'
import type { Exchange } from '../../report.ts'
import { PATIENCE } from '../patience.ts'
import { ByteReader } from './byte-reader.ts'
import { type ReceivedResponse, type ResponseHead, readBody, readChunk, readHead, readResponse } from './response.ts'
import { type SecureSocket, secure, type TlsClient } from './secure-socket.ts'

/** How a connection is opened. */
export interface ConnectionOptions {
  readonly where: NetConnectOpts
  /** What the transcript calls it. */
  readonly name: string
  /** Ends every wait. */
  readonly signal: AbortSignal
  /** Milliseconds; {@link PATIENCE} where absent. */
  readonly silence?: number
  /** Nothing is read before `resume`. */
  readonly paused?: boolean
  /** The address to connect from; the operating system's choice where absent. */
  readonly from?: string | undefined
  /** Speaks TLS, and how. */
  readonly tls?: TlsClient | undefined
}

/** A client's end of a TCP, UNIX or TLS connection: bytes out, strictly parsed responses in. */
export class Connection {
  readonly reader: ByteReader
  readonly name: string
  /** What bytes go over: the TCP or UNIX socket itself, or TLS on it. */
  readonly #socket: Duplex
  readonly #raw: Socket
  readonly #secure: SecureSocket | undefined
  readonly #transcript: Exchange[] = []
  /** Asked for while it is connected: a socket that was reset has no peer to tell the family of. */
  readonly #isTcp: boolean
  #methods: string[] = []

  private constructor(
    { raw, secured }: { readonly raw: Socket; readonly secured: SecureSocket | undefined },
    { name, signal, silence = PATIENCE, paused = false }: ConnectionOptions,
  ) {
    const socket = secured?.socket ?? raw
    this.name = name
    this.#socket = socket
    this.#raw = raw
    this.#secure = secured
    this.#isTcp = raw.remoteFamily !== undefined
    this.reader = new ByteReader({ silence, signal })
    socket.on('end', () => this.#sawEnd())
    socket.on('error', () => this.#ended('reset'))
    socket.on('close', failed => this.#ended(failed ? 'reset' : 'end'))
    if (!paused) this.resume()
  }

  /** @throws ConformanceFailure where nobody accepts, or the handshake of TLS fails */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const { where, from } = options
    const socket = connect({ ...where, allowHalfOpen: true, ...(from === undefined ? {} : { localAddress: from }) })
    socket.setNoDelay(true)
    try {
      await once(socket, 'connect', { signal: options.signal })
    } catch (error) {
      socket.destroy()
      fail('the server does not accept connections', { cause: error })
    }
    const secured = options.tls === undefined ? undefined : await secure(socket, options.tls, options.signal)
    return new Connection({ raw: socket, secured }, options)
  }

  /** What was agreed in the handshake, as this side knows it; `undefined` without TLS. */
  get session(): { readonly version: string; readonly alpn: string | null } | undefined {
    if (this.#secure === undefined) return undefined
    const { socket } = this.#secure
    return { version: socket.getProtocol() ?? '', alpn: socket.alpnProtocol || null }
  }

  /** Whether the server's last word was an alert of TLS: close_notify, where nothing failed. To be seen with TLS 1.2 only. */
  get endedByAlert(): boolean {
    return this.#secure?.endedByAlert() === true
  }

  /** The client's address. */
  get localAddress(): string | undefined {
    return this.#raw.localAddress
  }

  /** The client's port. */
  get localPort(): number | undefined {
    return this.#raw.localPort
  }

  /** The port that it is connected to. */
  get remotePort(): number | undefined {
    return this.#raw.remotePort
  }

  /** Bytes that the operating system has not taken yet. */
  get unsent(): number {
    return this.#socket.writableLength
  }

  /** Begins to read. */
  resume(): void {
    this.#socket.on('data', (piece: Buffer) => {
      this.#transcript.push({ on: this.name, direction: 'received', bytes: piece })
      this.reader.push(piece)
    })
  }

  /** Sends bytes; text is latin1. What the server no longer takes is lost silently: the responses tell. */
  send(data: string | Uint8Array): this {
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data
    this.#transcript.push({ on: this.name, direction: 'sent', bytes })
    if (this.#socket.writable) this.#socket.write(bytes)
    return this
  }

  /** Sends bytes that are too many for the transcript. */
  sendUnrecorded(bytes: Uint8Array): this {
    if (this.#socket.writable) this.#socket.write(bytes)
    return this
  }

  /** Sends a whole request and remembers its method for the response. */
  request({ method, bytes }: { readonly method: string; readonly bytes: Uint8Array }): this {
    this.expect(method)
    return this.send(bytes)
  }

  /** Remembers the method of a request whose bytes go out by `send`. */
  expect(method: string): this {
    this.#methods.push(method)
    return this
  }

  /** Ends the sending side and goes on receiving. */
  halfClose(): this {
    this.#note('the client ends its sending side')
    this.#socket.end()
    return this
  }

  /** Breaks the connection at once, with a reset. */
  reset(): void {
    this.#note('the client resets the connection')
    this.dispose()
  }

  /** Closes both sides in the ordinary way. */
  close(): void {
    this.#note('the client closes the connection')
    this.#socket.destroy()
    this.#raw.destroy()
  }

  /** Takes the socket away, by a reset: a server must not wait for more of a case that is over. */
  dispose(): void {
    // Only TCP has a reset, and libuv cannot reset what was shut down already: such a handle would stay and spin.
    const { writableEnded, destroyed, remoteFamily } = this.#raw
    if (writableEnded || destroyed || remoteFamily === undefined) this.#raw.destroy()
    else this.#raw.resetAndDestroy()
    this.#socket.destroy()
  }

  /** The next head, informational or final. */
  async head(): Promise<ResponseHead> {
    const head = await readHead(this.reader)
    return head
  }

  /** The rest of a response whose head was read. */
  body(head: ResponseHead): Promise<ReceivedResponse> {
    return readBody(this.reader, { head, method: this.#methods.shift() ?? 'GET' })
  }

  /** The next chunk of a chunked body, empty for the last. */
  chunk(): Promise<Buffer> {
    return readChunk(this.reader)
  }

  /** The next final response, whole. */
  response(): Promise<ReceivedResponse> {
    return readResponse(this.reader, this.#methods.shift() ?? 'GET')
  }

  /** Fails unless the server closes the connection, without another byte. */
  async end(): Promise<void> {
    const { rest } = await this.reader.toClose('the end of the connection')
    if (rest.length > 0) fail('bytes came where the server should have closed the connection', { seen: rest })
  }

  /** Fails where bytes came that nobody asked for. */
  expectNothing(when: string): void {
    const { waiting, state } = this.reader
    if (waiting.length > 0) fail(`bytes came ${when}`, { expected: '(nothing)', seen: waiting })
    if (state !== 'open') fail(`the server closed the connection ${when}`)
  }

  /** Resolves when everything that was sent has been taken by the operating system, or the connection is gone. */
  async flushed(): Promise<void> {
    while (this.#socket.writableLength > 0 && !this.#socket.destroyed) {
      await Promise.race([once(this.#socket, 'drain'), once(this.#socket, 'close')]).catch(() => undefined)
    }
  }

  /** What went over the connection. */
  transcript(): readonly Exchange[] {
    return this.#transcript
  }

  #note(text: string): void {
    this.#transcript.push({ on: this.name, direction: 'note', bytes: text })
  }

  /**
   * A reset that comes together with the bytes before it is told by libuv as the end. Writing nothing tells them apart: it
   * fails on a connection that was reset; behind a FIN, where a reset changes nothing, with EPIPE. Then this side ends, too.
   */
  #sawEnd(): void {
    if (this.#secure !== undefined || !this.#isTcp || !this.#raw.writable) {
      this.#ended('end')
      this.#socket.end()
      return
    }
    this.#raw.write('', error => {
      const code = error === null || error === undefined ? undefined : (error as NodeJS.ErrnoException).code
      this.#ended(code === 'ECONNRESET' ? 'reset' : 'end')
      this.#raw.end()
    })
  }

  #ended(how: 'end' | 'reset'): void {
    if (this.reader.state !== 'open') return
    this.#note(how === 'end' ? 'the server closed its side' : 'the connection was reset')
    this.reader.end(how)
  }
}
