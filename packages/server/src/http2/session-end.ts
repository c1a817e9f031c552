// Whether nghttp2 is done with a connection. After an error of the client's it sends GOAWAY, and then neither reads nor writes: node
// tells nobody, does not even see that the client leaves, and keeps the socket.
//
// The one file that reaches into a session. Where that does not work, time-outs end such connections (Http2Connection.look).
import type { ServerHttp2Session } from 'node:http2'

/** The binding's session: false where nghttp2 wants neither to read nor to write. */
interface SessionHandle {
  hasPendingData?(): boolean
}

/** Gives the session that node's JavaScript stands before. */
/** Looks at one session. */
export class SessionEnd {
  private readonly handle: SessionHandle | undefined

  constructor(session: ServerHttp2Session) {
    const symbol = Object.getOwnPropertySymbols(session).find(({ description }) => description === 'kHandle')
    this.handle = symbol && (session as unknown as Record<symbol, SessionHandle | undefined>)[symbol]
  }

  /** Whether nothing will come of the connection any more. Not for a session that was destroyed. */
  get isReached(): boolean {
    return this.handle?.hasPendingData?.() === false
  }
}
