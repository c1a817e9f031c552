// Stops a listening socket from accepting, and lets it go on: what waits in the kernel's queue meanwhile is for the other
// workers on that socket. net.Server has no word for it; closing and listening again would need the descriptor twice.
//
// The one file that uses readStart and readStop of a listening handle, which node does not document. A handle over an inherited
// descriptor counts as readable to libuv, so that these take it out of the poll and put it back (docs/decisions/0010).
import type { Server } from 'node:net'

/** What is used of `net.Server` that its types do not have; both calls give 0, or a negative errno. */
interface ServerInternals {
  readonly _handle?: { readStart?(): number; readStop?(): number } | null
}

export class AcceptGate {
  private readonly server: ServerInternals
  /** Whether libuv takes the handle for one that is being read: only then can that be stopped. */
  private isRead = false

  constructor(server: Server) {
    this.server = server as unknown as ServerInternals
  }

  /** Accepts no more. Without effect on a socket that this process bound itself. */
  shut(): void {
    const handle = this.server._handle
    if (!this.isRead && handle?.readStart?.() !== 0) return
    this.isRead = false
    handle?.readStop?.()
  }

  /** Accepts again. */
  open(): void {
    if (!this.isRead) this.isRead = this.server._handle?.readStart?.() === 0
  }
}
