// Whether nghttp2 is done with a connection. After an error of the client's it sends GOAWAY, and then neither reads nor writes: node
// tells nobody, does not even see that the client leaves, and keeps the socket.
//
// The one file that reaches into a session. Where that does not work, time-outs end such connections (Http2Connection.look).
import type { ServerHttp2Session } from 'node:http2'

/** The binding's session. */
interface SessionHandle {
  /** False where nghttp2 wants neither to read nor to write. */
  hasPendingData?(): boolean
  /** Called when the session was closed and nothing is left of it: ends it. */
  ongracefulclosecomplete?: () => void
}

/** Looks at the end of one session, and sees to it that it comes at the right time. */
export class SessionEnd {
  private readonly session: Readonly<Record<symbol, SessionHandle | undefined>>
  private readonly symbol: symbol | undefined

  constructor(session: ServerHttp2Session) {
    this.session = session as unknown as Record<symbol, SessionHandle | undefined>
    this.symbol = Object.getOwnPropertySymbols(session).find(({ description }) => description === 'kHandle')
    const { handle } = this
    const complete = handle?.ongracefulclosecomplete
    // It may be called in the middle of what nghttp2 reads. To end a session there has nghttp2 1.61, and with it node 20, end the
    // process at the next frame that is malformed (CVE-2026-27135).
    if (handle !== undefined && complete !== undefined) handle.ongracefulclosecomplete = () => setImmediate(complete)
  }

  /** Whether nothing will come of the connection any more. Not for a session that was destroyed. */
  get isReached(): boolean {
    return this.handle?.hasPendingData?.() === false
  }

  /**
   * Looked up anew: whoever holds it behind the end of the session, and is held by that, is there for ever if the client never acknowledged
   * the settings. Node's binding holds what waits for that, and that the session.
   */
  private get handle(): SessionHandle | undefined {
    return this.symbol && this.session[this.symbol]
  }
}
