// The client's end of a TLS connection. What node's own does not tell stands in the records below it: whether the server
// said close_notify before it closed (RFC 8446 §6.1), which is how a whole body differs from one that was cut.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { fail } from '../../failure.ts'
import { AUTHORITY, SERVER_NAME } from '../tls/certificates.ts'

/** Bytes of the head of a record: type, version, length (RFC 8446 §5.1). */
const RECORD_HEAD = 5

/** The type of a record that is an alert; from TLS 1.3 on it is hidden once the handshake is over. */
const ALERT = 21

/** How a client speaks TLS. */
export interface TlsClient {
  /** The only version that it speaks; 1.3 or else 1.2 where absent. */
  readonly version?: 'TLSv1.2' | 'TLSv1.3'
  /** What it asks for by SNI; `null` for nothing. The name in the suite's certificate where absent. */
  readonly servername?: string | null
  /** What it offers by ALPN; nothing where absent. */
  readonly alpn?: readonly string[]
  /** What it identifies itself with, where the server asks for it. */
  readonly identity?: { readonly cert: string; readonly key: string }
}

/** A TLS connection, once its handshake is over. */
export interface SecureSocket {
  readonly socket: TLSSocket
  /** Whether the last record from the server is an alert; tells nothing of TLS 1.3. */
  endedByAlert(): boolean
}

/**
 * Speaks TLS on a connection.
 *
 * @throws ConformanceFailure where the handshake fails
 */
export async function secure(raw: Socket, client: TlsClient, signal: AbortSignal): Promise<SecureSocket> {
  const { version, servername = SERVER_NAME, alpn, identity } = client
  const tap = new RecordTap(raw)
  const options: ConnectionOptions & { readonly allowHalfOpen: boolean } = {
    socket: tap,
    ca: AUTHORITY,
    servername: servername ?? '',
    // Whatever it is asked for, it has one certificate.
    checkServerIdentity: () => undefined,
    allowHalfOpen: true,
    minVersion: version ?? 'TLSv1.2',
    maxVersion: version ?? 'TLSv1.3',
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
    ...identity,
  }
  const socket = connect(options)
  try {
    await once(socket, 'secureConnect', { signal })
  } catch (error) {
    socket.on('error', () => undefined).destroy()
    raw.destroy()
    fail(`the TLS handshake failed: ${error instanceof Error ? error.message : String(error)}`)
  }
  return { socket, endedByAlert: () => tap.lastType === ALERT }
}

/** Passes bytes between a TCP connection and TLS, and looks at the heads of the records that come. */
class RecordTap extends Duplex {
  /** The type of the record that began last. */
  lastType = 0
  readonly #raw: Socket
  #head = Buffer.alloc(0)
  /** Bytes of the current record that are still to come. */
  #left = 0

  constructor(raw: Socket) {
    super({ allowHalfOpen: true })
    this.#raw = raw
    raw.on('data', (bytes: Buffer) => {
      this.#look(bytes)
      if (!this.push(bytes)) raw.pause()
    })
    raw.on('end', () => this.push(null))
    raw.on('error', error => this.destroy(error))
    raw.on('close', () => this.destroy())
  }

  override _read(): void {
    this.#raw.resume()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#raw.write(bytes, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#raw.end(() => done())
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#raw.destroy()
    done(error)
  }

  #look(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const want = this.#left > 0 ? this.#left : RECORD_HEAD - this.#head.length
      const piece = bytes.subarray(at, at + want)
      at += piece.length
      if (this.#left > 0) {
        this.#left -= piece.length
        continue
      }
      this.#head = Buffer.concat([this.#head, piece])
      if (this.#head.length < RECORD_HEAD) return
      this.lastType = this.#head.readUInt8(0)
      this.#left = this.#head.readUInt16BE(3)
      this.#head = Buffer.alloc(0)
    }
  }
}
