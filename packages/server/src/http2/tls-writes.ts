// Whether TLS still writes. A client that is gone makes the next write to the socket fail. Node's TLS (20 to 24) passes that on once, keeps what
// it had encrypted, and neither writes again nor says so; node's HTTP/2 takes no notice of the failure, begins another write, and reads
// nothing before that is over, which never is. So nobody sees that the client is gone, and only time-outs would end the connection.
//
// What shows is that encrypted bytes wait while the socket below has nothing to write: in order, that lasts for one turn of the loop.
import type { Socket } from 'node:net'

/** What is used of handles that node does not document: bytes that wait, and bytes that were written. */
interface WritingHandle {
  readonly writeQueueSize?: number
  readonly bytesWritten?: number
  /** The handle below, where this is one of TLS. */
  readonly _parent?: WritingHandle | undefined
}

/** Looks at the writes of one socket; of one that is not TLS it never says anything. */
export class TlsWrites {
  private readonly socket: { readonly _handle?: WritingHandle | null }
  private isAsked = false

  constructor(socket: Socket) {
    this.socket = socket as unknown as { readonly _handle?: WritingHandle | null }
  }

  /** Calls back, a turn or two later, if writes have stopped for ever. */
  whenStopped(callback: () => void): void {
    const before = this.waitingSince()
    if (before === undefined || this.isAsked) return
    this.isAsked = true
    // A write that the system took at once is told to TLS by an immediate: one before ours, if it was made already.
    setImmediate(() => {
      setImmediate(() => {
        this.isAsked = false
        if (this.waitingSince() === before) callback()
      })
    })
  }

  /** How many bytes the socket below has written if encrypted ones wait that it does not have. */
  private waitingSince(): number | undefined {
    const { _handle: tls } = this.socket
    const below = tls?._parent
    if (!tls?.writeQueueSize || below?.writeQueueSize !== 0) return undefined
    return below.bytesWritten
  }
}
