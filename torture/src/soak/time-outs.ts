// The server's own time-outs that can end what a client does, where the machine and not the server was late.

/** Milliseconds in which a handshake must be done. */
const HANDSHAKE = 12_000

/** Milliseconds that a connection lingers which is over for the server: what a client still sends is read that long, and then reset. */
const LINGERING = 5_000

/** How far a client has come by its end. */
export interface Progress {
  /** `performance.now()` when it began. */
  readonly started: number
  /** Whether its handshake was done, or none was to be. */
  readonly isEstablished: boolean
  /** Whether the server answers without having read all that it sends. */
  readonly isUnread?: boolean
}

/** Whether the server was free to end it where it was. */
export function mayBeCutOff({ started, isEstablished, isUnread = false }: Progress): boolean {
  const elapsed = performance.now() - started
  return (!isEstablished && elapsed >= HANDSHAKE) || (isUnread && elapsed >= LINGERING)
}
