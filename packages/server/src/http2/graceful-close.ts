// The end of a session in order: announced first, and only then closed.
//
// Node closes a session by announcing the end, and refuses what comes until that is sent. In node 20 it does so in the middle of what nghttp2
// reads, which then goes on with a stream that is freed: two frames of a client corrupt the memory of the process. So here the end is announced
// while the session is open, and the session is closed when the announcement is out: from then on nghttp2 passes over new streams by itself.
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'

export class GracefulClose {
  private readonly session: ServerHttp2Session
  private readonly close: () => void
  private newest = 0
  private last: number | undefined

  /** `announced` is called when the client has announced its end, which node answers by closing the session at once. */
  constructor(session: ServerHttp2Session, announced: () => void) {
    this.session = session
    const { close } = session
    this.close = () => close.call(session)
    // By then all streams are known that came with it.
    session.close = () => setImmediate(announced)
  }

  /**
   * Whether that stream, which has just begun, is served: those behind the announced last one are refused, and the client may send them
   * again on another connection (RFC 9113 §6.8).
   */
  takes(stream: ServerHttp2Stream): boolean {
    const id = stream.id ?? 0
    if (this.last !== undefined && id > this.last) {
      stream.on('error', () => undefined)
      // Not in the middle of what nghttp2 reads.
      setImmediate(() => stream.close(constants.NGHTTP2_REFUSED_STREAM))
      return false
    }
    this.newest = Math.max(this.newest, id)
    return true
  }

  /** Announces that no more streams are served; nothing happens for a session that is over. */
  announce(): void {
    if (this.last !== undefined || this.session.destroyed) return
    this.last = this.newest
    this.session.goaway(constants.NGHTTP2_NO_ERROR, this.last)
  }

  /** Closes the session if the announcement is out; called when no stream is left. */
  conclude(): void {
    const { session } = this
    if (this.last === undefined || session.destroyed || session.closed) return
    // Otherwise the next look will find it sent.
    if (session.state.outboundQueueSize === 0) this.close()
  }
}
