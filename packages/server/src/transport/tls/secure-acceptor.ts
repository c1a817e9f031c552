// From an accepted socket to one that speaks TLS, or to nothing: everything before the first byte of HTTP.
import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import type { Logger, TlsInfo } from '@nsgi/spec'
import type { TlsMaterial } from '../../ipc/messages.ts'
import { certificateChoice } from './certificate-choice.ts'
import { contextOptions } from './context-options.ts'
import { describeFailure, describeVerdict, type HandshakeFailure } from './handshake-failure.ts'
import { PLAIN_HTTP_ANSWER } from './plain-http-answer.ts'

/** A connection whose handshake is done. */
export interface SecuredSocket {
  readonly socket: TLSSocket
  /** The socket below, which alone can be reset. */
  readonly raw: Socket
  readonly tls: TlsInfo
}

export interface SecureAcceptorOptions {
  readonly log: Logger
  /** Names of ALPN (RFC 7301), the ones liked best first. */
  readonly protocols: readonly string[]
  /** Milliseconds from the accepted connection to the end of its handshake. */
  readonly handshakeTimeout: number
}

/**
 * Milliseconds for a handshake. It takes two or three round trips: enough for the worst of mobile networks, and a tenth of the time that
 * node gives.
 */
export const HANDSHAKE_TIMEOUT: number = 12_000

/** Milliseconds that a client which did not speak TLS may take to read that it should. */
const FAREWELL_TIMEOUT = 5_000

/** The first byte of a TLS record that holds a ClientHello (RFC 8446 §5.1). */
const HANDSHAKE_RECORD = 0x16

/** Node has its own time-out for handshakes, with a timer for each; anything below zero turns it off, and the sweep does it. */
const NO_TIMER = -1

/** What is used of `tls.TLSSocket` that its types do not have: the socket below. */
interface TlsInternals {
  readonly _parent?: Socket | null
}

/** A connection that is not secure yet. */
interface Handshake {
  readonly peer: string
  readonly secured: (secured: SecuredSocket) => void
  state: 'silent' | 'shaking' | 'leaving'
  /** When the sweep first saw it. */
  since: number | undefined
}

export class SecureAcceptor {
  private readonly options: SecureAcceptorOptions
  private readonly handshakes = new Map<Socket, Handshake>()
  /** Who is at the other end, also when node tells of a failure after it has closed the connection. */
  private readonly peers = new WeakMap<Socket, string>()
  private server: Server
  private asksForCertificate: boolean

  constructor(material: TlsMaterial, options: SecureAcceptorOptions) {
    this.options = options
    this.asksForCertificate = material.clientCertificates !== 'none'
    this.server = this.makeServer(material)
  }

  /** Connections that are not secure yet. */
  get size(): number {
    return this.handshakes.size
  }

  /** Uses other certificates for handshakes that begin from now on. */
  renew(material: TlsMaterial): void {
    this.asksForCertificate = material.clientCertificates !== 'none'
    this.server = this.makeServer(material)
  }

  /**
   * Takes a socket of which nothing was read, or into which what was read was put back.
   *
   * @param peer the client's name for the log: behind a proxy the socket does not know it
   * @param outcome `secured` is called when the handshake is done; a socket for which it is not called has been dealt with here. `closed` is called
   *   in both cases
   */
  accept(raw: Socket, peer: string, { secured, closed }: Pick<Handshake, 'secured'> & { closed(): void }): void {
    const handshake: Handshake = { peer, secured, state: 'silent', since: undefined }
    this.handshakes.set(raw, handshake)
    this.peers.set(raw, peer)
    raw.on('error', () => undefined)
    raw.on('close', () => {
      this.handshakes.delete(raw)
      closed()
    })
    raw.once('end', () => raw.destroy())
    raw.once('data', (first: Buffer) => {
      raw.pause()
      if (first[0] === HANDSHAKE_RECORD) this.shake(raw, first, handshake)
      else this.sayFarewell(raw, first, handshake)
    })
    raw.resume()
  }

  /** Ends those that take too long; `now` in milliseconds, of any clock that only goes forward. */
  look(now: number): void {
    for (const [raw, handshake] of this.handshakes) {
      handshake.since ??= now
      const limit = handshake.state === 'leaving' ? FAREWELL_TIMEOUT : this.options.handshakeTimeout
      if (now - handshake.since < limit) continue
      if (handshake.state === 'shaking') {
        this.report(handshake.peer, { reason: 'it took too long', isLoss: false })
      }
      raw.destroy()
    }
  }

  /** Ends the connections over which nothing has come. */
  closeSilent(): void {
    for (const [raw, { state }] of this.handshakes) if (state === 'silent') raw.destroy()
  }

  /** Ends all that are not secure yet. */
  destroy(): void {
    for (const raw of this.handshakes.keys()) raw.destroy()
  }

  private makeServer(material: TlsMaterial): Server {
    const choose = material.certificates.length > 1 ? certificateChoice(material) : undefined
    const server = createServer({
      ...contextOptions(material, material.certificates[0]),
      ticketKeys: Buffer.from(material.ticketKeys, 'base64'),
      ALPNProtocols: [...this.options.protocols],
      requestCert: material.clientCertificates !== 'none',
      rejectUnauthorized: material.clientCertificates === 'required',
      handshakeTimeout: NO_TIMER,
      ...(choose === undefined
        ? {}
        : { SNICallback: (name: string, answer: SniAnswer) => answerName(name, choose, answer) }),
    })
    server.on('secureConnection', socket => this.shaken(socket))
    server.on('tlsClientError', (error, socket) => this.failed(error, socket))
    return server
  }

  private shake(raw: Socket, first: Buffer, handshake: Handshake): void {
    handshake.state = 'shaking'
    // A client that leaves within its handshake is gone; one that half-closes later is not (see `shaken`).
    raw.allowHalfOpen = false
    raw.unshift(first)
    this.server.emit('connection', raw)
  }

  private shaken(socket: TLSSocket): void {
    const raw = (socket as unknown as TlsInternals)._parent
    const handshake = raw ? this.handshakes.get(raw) : undefined
    if (!raw || handshake === undefined) {
      socket.destroy()
      return
    }
    if (this.asksForCertificate && !this.mayEnter(socket, handshake)) return
    this.handshakes.delete(raw)
    socket.allowHalfOpen = true
    // A client could have the keys made anew for ever (CVE-2011-1473); TLS 1.3 and HTTP/2 have dropped it. Node tells of the attempt
    // by an error, and leaves the connection open.
    socket.disableRenegotiation()
    socket.on('error', () => socket.destroy())
    handshake.secured({ socket, raw, tls: tlsInfo(socket, this.asksForCertificate) })
  }

  /** Where a certificate is asked for but not required, a wrong one is still refused: it is no reason for more trust than none. */
  private mayEnter(socket: TLSSocket, { peer }: Handshake): boolean {
    if (socket.authorized || !hasCertificate(socket)) return true
    this.report(peer, describeVerdict(socket.authorizationError))
    socket.destroy()
    return false
  }

  private failed(error: Error, socket: TLSSocket): void {
    const raw = (socket as unknown as TlsInternals)._parent
    const peer = raw ? this.peers.get(raw) : undefined
    const verdict = socket.authorizationError as unknown
    this.report(peer, verdict ? describeVerdict(verdict) : describeFailure(error))
    socket.destroy()
  }

  private report(peer: string | undefined, { reason, isLoss }: HandshakeFailure): void {
    this.options.log[isLoss ? 'debug' : 'info']({ peer, reason }, 'TLS handshake failed')
  }

  /** Tells who speaks plain HTTP that this is the wrong port or the wrong scheme, as nginx does; others are dropped. */
  private sayFarewell(raw: Socket, first: Buffer, handshake: Handshake): void {
    handshake.state = 'leaving'
    handshake.since = undefined
    const isHttp = isMethodStart(first)
    const reason = isHttp ? 'plain HTTP on a port that speaks TLS' : 'what came is no TLS'
    this.report(handshake.peer, { reason, isLoss: false })
    if (!isHttp) {
      raw.destroy()
      return
    }
    // What it goes on to send is read and dropped: a reset would take the answer away from it.
    raw.on('data', () => undefined)
    raw.resume()
    raw.end(PLAIN_HTTP_ANSWER)
  }
}

type SniAnswer = Parameters<NonNullable<Parameters<typeof createServer>[0] & object>['SNICallback'] & object>[1]

function answerName(name: string, choose: ReturnType<typeof certificateChoice>, answer: SniAnswer): void {
  try {
    answer(null, choose(name))
  } catch (error) {
    answer(error as Error)
  }
}

/** Whether these bytes begin as a request line does: with a capital letter. */
function isMethodStart(bytes: Buffer): boolean {
  const code = bytes[0] ?? 0
  return code >= 0x41 && code <= 0x5a
}

function hasCertificate(socket: TLSSocket): boolean {
  return Object.keys(socket.getPeerCertificate()).length > 0
}

/** All there is to know, taken while the connection is there: a certificate must be the same after it was lost (NSGI REQ-24). */
function tlsInfo(socket: TLSSocket, asksForCertificate: boolean): TlsInfo {
  return Object.freeze({
    version: socket.getProtocol() ?? '',
    alpn: socket.alpnProtocol || null,
    servername: socket.servername || null,
    peerCertificate: asksForCertificate && hasCertificate(socket) ? socket.getPeerCertificate() : null,
    authorized: socket.authorized,
  })
}
