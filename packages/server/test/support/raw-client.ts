// A client over a real socket that speaks bytes: what was sent and received is exactly what the test says.
import { once } from 'node:events'
import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectSecurely } from 'node:tls'

export class RawClient {
  readonly socket: Socket
  private received: Buffer[] = []
  private readonly closed: Promise<unknown>
  private error: NodeJS.ErrnoException | undefined
  private changed: () => void = () => undefined
  private ended = false

  private constructor(socket: Socket) {
    this.socket = socket
    this.closed = new Promise(resolve => socket.on('close', resolve))
    socket.on('error', error => {
      this.error = error
    })
    socket.on('end', () => this.end())
    socket.on('close', () => this.end())
  }

  /** Connects; the socket reads at once. */
  static async open(where: NetConnectOpts): Promise<RawClient> {
    const client = await RawClient.openPaused(where)
    client.read()
    return client
  }

  /** Connects; nothing is read before `read`. */
  static async openPaused(where: NetConnectOpts): Promise<RawClient> {
    const socket = connect({ ...where, allowHalfOpen: true })
    socket.setNoDelay(true)
    await once(socket, 'connect')
    return new RawClient(socket)
  }

  /** Connects by TLS; reads when the handshake is done. Rejects where there is none. */
  static async openSecure(options: ConnectionOptions): Promise<RawClient> {
    const halfOpen: ConnectionOptions & { allowHalfOpen: boolean } = { ...options, allowHalfOpen: true }
    const socket = connectSecurely({ servername: 'localhost', ...halfOpen })
    socket.setNoDelay(true)
    await once(socket, 'secureConnect')
    const client = new RawClient(socket)
    client.read()
    return client
  }

  /** Begins to read. */
  read(): void {
    this.socket.on('data', (chunk: Buffer) => {
      this.received.push(chunk)
      this.changed()
    })
  }

  send(data: string | Uint8Array): this {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data)
    return this
  }

  /** Takes everything received up to and with the first match; waits for it. Rejects when the connection ends before. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const text = this.take()
      const match = pattern.exec(text)
      if (match !== null) {
        const end = match.index + match[0].length
        this.received = [Buffer.from(text.slice(end), 'latin1')]
        return text.slice(0, end)
      }
      this.received = [Buffer.from(text, 'latin1')]
      if (this.ended) throw new Error(`ended without ${pattern}: ${text.slice(-500)}`, { cause: this.error })
      await new Promise<void>(resolve => {
        this.changed = resolve
      })
    }
  }

  /** Everything received until the server ended or dropped the connection. */
  async rest(): Promise<string> {
    while (!this.ended) {
      await new Promise<void>(resolve => {
        this.changed = resolve
      })
    }
    return this.take()
  }

  /** The code of the error that the connection ended with, `undefined` if it ended in order. */
  async failure(): Promise<string | undefined> {
    await this.rest()
    return this.error?.code
  }

  /** Closes both sides in order, and waits until that is done. */
  async close(): Promise<void> {
    this.socket.end()
    this.socket.resume()
    if (this.ended) this.socket.destroy()
    await this.closed
  }

  /** Drops the connection: the server gets a reset. */
  reset(): void {
    this.socket.resetAndDestroy()
  }

  private take(): string {
    const all = Buffer.concat(this.received).toString('latin1')
    this.received = []
    return all
  }

  private end(): void {
    this.ended = true
    this.changed()
  }
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
