// One connection of HTTP/2: node's session, and the streams of it that are requests.
import { constants, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { EndpointPair } from '../exchange/exchange.ts'
import { peerName } from '../exchange/peer-name.ts'
import { type Rejection, rejection } from '../exchange/rejections.ts'
import { type ConnectionTimeouts, CROWDED_IDLE, LINGER_TIMEOUT } from '../transport/timeouts.ts'
import { GracefulClose } from './graceful-close.ts'
import type { Http2Host } from './http2-host.ts'
import { sendRefusal } from './refusal.ts'
import { readHttp2Head } from './request-head.ts'
import { RequestStream, type StreamOwner } from './request-stream.ts'
import { SessionEnd } from './session-end.ts'
import { type Http2Settings, sessionOptions } from './session-options.ts'
import { TlsWrites } from './tls-writes.ts'

export interface Http2ConnectionOptions {
  readonly endpoints: EndpointPair
  readonly settings: Http2Settings
  readonly timeouts: ConnectionTimeouts
  readonly onClose: () => void
}

/** Streams that a client may have reset at once before they were answered: each of them costs a call of the application. */
const RESET_BURST = 200

/** Such resets a second that are no reason to end a connection: nghttp2's own figure (CVE-2023-44487). */
const RESETS_PER_SECOND = 33

export class Http2Connection implements StreamOwner {
  readonly host: Http2Host
  readonly endpoints: EndpointPair
  private readonly socket: Socket
  private readonly session: ServerHttp2Session
  private readonly end: SessionEnd
  private readonly writes: TlsWrites
  private readonly graceful: GracefulClose
  private readonly timeouts: ConnectionTimeouts
  private readonly streams = new Set<RequestStream>()
  private requests = 0
  private resets = 0
  private isFinishing = false
  private isGivenUp = false
  private seen = ''
  private since = 0
  private lookedAt: number | undefined

  /** Takes a socket that has not been read, or into which what was read has been put back. */
  constructor(socket: Socket, host: Http2Host, { endpoints, settings, timeouts, onClose }: Http2ConnectionOptions) {
    this.socket = socket
    this.host = host
    this.endpoints = endpoints
    this.timeouts = timeouts
    // A client ends a stream by a frame. One that ends the connection has no more use for it.
    socket.allowHalfOpen = false
    this.session = performServerHandshake(socket, sessionOptions(settings))
    this.end = new SessionEnd(this.session)
    this.writes = new TlsWrites(socket)
    this.graceful = new GracefulClose(this.session, () => this.finish())
    // Node's types do not have the last of what comes: the fields as received, in order.
    this.session.on('stream', (...event: unknown[]) => this.begin(event[0] as ServerHttp2Stream, event[3] as string[]))
    this.session.on('error', error => this.failed(error))
    this.session.on('close', onClose)
  }

  /** Requests that are under way. */
  get active(): number {
    return this.streams.size
  }

  /**
   * Ends the connection when the streams there are have ended. GOAWAY names the last of them: what the client has sent behind it, it may
   * send again on another connection (RFC 9113 §6.8). Node cannot announce the end before it comes.
   */
  finish(): void {
    if (this.isFinishing) return
    this.isFinishing = true
    this.graceful.announce()
    this.concludeSoon()
  }

  /** Drops the connection and all that is under way. */
  destroy(): void {
    this.session.destroy()
    this.socket.destroy()
  }

  /** Ends what takes too long; `now` in milliseconds, of any clock that only goes forward. */
  look(now: number): void {
    const elapsed = now - (this.lookedAt ?? now)
    this.lookedAt = now
    this.resets = Math.max(0, this.resets - (elapsed / 1000) * RESETS_PER_SECOND)
    if (!this.session.destroyed && this.end.isReached) {
      this.gaveUp()
      return
    }
    this.writes.whenStopped(() => this.lost())
    if (this.isFinishing) this.concludeSoon()
    for (const stream of this.streams) stream.look(now, this.timeouts)
    const { isEnding } = this
    const mark = `${isEnding} ${this.requests} ${this.streams.size}`
    if (mark !== this.seen) {
      this.seen = mark
      this.since = now
      return
    }
    if (now - this.since < this.limit || (this.streams.size > 0 && !this.session.destroyed)) return
    if (isEnding) this.destroy()
    else this.finish()
  }

  closed(stream: RequestStream, wasReset: boolean): void {
    this.streams.delete(stream)
    if (this.isFinishing) this.concludeSoon()
    if (!wasReset || ++this.resets <= RESET_BURST || this.isGivenUp || this.session.destroyed) return
    this.host.log.warn({ peer: this.peer }, 'HTTP/2 connection ended: too many streams were reset')
    this.isGivenUp = true
    // Not in the middle of what nghttp2 reads (SessionEnd). Node's types know only of an error; a code is one, too, and alone what the client gets.
    setImmediate(() => this.session.destroy(constants.NGHTTP2_ENHANCE_YOUR_CALM as unknown as Error))
  }

  /** Whether only the closing is left: behind a session that is over, as after the client's GOAWAY, node waits for the client without end. */
  private get isEnding(): boolean {
    return this.isFinishing || this.session.destroyed
  }

  private get limit(): number {
    if (this.isEnding) return LINGER_TIMEOUT
    const { firstData, idle } = this.timeouts
    return Math.min(this.requests === 0 ? firstData : idle, this.host.isFull ? CROWDED_IDLE : Number.POSITIVE_INFINITY)
  }

  private get peer(): string {
    return peerName(this.endpoints.remote)
  }

  /** Node sends the announcement by an immediate. */
  private concludeSoon(): void {
    setImmediate(() => {
      setImmediate(() => {
        if (this.streams.size === 0) this.graceful.conclude()
      })
    })
  }

  private begin(stream: ServerHttp2Stream, fields: readonly string[]): void {
    if (!this.graceful.takes(stream)) return
    this.requests++
    const head = readHttp2Head(fields, this.host.limits)
    if ('code' in head) return this.refuse(stream, head)
    const { bodySize } = this.host.limits
    if (bodySize > 0 && head.contentLength > bodySize) return this.refuse(stream, rejection('BODY_TOO_LARGE'))
    const vouched = this.host.forwarded?.vouchedIn(head.rawHeaders, this.endpoints.remote, head.path)
    if (vouched !== undefined && 'code' in vouched) return this.refuse(stream, vouched)
    const request = new RequestStream(stream, head, this)
    this.streams.add(request)
    request.run(vouched)
  }

  /** Answers a request that is not for the application; its body is of no interest. */
  private refuse(stream: ServerHttp2Stream, refused: Rejection): void {
    this.host.refused(refused, this)
    stream.on('error', () => undefined)
    sendRefusal(stream, refused.status)
  }

  /** After an error of the client's there is nothing more to send: what is under way is lost. */
  private gaveUp(): void {
    if (!this.isFinishing)
      this.host.log.info({ peer: this.peer }, 'HTTP/2 connection ended: the client broke the protocol')
    this.destroy()
  }

  /** The client is gone, and node does not see it. */
  private lost(): void {
    this.host.log.debug({ peer: this.peer }, 'HTTP/2 connection failed: the client is gone')
    this.destroy()
  }

  /** The peer broke the protocol, or is gone. The session closes by itself. */
  private failed(error: NodeJS.ErrnoException): void {
    if (this.isGivenUp) return
    const isLoss = error.code === 'ECONNRESET' || error.code === 'EPIPE'
    this.host.log[isLoss ? 'debug' : 'info']({ peer: this.peer, reason: error.message }, 'HTTP/2 connection failed')
  }
}
